#!/usr/bin/env python3
"""Measures what an operation on one number costs, recorded and gone back over, in xtape and libtorch.

    run.py BUILD [--rounds N] [--seconds S] [--case PATTERN]

Prints the table and writes BUILD/operations.json, and when no case is left out
docs/bench/operations.md and operations.svg.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
import comparison
import harness
import page
import plot

PROGRAMS = {"xtape": "operations_xtape", "libtorch": "operations_torch"}
COUNTS = ["1000", "10000", "100000", "1000000"]
LEFT_OUT = {("1000000", "libtorch")}  # more than a minute


def per_operation(row):
    """The row with the costs of a single operation."""
    operations = int(row["case"])
    nanoseconds = {key.replace("milliseconds", "nanoseconds"): 1e6 * value / operations
                   for key, value in row.items() if key.endswith("milliseconds")}
    return {**row, **nanoseconds, "extra_bytes": row["extra_peak_bytes"] / operations}


def bars(rows):
    return [plot.Bar(f"{part}, an operation", page.operations(row["case"]) + " operations", row["system"],
                     row[f"{part.lower()}_nanoseconds"] * 1e-6) for part in ["Forward", "Backward"] for row in rows]


def main():
    arguments = harness.read_arguments(__doc__.splitlines()[0])
    rows = comparison.measure(arguments, arguments.build / "bench/operations", PROGRAMS, COUNTS,
                              [comparison.XTAPE, comparison.TORCH], LEFT_OUT)
    report = {"machine": harness.machine(), "rows": [per_operation(row) for row in rows]}
    harness.write_json(arguments.build, "operations", report)
    print(page.markdown(report), end="")
    if arguments.case == "*":
        title = "An operation on one number"
        picture = plot.svg(title, report["machine"], bars(report["rows"]))
        harness.write_page("operations", page.page(report), picture)


if __name__ == "__main__":
    main()
