"""The training steps as Markdown tables, and the page in docs/bench around them."""

from cells import number, page_faults, table
from comparison import by_case
from systems import PARTS

INTRODUCTION = """# Training steps, measured

Written by `./run bench steps`. A step is forward, backward and Adam, in single precision: label-smoothed cross entropy,
smoothing 0.1, a mean over the target tokens; no dropout; four different batches, one after the other. Both sides of a
pair have 7 to 13 symbols, so that about a quarter of a large batch is PAD. All systems start from the same weights, and
before time is measured, libtorch has to go through the losses of xtape for ten steps.

| case | |
|---|---|
| transformer 128 | width 128, 4 heads, feed-forward 512, 3 + 3 layers, pre-norm, relu; 256 pairs |
| transformer 256 | width 256, 8 heads, feed-forward 1024, 4 + 4 layers; 256 pairs |
| gru 128 | an encoder of both directions and a decoder with attention, width 256; 128 pairs |
| gru 1 | the same, one pair at a time: what a step costs besides its arithmetic |

| system | |
|---|---|
| xtape | layers of nn/, `data_parallel_gradients`: a share of the rows for each thread, in four pieces |
| libtorch | 1.13, built from Debian's package, which has no MKL; as installed |
| libtorch tuned | malloc keeps memory, in large pages; OpenBLAS has libtorch's threads, on cores of their own, awake |
| floor | the products of the step by BLAS, and one pass for each step that goes over the numbers; in shares |
| floor without PAD | the same as if all rows had the mean length |

With two threads, forward of xtape is that of the slowest share, and backward the rest, up to the summed gradients.
GFLOP/s are for the products of rows without PAD, the same number for all systems: work on PAD brings nothing. The floor
multiplies the small matrices of attention by BLAS, one call for each. Peak memory is what came on top of the weights, the
optimiser's memory and the gradients included; that of the floor is its buffers. Page faults are those of one step after
all batches were seen. A single pair has one share: in xtape and the floor a second thread has nothing to do.

![times](steps.svg)

"""

MS, BYTES = "milliseconds", "extra_peak_bytes"
HEAD = ["case", "threads", "system", "step, ms", "forward", "backward", "optimiser", "GFLOP/s", "peak memory, MB",
        "page faults"]

# Head -> time of which systems and threads, the best of them, over the time of which.
RATIOS = {
    "libtorch / xtape, 1 thread": ([("libtorch", 1)], ("xtape", 1)),
    "tuned / xtape, 1": ([("libtorch tuned", 1)], ("xtape", 1)),
    "best of libtorch / xtape, 2": ([("libtorch", 1), ("libtorch", 2)], ("xtape", 2)),
    "tuned / xtape, 2": ([("libtorch tuned", 2)], ("xtape", 2)),
    "xtape / floor, 1": ([("xtape", 1)], ("floor", 1)),
    "xtape / floor, 2": ([("xtape", 2)], ("floor", 2)),
    "xtape / floor without PAD, 1": ([("xtape", 1)], ("floor without PAD", 1)),
    "xtape / floor without PAD, 2": ([("xtape", 2)], ("floor without PAD", 2)),
}


def megabytes(x):
    return number(x / 1e6)


def cells(row, made_of):
    return [row["case"], str(row["threads"]), row["system"], number(row[MS]), *(number(row[part]) for part in PARTS),
            number(made_of["flops_without_padding"] / row[MS] * 1e-6), megabytes(row[BYTES]),
            page_faults(row["page_faults"])]


def ratio(lines, over, under, key):
    values = [lines[which][key] for which in over if which in lines]
    return number(min(values) / lines[under][key]) if values and under in lines else ""


def ratios(case, lines):
    memory = [ratio(lines, [("xtape", threads)], ("libtorch", threads), BYTES) for threads in (1, 2)]
    return [case, *(ratio(lines, *which, MS) for which in RATIOS.values()), *memory]


def markdown(report):
    rows = [cells(row, report["cases"][row["case"]]) for row in report["rows"]]
    compared = [ratios(case, lines) for case, lines in by_case(report["rows"]).items()]
    return (f"Machine: {report['machine']}\n\n" + table(HEAD, rows, left=(0, 2)) + "\nTimes in times of another:\n\n"
            + table(["case", *RATIOS, "memory, xtape / libtorch, 1", "memory, xtape / libtorch, 2"], compared))


def page(report):
    return INTRODUCTION + markdown(report)
