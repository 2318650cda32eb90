#!/usr/bin/env python3
"""Measures how near the daemon is to the limits of the machine: its goals, each beside its reference in the same run.

usage: goals.py [--only 1,3,4] [--rounds 5] [--seconds 3] [--small] [--write]
    --small       a quick try of everything with small counts
    --write       also put the table between the markers in docs/performance.md, and draw docs/goals*.svg
    --save FILE, --load FILE   keep the figures as JSON; print those of an earlier run

Before: ninja -C build/release bench_goals; for the peers .ci/install-packages bench.  Ratios are the medians of the rounds'
ratios.  Generator, target, peers and daemon share the machine.  Everything listens on 127.0.0.1, lives below build/ and is
gone at the end but for npm's packages.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import time

from figures import Figure, short, table, unmeasured
from goal_measures import GOALS
from measuring import Bench, Scale
from processes import Place, Unmeasured
from svg_plot import Bars, EvenSteps, Lines, PowersOfTen, put_between

BEGIN, END = "<!-- goals: begin -->", "<!-- goals: end -->"
FAILED = "it failed, see the errors of the run"
SMALL = Scale(rounds=1, seconds=1, waiting=200_000, retries=30_000, retry_seconds=10, rules=1_000, tenants=100, idle_seconds=5)


def measured(bench, goals):
    """The figures; what fails is said and does not keep the others from being measured."""
    figures = []
    for goal in goals:
        print(f"goal {goal}", flush=True)
        begun = time.monotonic()
        try:
            for figure in GOALS[goal](bench):
                figures.append(figure)
        except Unmeasured as why:
            figures.append(unmeasured(goal, GOALS[goal].__name__.replace("_", " "), str(why)))
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as fault:
            print(f"goal {goal} failed: {fault}", file=sys.stderr)
            figures.append(unmeasured(goal, GOALS[goal].__name__.replace("_", " "), FAILED))
        print(f"  took {time.monotonic() - begun:.0f} s", flush=True)
    return figures


def machine():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores ({model}), Linux {platform.release()}"


def page(results):
    figures, scale = results["figures"], results["scale"]
    yield f"{results['machine']}; {scale['rounds']} rounds of {short(scale['seconds'])} s each; events with 1 KiB of data, `durability: fsync`."
    yield ""
    yield from table(figures)
    yield ""
    yield "![How far each goal is reached](goals.svg)"
    for name, words in (("latency", "Latency over the rate"), ("drain", "A backlog draining")):
        if results["lines"].get(name):
            yield ""
            yield f"![{words}](goals-{name}.svg)"


def bars(figures):
    rows = [(f"{one.goal}: {one.what}", one.toward, one.met()) for one in figures if one.toward and one.wanted != "none"]
    return Bars(rows, "1: what is wanted; more is better; small dots: the rounds")


def latency_lines(series):
    rates, times = zip(*(point for _, points, *_ in series for point in points))
    return Lines(series, PowersOfTen(rates), PowersOfTen(times), "events a second, open loop; ms from due to receipt")


def drain_line(points):
    times, rates = zip(*points)
    return Lines([("deliveries a second", points, 0, False)], EvenSteps(times), EvenSteps(rates), "s since the first delivery")


def plots(results):
    drawn = {"goals.svg": str(bars(results["figures"]))}
    if results["lines"].get("latency"):
        drawn["goals-latency.svg"] = str(latency_lines(results["lines"]["latency"]))
    if results["lines"].get("drain"):
        drawn["goals-drain.svg"] = str(drain_line(results["lines"]["drain"]))
    return drawn


def write(root, results):
    put_between(root / "docs/performance.md", BEGIN, END, list(page(results)))
    for name, text in plots(results).items():
        (root / "docs" / name).write_text(text)


def kept(results):
    return json.dumps({**results, "figures": [dataclasses.asdict(one) for one in results["figures"]]}, indent=1, ensure_ascii=False)


def loaded(text):
    results = json.loads(text)
    return {**results, "figures": [Figure(**one) for one in results["figures"]]}


def numbers(text):
    chosen = [int(part) for part in text.split(",")]
    if not set(chosen) <= set(GOALS):
        raise argparse.ArgumentTypeError(f"goals are {min(GOALS)} to {max(GOALS)}")
    return chosen


def options_of(root):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=numbers, default=list(GOALS), metavar="1,3,4")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of each measurement")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--waiting", type=int, help="events of the backlog; default 10,000,000, less when the disk is small")
    parser.add_argument("--retries", type=int, help="due at once; default 1,000,000")
    parser.add_argument("--build", type=pathlib.Path, default=root / "build/release")
    parser.add_argument("--binary", type=pathlib.Path, help="the daemon; default: the build's")
    parser.add_argument("--save", type=pathlib.Path)
    parser.add_argument("--load", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def measure(options):
    scale = SMALL if options.small else Scale()
    given = {name: getattr(options, name) for name in ("rounds", "seconds", "waiting", "retries") if getattr(options, name) is not None}
    bench = Bench(Place(options.build, options.binary), dataclasses.replace(scale, **given))
    if not bench.place.signalbox.exists():
        sys.exit(f"there is no {bench.place.signalbox}: ninja -C {options.build} bench_goals")
    try:
        figures = measured(bench, options.only)
    finally:
        shutil.rmtree(bench.place.scratch, ignore_errors=True)
    return {"machine": machine(), "scale": dataclasses.asdict(bench.scale), "figures": figures, "lines": bench.lines}


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    root = pathlib.Path(__file__).resolve().parents[2]
    options = options_of(root)
    results = loaded(options.load.read_text()) if options.load else measure(options)
    if options.save:
        options.save.write_text(kept(results))
    print("\n" + "\n".join(table(results["figures"])))
    if options.write:
        write(root, results)
    return 1 if any(one.unmeasured == FAILED for one in results["figures"]) else 0


if __name__ == "__main__":
    sys.exit(main())
