"""The measurements as a picture: bars on a logarithmic scale, a panel for each case."""

import html
import math

WIDTH, LEFT, RIGHT = 860, 190, 90
BAR, GAP, HEAD = 9, 7, 44
COLOURS = {1: "#1f5f8b", 2: "#8fc1e3"}
INK, FAINT = "#222", "#ccc"


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


def decades(rows):
    """The powers of ten around these times; the shortest bar keeps some length."""
    times = [row["milliseconds"] for row in rows]
    return math.floor(math.log10(min(times) / 1.2)), math.ceil(math.log10(max(times)))


class Panel:
    def __init__(self, case, rows, top):
        self.case, self.rows, self.top = case, rows, top
        self.systems = list(dict.fromkeys(row["system"] for row in rows))
        self.low, self.high = decades(rows)
        self.bottom = top + HEAD + len(self.systems) * self.pitch()

    @staticmethod
    def pitch():
        return len(COLOURS) * BAR + GAP

    def x(self, milliseconds):
        share = (math.log10(milliseconds) - self.low) / (self.high - self.low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def grid(self):
        for power in range(self.low, self.high + 1):
            x = self.x(10.0**power)
            yield f'<line x1="{x:.1f}" y1="{self.top + HEAD - 6}" x2="{x:.1f}" y2="{self.bottom}" stroke="{FAINT}"/>'
            yield text(x, self.top + HEAD - 10, duration(10.0**power), 10, "middle")

    def bars(self):
        for place, system in enumerate(self.systems):
            y = self.top + HEAD + place * self.pitch()
            yield text(LEFT - 8, y + BAR + 4, system, 12, "end")
            for row in (r for r in self.rows if r["system"] == system):
                end, bar = self.x(row["milliseconds"]), y + (row["threads"] - 1) * BAR
                yield rectangle(LEFT, bar, end - LEFT, BAR - 1, COLOURS[row["threads"]])
                yield text(end + 4, bar + BAR - 1, duration(row["milliseconds"]), 9)

    def draw(self):
        return [text(LEFT, self.top + 14, self.case, 14, weight="bold"), *self.grid(), *self.bars()]


def legend(y):
    for threads, colour in COLOURS.items():
        x = LEFT + (threads - 1) * 110
        yield rectangle(x, y - 10, 12, 12, colour)
        yield text(x + 18, y, f"{threads} thread{'s' if threads > 1 else ''}")


def svg(report):
    parts = [text(LEFT, 24, "Label-smoothed cross entropy, loss and gradients", 16, weight="bold"),
             text(LEFT, 42, report["machine"], 11), *legend(64)]
    top = 84
    for case in dict.fromkeys(row["case"] for row in report["rows"]):
        panel = Panel(case, [row for row in report["rows"] if row["case"] == case], top)
        parts += panel.draw()
        top = panel.bottom + 18
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" '
            f'viewBox="0 0 {WIDTH} {top}" font-family="sans-serif">')
    return "\n".join([head, f'<rect width="{WIDTH}" height="{top}" fill="white"/>', *parts, "</svg>"]) + "\n"
