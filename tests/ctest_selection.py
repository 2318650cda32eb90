#!/usr/bin/env python3
"""Chooses which tests of which build tests/run.sh runs, and makes one CTest run of them.

    ctest_selection.py targets PRESET       the targets to build in build/PRESET, one a line
    ctest_selection.py combine PRESET...    build/all-tests: the chosen tests of all of these, named PRESET.test
    ctest_selection.py clang                clang's warnings about src/; what `combine clang` calls

Run in the source directory.
"""
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

# Label to the modules whose tests are left out: glue that the scenarios cover, and what runs on one thread.
GLUE = {"unit_api", "unit_client", "unit_config", "unit_daemon", "unit_loadtest"}
SANITIZED = {
    "asan": ({"unit", "contract", "fuzz"}, GLUE),
    "tsan": ({"unit", "contract"},
             GLUE | {"unit_event", "unit_pipeline", "unit_schema", "unit_delivery", "unit_connector_http", "unit_connector_channel",
                     "unit_jq",
                     # Opens and kills RocksDB, which is not instrumented, again and again; once in about twenty runs it hung.
                     # store_contract and channel_log_contract drive the same threads.
                     "unit_store"}),
}
SLOWER = 5  # how much longer a test may take with a sanitizer


def tests_of(preset):
    shown = subprocess.run(["ctest", "--test-dir", f"build/{preset}", "--show-only=json-v1"],
                           check=True, capture_output=True, text=True)
    for test in json.loads(shown.stdout)["tests"]:
        properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
        if preset in SANITIZED:
            labels, left_out = SANITIZED[preset]
            if not labels & set(properties.get("LABELS", [])) or test["name"] in left_out:
                continue
            properties["TIMEOUT"] = properties.get("TIMEOUT", 60) * SLOWER
        yield test["name"], test.get("command", ["false"]), properties


def quoted(value):
    if isinstance(value, list):
        value = ";".join(str(entry) for entry in value)
    return f"[==[{value}]==]"


def combined(presets):
    for preset in presets:
        if preset == "clang":
            tests = [("warnings", [sys.executable, __file__, "clang"], {"WORKING_DIRECTORY": os.getcwd(), "TIMEOUT": 3600})]
        else:
            tests = tests_of(preset)
        for name, command, properties in tests:
            yield f"add_test({quoted(f'{preset}.{name}')} {' '.join(quoted(part) for part in command)})"
            pairs = " ".join(f"{key} {quoted(value)}" for key, value in properties.items())
            yield f"set_tests_properties({quoted(f'{preset}.{name}')} PROPERTIES {pairs})"


def warnings_of(entry):
    """What clang says of one source, "" when nothing."""
    command = shlex.split(entry["command"])
    command = command[next(n for n, part in enumerate(command) if "clang++" in part):]
    at = command.index("-o")
    done = subprocess.run(command[:at] + command[at + 2:] + ["-fsyntax-only"], cwd=entry["directory"], capture_output=True, text=True)
    return done.stderr if done.returncode != 0 else ""


def clang():
    entries = json.loads(pathlib.Path("build/clang/compile_commands.json").read_text())
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        told = [text for text in pool.map(warnings_of, entries) if text]
    print("\n".join(told) or f"{len(entries)} sources, no warnings")
    return 1 if told or not entries else 0


def main(arguments):
    if arguments[:1] == ["targets"] and len(arguments) == 2:
        for name, _, _ in tests_of(arguments[1]):
            print(name)
    elif arguments[:1] == ["combine"] and len(arguments) > 1:
        folder = pathlib.Path("build/all-tests")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "CTestTestfile.cmake").write_text("\n".join(combined(arguments[1:])) + "\n")
    elif arguments == ["clang"]:
        return clang()
    else:
        sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
