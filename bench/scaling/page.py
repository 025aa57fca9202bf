"""Batch and model doubled as Markdown tables, and the page in docs/bench around them."""

import collections

from cells import number, table
from comparison import by_case

INTRODUCTION = """# Batch and model doubled, measured

Written by `./run bench scaling`. The training step of [steps.md](steps.md), of a Transformer with three layers on either
side, heads of width 32 and feed-forward blocks four times as wide as the rest. Where the batch is doubled, what a token
costs should stay; where the model is, what a token costs for each of its parameters. A token is one of the target, PAD
not counted; its cost has that of the source in it. GFLOP/s are for the products of rows without PAD. libtorch is 1.13,
built from Debian's package, which has no MKL; its losses are compared with xtape's before time is measured.

![costs](scaling.svg)

"""


def a_token(row, made_of):
    return row["milliseconds"] * 1e6 / made_of["tokens"]


def a_token_and_thousand_parameters(row, made_of):
    return a_token(row, made_of) * 1e3 / made_of["parameters"]


def doubled(name, template, first, last):
    """{case: label} for first, twice first, ... last."""
    sizes = [first]
    while sizes[-1] < last:
        sizes.append(2 * sizes[-1])
    return {template.format(size): f"{name} {size}" for size in sizes}


Panel = collections.namedtuple("Panel", "title cases nanoseconds unit")
UNITS = {"us": 1e-3, "ns": 1}
PANELS = [
    Panel("Batch, width 128: time for a token", doubled("batch", "width 128 batch {}", 16, 512), a_token, "us"),
    Panel("Width, batch 64: time for a token and 1000 parameters",
          doubled("width", "width {} batch 64", 64, 512), a_token_and_thousand_parameters, "ns"),
]
SYSTEMS = {("xtape", 1): "xtape", ("xtape", 2): "xtape, 2 threads", ("libtorch", 1): "libtorch"}


def cases():
    """Each once, though the first panel and the second meet."""
    return list(dict.fromkeys(case for panel in PANELS for case in panel.cases))


def gflops(row, made_of):
    return made_of["flops_without_padding"] / row["milliseconds"] * 1e-6


def cells(label, lines, made_of, panel):
    def of_all(cost, factor=1):
        return [number(cost(lines[which], made_of) * factor) if which in lines else "" for which in SYSTEMS]
    return [label, number(made_of["parameters"]), number(made_of["tokens"]),
            *of_all(panel.nanoseconds, UNITS[panel.unit]), *of_all(gflops),
            *of_all(lambda row, _: row["extra_peak_bytes"], 1e-6)]


def head(panel):
    names = list(SYSTEMS.values())
    return ["", "parameters", "tokens", f"{panel.unit}: {names[0]}", *names[1:], f"GFLOP/s: {names[0]}", *names[1:],
            f"peak memory, MB: {names[0]}", *names[1:]]


def panel_table(panel, report):
    lines = by_case(report["rows"])
    rows = [cells(label, lines[case], report["cases"][case], panel)
            for case, label in panel.cases.items() if case in lines]
    return f"{panel.title}\n\n" + table(head(panel), rows)


def markdown(report):
    return f"Machine: {report['machine']}\n\n" + "\n".join(panel_table(panel, report) for panel in PANELS)


def page(report):
    return INTRODUCTION + markdown(report)
