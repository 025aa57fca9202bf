"""The measurements as a picture: bars on a logarithmic scale, in panels."""

import collections
import html
import math

WIDTH, LEFT, RIGHT = 860, 190, 90
BAR, GAP, HEAD = 9, 7, 44
COLOURS = ["#1f5f8b", "#8fc1e3", "#d9b38c"]  # of the series, in their order
INK, FAINT = "#222", "#ccc"


# Bars of one label stand together, one for each series.
Bar = collections.namedtuple("Bar", "panel label series milliseconds")


def threads(n):
    return f"{n} thread{'s' if n > 1 else ''}"


def in_order(values):
    return list(dict.fromkeys(values))


def text(x, y, content, size=12, anchor="start", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'font-weight="{weight}" fill="{INK}">{html.escape(content)}</text>')


def rectangle(x, y, width, height, colour):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" fill="{colour}"/>'


def duration(milliseconds):
    for unit, factor in (("s", 1e-3), ("ms", 1), ("us", 1e3)):
        if milliseconds * factor >= 0.999:
            return f"{milliseconds * factor:.3g} {unit}"
    return f"{milliseconds * 1e6:.3g} ns"


def decades(bars):
    """The powers of ten around these times; the shortest bar keeps some length."""
    times = [bar.milliseconds for bar in bars]
    return math.floor(math.log10(min(times) / 1.2)), math.ceil(math.log10(max(times)))


class Panel:
    def __init__(self, name, bars, series, top):
        self.name, self.series, self.top = name, series, top
        self.bars = [bar for bar in bars if bar.panel == name]
        self.labels = in_order(bar.label for bar in self.bars)
        self.low, self.high = decades(self.bars)
        self.pitch = len(series) * BAR + GAP
        self.bottom = top + HEAD + len(self.labels) * self.pitch

    def x(self, milliseconds):
        share = (math.log10(milliseconds) - self.low) / (self.high - self.low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def grid(self):
        for power in range(self.low, self.high + 1):
            x = self.x(10.0**power)
            yield f'<line x1="{x:.1f}" y1="{self.top + HEAD - 6}" x2="{x:.1f}" y2="{self.bottom}" stroke="{FAINT}"/>'
            yield text(x, self.top + HEAD - 10, duration(10.0**power), 10, "middle")

    def rows(self):
        for place, label in enumerate(self.labels):
            y = self.top + HEAD + place * self.pitch
            yield text(LEFT - 8, y + len(self.series) * BAR / 2 + 4, label, 12, "end")
            for bar in (b for b in self.bars if b.label == label):
                number = self.series.index(bar.series)
                end, top = self.x(bar.milliseconds), y + number * BAR
                yield rectangle(LEFT, top, end - LEFT, BAR - 1, COLOURS[number])
                yield text(end + 4, top + BAR - 1, duration(bar.milliseconds), 9)

    def draw(self):
        return [text(LEFT, self.top + 14, self.name, 14, weight="bold"), *self.grid(), *self.rows()]


def legend(y, series):
    for number, name in enumerate(series):
        x = LEFT + number * 150
        yield rectangle(x, y - 10, 12, 12, COLOURS[number])
        yield text(x + 18, y, name)


def svg(title, machine, bars):
    series = in_order(bar.series for bar in bars)
    parts = [text(LEFT, 24, title, 16, weight="bold"), text(LEFT, 42, machine, 11), *legend(64, series)]
    top = 84
    for name in in_order(bar.panel for bar in bars):
        panel = Panel(name, bars, series, top)
        parts += panel.draw()
        top = panel.bottom + 18
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" '
            f'viewBox="0 0 {WIDTH} {top}" font-family="sans-serif">')
    return "\n".join([head, f'<rect width="{WIDTH}" height="{top}" fill="white"/>', *parts, "</svg>"]) + "\n"
