#!/usr/bin/env python3
"""Measures training steps of xtape beside libtorch and beside what the arithmetic alone takes.

    run.py BUILD [--rounds N] [--seconds S] [--case PATTERN]

Prints the tables and writes BUILD/steps.json, and when no case is left out docs/bench/steps.md and
steps.svg.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import harness
import page
import plot
import systems

CASES = ["transformer 128", "transformer 256", "gru 128", "gru 1"]
SERIES = [(system, threads) for threads in [1, 2] for system in systems.SYSTEMS]


def bars(rows):
    return [plot.Bar(row["case"], row["system"], plot.threads(row["threads"]), row["milliseconds"]) for row in rows]


def main():
    arguments = harness.read_arguments(__doc__.splitlines()[0])
    report = systems.measure(arguments, CASES, SERIES)
    harness.write_json(arguments.build, "steps", report)
    print(page.markdown(report), end="")
    if arguments.case == "*":
        harness.write_page("steps", page.page(report),
                           plot.svg("Training steps", report["machine"], bars(report["rows"])))


if __name__ == "__main__":
    main()
