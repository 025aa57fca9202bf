"""The measurements as a Markdown table, and the page in docs/bench around it."""

from cells import number, page_faults, table

INTRODUCTION = """# The criterion, measured

Written by `./run bench criterion`. Label-smoothed cross entropy, smoothing 0.1, in single precision: the loss and its
gradients, by the logits or, behind a projection, by hidden states, weight and bias. Every system first shows that its
numbers are those of a reference in double precision.

| system | |
|---|---|
| xtape | `in_row_blocks`, a tape, its gradients; basic operators, no kernel of its own |
| libtorch-composed | `log_softmax`, `gather`, `sum`, `masked_fill` and so on, as in the specification |
| libtorch-cross-entropy | `cross_entropy` with `label_smoothing` |
| hand-fused | a kernel in `bench/criterion/fused` that knows this one loss; behind a projection, with BLAS in blocks of rows |
| copy | reads the logits and writes as many numbers: what no system can do without |
| gemm-only | the three products of the projection alone, into memory that is there |

"Yardsticks" is the time in copies, behind a projection in gemm-only: how many times the bytes of a copy could have been
moved. "Of xtape" is the time divided by that of xtape. Peak memory is what came on top of the inputs, the gradients
included. Page faults are those of one iteration after the first.

What is left between xtape and the kernel: operators that know nothing of each other go over a block of scores seven times
(copied in, largest, exponentials summed, sum, gradient of the sum, exponentials again, copied out), in the cache but for the
first and the last, and take two exponentials of each score. The kernel goes over it twice, takes one, and computes while it
waits for memory. That there are no log-probabilities to write, that gradients are added into place, and that a block stays in
the cache is all the composition needed to get this near.

![times](criterion.svg)

"""


def yardstick_of(row, rows):
    """How many times as long as a copy, or as the products alone."""
    for other in rows:
        same = (other["case"], other["threads"]) == (row["case"], row["threads"])
        if same and other["system"] in ("copy", "gemm-only"):
            return row["milliseconds"] / other["milliseconds"]
    return float("nan")


def of_xtape(row, rows):
    for other in rows:
        if (other["case"], other["threads"], other["system"]) == (row["case"], row["threads"], "xtape"):
            return row["milliseconds"] / other["milliseconds"]
    return float("nan")


def markdown(report):
    head = ["case", "threads", "system", "ms", "of xtape", "yardsticks", "peak memory, MB", "page faults"]
    rows = [cells(row, report["rows"]) for row in report["rows"]]
    return f"Machine: {report['machine']}\n\n" + table(head, rows, left=(0, 2))


def cells(row, rows):
    system = row["system"] + (f" ({row['note']})" if "note" in row else "")
    return [row["case"], str(row["threads"]), system, number(row["milliseconds"]), number(of_xtape(row, rows)),
            number(yardstick_of(row, rows)), number(row["extra_peak_bytes"] / 1e6), page_faults(row["page_faults"])]


def page(report):
    return INTRODUCTION + markdown(report)
