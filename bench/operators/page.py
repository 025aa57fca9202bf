"""The operators as a Markdown table, and the page in docs/bench around it."""

from cells import number, page_faults, table
from comparison import TORCH, TORCH_2, XTAPE, by_case, cell, ratio

INTRODUCTION = """# Operators, measured

Written by `./run bench operators`. Single operators in single precision, at the shapes of a small Transformer: 256 words of
10 letters, width 128, 4 heads. Forward is the operator under a tape, the input being one whose gradient is wanted; backward
is the gradients of all inputs, given that of the output, and giving back what both took. Before it is measured, libtorch
has to get the values and gradients that xtape got (of dropout: what is dropped is chance, the rest is compared).

xtape's operators run on one thread, a tape each; so libtorch's times on two stand here for information only. "Ratio" is
libtorch's time on one thread over xtape's: below 1, xtape is slower. Peak memory is what came on top of the inputs; in
libtorch some megabytes of it are its own, touched by the first gradient. Page faults are those of one iteration after the
first.

Gradients that libtorch makes as views, those of the sums, `concat` and `swap_heads`, are copied into arrays, as xtape's
are, and so is the gradient of the first input of `add_row`, which in libtorch is the caller's own array: the same work,
though programs may do without it, and inside of a model xtape hands that gradient on without a copy. `embedding 45x128` looks 2560 rows up;
`masked_softmax` is a masked_fill and a softmax, in both; `attention` is `MultiHeadAttention`, in libtorch the same steps
with `addmm` for the projections.

![times](operators.svg)

"""

MS, FORWARD, BACKWARD = "milliseconds", "forward_milliseconds", "backward_milliseconds"
HEAD = ["case", "xtape, ms", "libtorch, ms", "ratio", "forward", "backward", "libtorch, 2 threads, ms",
        "peak memory, MB: xtape", "libtorch", "page faults: xtape", "libtorch"]


def megabytes(x):
    return number(x / 1e6)


def cells(case, lines):
    return [case, cell(lines, XTAPE, MS), cell(lines, TORCH, MS), ratio(lines, MS), ratio(lines, FORWARD),
            ratio(lines, BACKWARD), cell(lines, TORCH_2, MS),
            cell(lines, XTAPE, "extra_peak_bytes", megabytes), cell(lines, TORCH, "extra_peak_bytes", megabytes),
            cell(lines, XTAPE, "page_faults", page_faults), cell(lines, TORCH, "page_faults", page_faults)]


def markdown(report):
    rows = [cells(case, lines) for case, lines in by_case(report["rows"]).items()]
    return f"Machine: {report['machine']}\n\n" + table(HEAD, rows)


def page(report):
    return INTRODUCTION + markdown(report)
