#!/usr/bin/env python3
"""Measures the criterion side by side with other ways to compute it.

    run.py BUILD [--rounds N] [--seconds S] [--case PATTERN]

Prints the table and writes BUILD/criterion.json, and when no case is left out docs/bench/criterion.md
and criterion.svg.
"""

import fnmatch
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import harness
import plot
import table

LOGITS = ["4096x32000", "2048x8000", "512x1000", "64x40"]
PROJECTION = "4096x256->32000"
PROGRAMS = {  # in the order of the table
    "xtape": "criterion_xtape",
    "libtorch-composed": "criterion_torch",
    "libtorch-cross-entropy": "criterion_torch",
    "hand-fused": "criterion_hand_fused",
    "copy": "criterion_yardsticks",
    "gemm-only": "criterion_yardsticks",
}
LEFT_OUT = {("copy", PROJECTION)} | {("gemm-only", case) for case in LOGITS}
THREADS = [1, 2]


def tasks(found, pattern):
    cases = [case for case in [*LOGITS, PROJECTION] if fnmatch.fnmatch(case, pattern)]
    return [(case, system, threads) for case in cases for threads in THREADS for system in found
            if (system, case) not in LEFT_OUT]


def bars(rows):
    return [plot.Bar(row["case"], row["system"], plot.threads(row["threads"]), row["milliseconds"]) for row in rows]


def main():
    arguments = harness.read_arguments(__doc__.splitlines()[0])
    found = harness.built(arguments.build / "bench/criterion", PROGRAMS)

    def measure(task):
        case, system, threads = task
        return harness.run([found[system], case, system, str(threads), str(arguments.seconds)], threads)

    rows = harness.measure_all(tasks(found, arguments.case), measure, arguments.rounds)
    report = {"machine": harness.machine(), "rows": rows}
    harness.write_json(arguments.build, "criterion", report)
    print(table.markdown(report), end="")
    if arguments.case == "*":
        title = "Label-smoothed cross entropy, loss and gradients"
        harness.write_page("criterion", table.page(report), plot.svg(title, report["machine"], bars(rows)))


if __name__ == "__main__":
    main()
