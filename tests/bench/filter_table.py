#!/usr/bin/env python3
"""Runs bench_filter in several rounds and prints medians as Markdown, beside what event-ruler and quamina do.

usage: filter_table.py BENCH_FILTER [--rounds 5] [--min-time 0.3] [--save FILE | --load FILE] [--write ROOT]
    --save, --load   keep the medians as JSON; print those of an earlier run
    --write ROOT     also put the tables between the markers in ROOT/docs/performance.md, and draw
                     ROOT/docs/filter-scaling.svg
"""
import argparse
import collections
import json
import pathlib
import statistics
import subprocess
import tempfile

from svg_plot import Lines, PowersOfTen, put_between

BEGIN, END = "<!-- filters: begin -->", "<!-- filters: end -->"


def run(binary, min_time):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([binary, f"--benchmark_min_time={min_time}", f"--benchmark_out={out.name}",
                        "--benchmark_out_format=json"], check=True, stdout=subprocess.DEVNULL)
        return json.load(out)["benchmarks"]


def medians(binary, rounds, min_time):
    """Name, without the library's additions, to counter to median; a round takes each benchmark once."""
    values = collections.defaultdict(lambda: collections.defaultdict(list))
    for _ in range(rounds):
        for result in run(binary, min_time):
            name = result["name"].split("/iterations:")[0]
            for counter, value in result.items():
                if isinstance(value, float):
                    values[name][counter].append(value)
    return {name: {counter: statistics.median(all_) for counter, all_ in counters.items()}
            for name, counters in values.items()}


def rate(value):
    return f"{value:,.0f}" if value < 1000 else f"{float(f'{value:.3g}'):,.0f}"


def peer(value):
    return rate(value) if value else "none"


def better_peer(result):
    return max(result["event_ruler"], result["quamina"])


def rows_of(results, kind):
    """(scenario, rules) to {variant: counters}, in the order measured."""
    rows = {}
    for name, counters in results.items():
        what, scenario, rules, *variant = name.split("/")
        if what == kind:
            rows.setdefault((scenario, int(rules)), {})[variant[0] if variant else ""] = counters
    return rows


def matching_table(results):
    yield "| kind of rules | rules | event-ruler | quamina | properties only | ratio | geometry too | ratio | matched |"
    yield "| --- " + "| ---: " * 8 + "|"
    for (scenario, rules), variants in rows_of(results, "match").items():
        cells = []
        for variant in ("properties", "geometry"):
            ours = variants.get(variant)
            cells += [rate(ours["items_per_second"]), f"{ours['items_per_second'] / better_peer(ours):.2f}"] \
                if ours else ["", ""]
        any_ = next(iter(variants.values()))
        yield f"| {scenario} | {rules:,} | {peer(any_['event_ruler'])} | {peer(any_['quamina'])} | " \
            + " | ".join(cells) + f" | {any_['matched']:.3g} |"


def slowdown(rows, scenario):
    counts = sorted(rules for name, rules in rows if name == scenario)
    few, many = (rows[scenario, count]["geometry"]["items_per_second"] for count in (counts[0], counts[-1]))
    return few / many


def building_table(results):
    matching, adding = rows_of(results, "match"), rows_of(results, "add_one")
    yield "| 100,000 rules, geometry too | slower than with 10 | bytes a rule | build, ms | of it indexing, ms | add one, ms (worst) |"
    yield "| --- " + "| ---: " * 5 + "|"
    for key, variants in rows_of(results, "build").items():
        built, added = variants[""], adding[key][""]
        yield f"| {key[0]} | {slowdown(matching, key[0]):,.1f} times | {built['bytes_a_rule']:,.0f} " \
            f"| {built['build_ms']:,.0f} | {built['build_ms'] - built['compile_ms']:,.0f} " \
            f"| {added['add_ms']:.3g} ({added['worst_ms']:.3g}) |"


def tables(results):
    most = max(counters["allocations"] for name, counters in results.items() if name.startswith("match/"))
    yield from matching_table(results)
    yield ""
    yield from building_table(results)
    yield ""
    yield f"Allocations per match once buffers have grown: at most {most:.3g}."


def plot(results):
    rows, series = rows_of(results, "match"), []
    for scenario in dict.fromkeys(name for name, rules in rows if rules == 100_000):
        points = [(rules, next(iter(variants.values()))) for (name, rules), variants in rows.items() if name == scenario]
        colour = len(series) // 2
        series.append((scenario, [(rules, ours["items_per_second"]) for rules, ours in points], colour, False))
        series.append(("the better peer", [(rules, better_peer(ours)) for rules, ours in points], colour, True))
    rules, rates = zip(*(point for _, points, *_ in series for point in points))
    return str(Lines(series, PowersOfTen(rules), PowersOfTen(rates), "rules; events a second on one core"))


def write(root, lines, results):
    put_between(root / "docs/performance.md", BEGIN, END, lines)
    (root / "docs/filter-scaling.svg").write_text(plot(results))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--min-time", type=float, default=0.3)
    parser.add_argument("--save", type=pathlib.Path)
    parser.add_argument("--load", type=pathlib.Path)
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    if options.load:
        results = json.loads(options.load.read_text())
    elif options.binary:
        results = medians(options.binary, options.rounds, options.min_time)
    else:
        parser.error("which bench_filter?")
    if options.save:
        options.save.write_text(json.dumps(results, indent=1))
    lines = list(tables(results))
    print("\n".join(lines))
    if options.write:
        write(options.write, lines, results)


if __name__ == "__main__":
    main()
