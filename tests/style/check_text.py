#!/usr/bin/env python3
"""Nothing unfinished, and nothing of one developer's machine: no notes to do something later, no paths into homes and
working folders, no links between documents that lead nowhere.

usage: check_text.py ROOT     prints file:line: message, exits 1 if anything was found
"""
import pathlib
import re
import sys

TREES = ("include", "src", "tests", "docs", "config", "docker", ".ci")
ENDINGS = {".cpp", ".hpp", ".cmake", ".txt", ".py", ".sh", ".md", ".yaml", ".service", ".conf", ""}
NOTES = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
MACHINE = re.compile(r"(?<![\w.])/(?:home/\w|root/(?!\.cache/ccache)|work/|Users/|tmp/b-)")
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def files(root):
    for tree in TREES:
        yield from (path for path in sorted((root / tree).rglob("*")) if path.is_file() and path.suffix in ENDINGS)
    yield from (root / name for name in ("CMakeLists.txt", "CMakePresets.json", "README.md"))


def findings(path):
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        if NOTES.search(line):
            yield number, "do it or leave it"
        if MACHINE.search(line):
            yield number, "a path of one machine"
        if path.suffix == ".md":
            for link in LINK.findall(line):
                if not (path.parent / link).exists():
                    yield number, f"the link to {link} leads nowhere"


def main(root):
    bad = 0
    for path in files(pathlib.Path(root)):
        if "corpus" in path.parts or path.name == pathlib.Path(__file__).name:
            continue
        for number, message in findings(path):
            print(f"{path}:{number}: {message}")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
