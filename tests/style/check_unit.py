#!/usr/bin/env python3
"""The systemd unit is valid, and exposes the system to the daemon by no more than 1.5 as `systemd-analyze security` rates
it (an unhardened unit: 9.6).

usage: check_unit.py UNIT     exits 1 if anything was found, 77 when there is no systemd-analyze
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

EXPOSURE_MAX_TENTHS = 15


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def main(unit):
    if not shutil.which("systemd-analyze"):
        print("skipped: there is no systemd-analyze")
        return 77
    unit = pathlib.Path(unit)
    bad = 0
    code, text = run("systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE_MAX_TENTHS}", str(unit))
    if code != 0 or "Overall exposure level" not in text:
        print(text)
        bad += 1
    # The program need not be installed: another stands in for it.
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / unit.name
        copy.write_text(re.sub(r"/usr/bin/signalbox", shutil.which("true"), unit.read_text()))
        code, text = run("systemd-analyze", "verify", "--man=no", str(copy))
        if code != 0 or unit.name in text:
            print(text)
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
