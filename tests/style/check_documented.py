#!/usr/bin/env python3
"""What operators meet is documented, and what is documented is there to be met.

    log messages         log::warn("delivery.gave_up", ...)    a heading of docs/messages.md
    metrics              "signalbox_..." in api/metrics.cpp    docs/operations.md
    dead letter reasons  delivery/dead_letter.hpp              docs/operations.md
    requests             add("GET", "/v1/status" ...) of the   docs/api.md
                         admin API

usage: check_documented.py ROOT     prints what is missing, exits 1 if anything is
"""
import pathlib
import re
import sys


def names_in(paths, pattern):
    """Name to the file where it was found first."""
    found = {}
    for path in paths:
        for match in re.finditer(pattern, path.read_text()):
            found.setdefault(match.group(1), path)
    return found


def reasons_in(path, sources):
    """Those that the sources use."""
    used = "".join(source.read_text() for source in sources)
    named = re.findall(r'(k\w+) = "([a-z_]+)"', path.read_text())
    return {name: path for constant, name in named if f"reason::{constant}" in used}


def requests_in(path):
    text = path.read_text()
    prefix = re.search(r'channel = "([^"]+)"', text).group(1)
    found = {}
    for method, base, tail in re.findall(r'add\("([A-Z]+)", (channel|"[^"]*")(?: \+ "([^"]*)")?', text):
        found[f"{method} " + (prefix + tail if base == "channel" else base.strip('"'))] = path
    return found


def documented(path, pattern, section):
    return set(re.findall(pattern, path.read_text().partition(section)[2], flags=re.M))


def differences(what, found, where, known):
    if not found:
        yield f"no {what} found in the sources: has the way they are written changed?"
    for name in sorted(found.keys() - known):
        yield f"{found[name]}: {what} {name} is missing in {where}"
    for name in sorted(known - found.keys()):
        yield f"{where}: {what} {name} does not exist"


def main(root):
    root = pathlib.Path(root)
    docs, sources = root / "docs", sorted((root / "src").rglob("*.cpp"))
    complaints = []

    def compare(what, found, page, pattern, section="# "):
        complaints.extend(differences(what, found, docs / page, documented(docs / page, pattern, section)))

    compare("log message", names_in(sources, r'log::(?:debug|info|warn|error)\(\s*"([a-z_.]+)"'),
            "messages.md", r"^### `([a-z_.]+)`")
    compare("metric", names_in([root / "src/api/metrics.cpp"], r'"((?:signalbox|process)_[a-z_]+)"'),
            "operations.md", r"^\| `((?:signalbox|process)_[a-z_]+)")
    compare("dead letter reason", reasons_in(root / "src/delivery/dead_letter.hpp", sources),
            "operations.md", r"^\| `([a-z_]+)` \| .* \| .* \|$")
    compare("request", requests_in(root / "src/api/admin.cpp"), "api.md",
            r"^### `((?:GET|POST|DELETE|PUT) [^`?]+)", section="## Admin")
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
