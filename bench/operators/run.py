#!/usr/bin/env python3
"""Measures single operators of xtape and of libtorch, forward and backward.

    run.py BUILD [--rounds N] [--seconds S] [--case PATTERN]

Prints the table and writes BUILD/operators.json, and when no case is left out docs/bench/operators.md
and operators.svg.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import comparison
import harness
import page
import plot

PROGRAMS = {"xtape": "operators_xtape", "libtorch": "operators_torch"}
CASES = {  # by the panels of the picture
    "Products": ["matmul 2560x128 128x512", "matmul 2560x512 512x128", "matmul 1024x10x32 1024x32x10",
                 "matmul 1024x10x10 1024x10x32", "attention 256x10x128"],
    "Rows": ["log_softmax 2048x128", "log_softmax 1024x45", "softmax 2048x128", "softmax 1024x45",
             "masked_softmax 256x4x10x10", "layer_norm 2560x128", "layer_norm 2560x256"],
    "Element by element": ["gelu 2560x512", "gelu_tanh 2560x512", "relu 2560x512", "add_row 2560x512",
                           "exp 2560x512", "tanh 2560x512", "sigmoid 2560x512", "dropout 2560x128"],
    "Sums and selections": ["sum_last_axis 2560x512", "sum_first_axis 2560x512", "embedding 45x128",
                            "concat 256x10x4x32", "swap_heads 256x10x4x32"],
}


def bars(rows):
    panels = {case: panel for panel, cases in CASES.items() for case in cases}
    return [plot.Bar(panels[row["case"]], row["case"], row["system"], row["milliseconds"])
            for row in rows if row["threads"] == 1]


def main():
    arguments = harness.read_arguments(__doc__.splitlines()[0])
    cases = [case for panel in CASES.values() for case in panel]
    rows = comparison.measure(arguments, arguments.build / "bench/operators", PROGRAMS, cases,
                              [comparison.XTAPE, comparison.TORCH, comparison.TORCH_2])
    report = {"machine": harness.machine(), "rows": rows}
    harness.write_json(arguments.build, "operators", report)
    print(page.markdown(report), end="")
    if arguments.case == "*":
        title = "Operators, forward and backward, one thread"
        harness.write_page("operators", page.page(report), plot.svg(title, report["machine"], bars(rows)))


if __name__ == "__main__":
    main()
