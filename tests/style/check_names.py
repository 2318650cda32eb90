#!/usr/bin/env python3
"""No file or folder has a name that says nothing: util, helper, common, manager, misc.

A name with such a word among others, such as string_util, is refused too, except service_manager: what systemd is.

usage: check_names.py ROOT     prints path: message, exits 1 if anything was found
"""
import pathlib
import re
import sys

EMPTY = re.compile(r"^(utils?|helpers?|common|managers?|misc)$")
NAMES = {"service_manager"}


def main(root):
    bad = 0
    for base in ("include", "src", "tests"):
        for path in sorted((pathlib.Path(root) / base).rglob("*")):
            stem = path.stem.removesuffix("_test")
            if stem not in NAMES and any(EMPTY.match(word) for word in re.split(r"[_\-.]", stem)):
                print(f"{path}: call it what it is")
                bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
