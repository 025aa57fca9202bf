#!/usr/bin/env python3
"""Measures how the cost of a training step grows with the batch and with the model.

    run.py BUILD [--rounds N] [--seconds S] [--case PATTERN]

Prints the tables and writes BUILD/scaling.json, and when no case is left out docs/bench/scaling.md and
scaling.svg. The programs are those of bench/steps.
"""

import pathlib
import sys

for folder in ["support", "steps"]:
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / folder))
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness
import page
import plot
import systems

SERIES = [("xtape", 1), ("xtape", 2), ("libtorch", 1)]


def series(row):
    return f"{row['system']}, {plot.threads(row['threads'])}"


def bars(report):
    for panel in page.PANELS:
        for case, shown in panel.cases.items():
            for row in (row for row in report["rows"] if row["case"] == case):
                cost = panel.nanoseconds(row, report["cases"][case]) * 1e-6
                yield plot.Bar(panel.title, shown, series(row), cost)


def main():
    arguments = harness.read_arguments(__doc__.splitlines()[0])
    report = systems.measure(arguments, page.cases(), SERIES)
    harness.write_json(arguments.build, "scaling", report)
    print(page.markdown(report), end="")
    if arguments.case == "*":
        title = "Training steps of a Transformer, doubled"
        harness.write_page("scaling", page.page(report), plot.svg(title, report["machine"], list(bars(report))))


if __name__ == "__main__":
    main()
