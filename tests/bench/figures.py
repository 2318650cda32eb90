"""Figures beside what they are to be: medians of the rounds' ratios, with units."""
import collections
import dataclasses
import statistics


@dataclasses.dataclass
class Figure:
    """A row of the table."""
    goal: int
    what: str
    figure: str = ""
    reference: str = ""
    ratio: str = ""
    wanted: str = ""
    toward: list = dataclasses.field(default_factory=list)  # of each round: 1 is what is wanted, more is better
    unmeasured: str = ""

    def met(self):
        """None when nothing is wanted, or nothing was measured."""
        return statistics.median(self.toward) >= 1 if self.toward else None


class Rounds:
    """What was measured in each round, by name."""

    def __init__(self):
        self.values = collections.defaultdict(list)

    def add(self, **values):
        for name, value in values.items():
            self.values[name].append(value)

    def __getitem__(self, name):
        return self.values[name]

    def median(self, name):
        return statistics.median(self.values[name])

    def ratios(self, ours, theirs):
        return [our / their for our, their in zip(self.values[ours], self.values[theirs], strict=True)]


def short(value):
    """Three digits of it."""
    if abs(value) >= 1000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{float(f'{value:.3g}'):g}"


def with_unit(value, unit):
    return f"{short(value)} {unit}".strip()


def toward(values, least=None, most=None):
    if least is not None:
        return [value / least for value in values]
    return [most / value if value else 1e9 for value in values] if most is not None else []


def words(least, most, unit):
    if least is not None:
        return f"at least {least:,.4g} {unit}".strip()
    return f"at most {most:,.4g} {unit}".strip() if most is not None else ""


def compared(goal, what, rounds, ours, theirs, unit, reference, least=None, most=None):
    """Two figures of the same rounds, and their ratio."""
    ratios = rounds.ratios(ours, theirs)
    return Figure(goal, what, with_unit(rounds.median(ours), unit), f"{reference}: {with_unit(rounds.median(theirs), unit)}",
                  f"{statistics.median(ratios):.3g}", words(least, most, ""), toward(ratios, least, most))


def bounded(goal, what, values, unit, reference="", least=None, most=None):
    """A figure that is to be above or below something by itself."""
    values = values if isinstance(values, list) else [values]
    return Figure(goal, what, with_unit(statistics.median(values), unit), reference, "", words(least, most, unit), toward(values, least, most))


def unmeasured(goal, what, why):
    return Figure(goal, what, unmeasured=why)


def table(figures):
    yield "| goal | what | figure | in the same run | ratio | wanted | met |"
    yield "| ---: | --- | --- | --- | ---: | --- | --- |"
    for one in figures:
        if one.unmeasured:
            yield f"| {one.goal} | {one.what} | not measured: {one.unmeasured} |  |  |  |  |"
            continue
        met = {None: "", True: "yes", False: "**no**"}[one.met()]
        yield f"| {one.goal} | {one.what} | {one.figure} | {one.reference} | {one.ratio} | {one.wanted} | {met} |"
