"""xtape beside libtorch, forward and backward: what bench/operations and bench/operators share."""

import fnmatch
import tempfile

import harness
from cells import number

XTAPE, TORCH, TORCH_2 = ("xtape", 1), ("libtorch", 1), ("libtorch", 2)


def measure(arguments, folder, programs, cases, series, left_out=()):
    """Rows, but for those (case, system) left out. Of each case all systems must get the same numbers."""
    found = harness.built(folder, programs)
    tasks = [(case, *which) for case in cases if fnmatch.fnmatch(case, arguments.case)
             for which in series if which[0] in found and (case, which[0]) not in left_out]
    with tempfile.TemporaryDirectory() as agreed:
        def one(task):
            case, system, threads = task
            values = f"{agreed}/{case}"
            return harness.run([found[system], case, str(threads), str(arguments.seconds), values], threads)
        rows = harness.measure_all(tasks, one, arguments.rounds)
    return [{**row, "milliseconds": row["forward_milliseconds"] + row["backward_milliseconds"]} for row in rows]


def by_case(rows):
    """{case: {(system, threads): row}}"""
    cases = {}
    for row in rows:
        cases.setdefault(row["case"], {})[row["system"], row["threads"]] = row
    return cases


def cell(lines, which, key, shown=number):
    """Of a case's rows that one; nothing if there was no libtorch."""
    return shown(lines[which][key]) if which in lines else ""


def ratio(lines, key):
    """How many times as much libtorch takes, a thread each."""
    return number(lines[TORCH][key] / lines[XTAPE][key]) if TORCH in lines else ""
