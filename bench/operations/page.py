"""The operations as a Markdown table, and the page in docs/bench around it."""

from cells import number, page_faults, table
from comparison import TORCH, XTAPE, by_case, cell, ratio

INTRODUCTION = """# An operation on one number, measured

Written by `./run bench operations`. `y = y * x`, again and again, on one number in single precision, and the gradient by x:
what an operation costs where its arithmetic costs nothing. Forward is the chain under a tape, in libtorch with
`requires_grad` and a tensor of one element; backward is the gradient and giving everything back. Both get the same values.

Bytes are the peak over what the process had before, for each operation: with few of them, mostly what a library touches
when it is used for the first time. 18 of xtape's belong to the reading, which keeps lists as long as the tape. "Ratio" is
what libtorch takes over what xtape takes. libtorch with a million operations is left out: to measure that takes it more than
a minute.

![times](operations.svg)

"""

NS, FORWARD, BACKWARD = "nanoseconds", "forward_nanoseconds", "backward_nanoseconds"
HEAD = ["operations", "forward, ns: xtape", "libtorch", "backward, ns: xtape", "libtorch", "both, ns: xtape", "libtorch",
        "ratio", "bytes: xtape", "libtorch", "ratio", "page faults: xtape", "libtorch"]


def operations(case):
    return f"{int(case):,}"


def both(lines, key, shown=number):
    return [cell(lines, which, key, shown) for which in (XTAPE, TORCH)]


def cells(case, lines):
    return [operations(case), *both(lines, FORWARD), *both(lines, BACKWARD), *both(lines, NS), ratio(lines, NS),
            *both(lines, "extra_bytes"), ratio(lines, "extra_bytes"), *both(lines, "page_faults", page_faults)]


def markdown(report):
    rows = [cells(case, lines) for case, lines in by_case(report["rows"]).items()]
    return f"Machine: {report['machine']}\n\n" + table(HEAD, rows, left=())


def page(report):
    return INTRODUCTION + markdown(report)
