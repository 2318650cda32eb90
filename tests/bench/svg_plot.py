"""Plots as SVG, and the parts of a Markdown page that measurements write."""
import math

COLOURS = ("#1b6ca8", "#c0392b", "#27804a", "#8e44ad", "#b7791f", "#555555")


def put_between(page, begin, end, lines):
    """Replaces what stands between two markers of a page."""
    before, found, rest = page.read_text().partition(begin)
    if not found or end not in rest:
        raise ValueError(f"{page} has no {begin} … {end}")
    page.write_text(f"{before}{begin}\n" + "\n".join(lines) + f"\n{end}{rest.partition(end)[2]}")


class PowersOfTen:
    """An axis by powers of ten that has all the values."""

    def __init__(self, values):
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        self.low, self.high = low, max(high, low + 1)
        self.ticks = [10**power for power in range(self.low, self.high + 1)]

    def share(self, value):
        return (math.log10(value) - self.low) / (self.high - self.low)


class EvenSteps:
    """An axis from 0 in even steps."""

    def __init__(self, values):
        most = max(values) or 1
        step = 10 ** math.floor(math.log10(most))
        step = next(step * part for part in (0.2, 0.5, 1, 2) if most / (step * part) <= 6)
        steps = math.ceil(most / step)
        self.high = step * steps
        self.ticks = [round(step * count) if step >= 1 else round(step * count, 6) for count in range(steps + 1)]

    def share(self, value):
        return value / self.high


class Lines:
    """Lines over two axes; each is (label, points, colour, dashed)."""
    WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 70, 230, 20, 45

    def __init__(self, series, x_axis, y_axis, caption):
        self.x_axis, self.y_axis = x_axis, y_axis
        self.parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.WIDTH} {self.HEIGHT}" '
                      'font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="#fff"/>']
        self.axes(caption)
        for index, one in enumerate(series):
            self.line(index, *one)
        self.parts.append("</svg>\n")

    def __str__(self):
        return "\n".join(self.parts)

    def x(self, value):
        return self.LEFT + self.x_axis.share(value) * (self.WIDTH - self.LEFT - self.RIGHT)

    def y(self, value):
        return self.HEIGHT - self.BOTTOM - self.y_axis.share(value) * (self.HEIGHT - self.TOP - self.BOTTOM)

    def text(self, x, y, text, anchor):
        self.parts.append(f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{text}</text>')

    def path(self, points, style):
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{line}" fill="none" {style}/>')

    def axes(self, caption):
        bottom, right = self.HEIGHT - self.BOTTOM, self.WIDTH - self.RIGHT
        for tick in self.y_axis.ticks:
            self.path([(self.LEFT, self.y(tick)), (right, self.y(tick))], 'stroke="#ddd"')
            self.text(self.LEFT - 6, self.y(tick) + 4, f"{tick:,}", "end")
        for tick in self.x_axis.ticks:
            self.path([(self.x(tick), self.TOP), (self.x(tick), bottom)], 'stroke="#ddd"')
            self.text(self.x(tick), bottom + 18, f"{tick:,}", "middle")
        self.text((self.LEFT + right) / 2, self.HEIGHT - 8, caption, "middle")

    def line(self, index, label, points, colour, dashed):
        style = f'stroke="{COLOURS[colour % len(COLOURS)]}" stroke-width="2"' + (' stroke-dasharray="3 4"' if dashed else "")
        self.path([(self.x(at), self.y(value)) for at, value in points], style)
        left, y = self.WIDTH - self.RIGHT + 12, self.TOP + 12 + 20 * index
        self.path([(left, y - 4), (left + 24, y - 4)], style)
        self.text(left + 30, y, label, "start")


class Bars:
    """Dots in rows beside each other: (label, values, whether it is enough), where 1 is what is wanted and more is better."""
    WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 800, 410, 20, 12, 20, 40
    LEAST, MOST = 0.1, 10

    def __init__(self, rows, caption):
        self.height = self.TOP + self.ROW * len(rows) + self.BOTTOM
        self.parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.WIDTH} {self.height}" '
                      'font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="#fff"/>']
        for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10):
            self.tick(tick)
        for index, row in enumerate(rows):
            self.row(self.TOP + self.ROW * (index + 0.5), *row)
        self.parts.append(f'<text x="{(self.LEFT + self.WIDTH - self.RIGHT) / 2:.0f}" y="{self.height - 6}" text-anchor="middle">{caption}</text>')
        self.parts.append("</svg>\n")

    def __str__(self):
        return "\n".join(self.parts)

    def x(self, value):
        within = min(self.MOST, max(self.LEAST, value))
        share = math.log10(within / self.LEAST) / math.log10(self.MOST / self.LEAST)
        return self.LEFT + share * (self.WIDTH - self.LEFT - self.RIGHT)

    def tick(self, value):
        x, bottom = self.x(value), self.height - self.BOTTOM
        colour = "#333" if value == 1 else "#ddd"
        self.parts.append(f'<polyline points="{x:.1f},{self.TOP} {x:.1f},{bottom}" fill="none" stroke="{colour}"/>')
        self.parts.append(f'<text x="{x:.0f}" y="{bottom + 15}" text-anchor="middle">{value:g}</text>')

    def row(self, y, label, values, enough):
        colour, middle = COLOURS[2] if enough else COLOURS[1], sorted(values)[len(values) // 2]
        self.parts.append(f'<text x="{self.LEFT - 10}" y="{y + 4:.0f}" text-anchor="end">{label}</text>')
        self.parts += [f'<circle cx="{self.x(value):.1f}" cy="{y:.1f}" r="2" fill="{colour}" fill-opacity="0.5"/>' for value in values]
        self.parts.append(f'<circle cx="{self.x(middle):.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>')
