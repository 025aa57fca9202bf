#!/usr/bin/env python3
"""Measures the criterion side by side with other ways to compute it.

    run.py BUILD [--rounds N] [--seconds S] [--case PATTERN]

Every measurement is a process of its own. A round takes each of them once, so that a slow minute of
the machine falls on all systems; times are medians over all rounds. Prints the table and writes
BUILD/criterion.json, and when no case is left out docs/bench/criterion.md and criterion.svg.
"""

import argparse
import fnmatch
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

import plot
import table

ROOT = pathlib.Path(__file__).resolve().parents[2]
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


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each measurement, at least")
    parser.add_argument("--case", default="*", help="only the cases that fit this pattern")
    return parser.parse_args()


def programs(folder):
    """{system: program} of those that were built."""
    found = {system: folder / name for system, name in PROGRAMS.items() if (folder / name).exists()}
    if len(found) < len(PROGRAMS):
        print("not built, so left out:", ", ".join(PROGRAMS.keys() - found.keys()), file=sys.stderr)
    return found


def measure(program, case, system, threads, seconds):
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    command = [program, case, system, str(threads), str(seconds)]
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)


def measure_all(found, arguments):
    """{(case, system, threads): [what each round found]}"""
    cases = [case for case in [*LOGITS, PROJECTION] if fnmatch.fnmatch(case, arguments.case)]
    tasks = [(case, system, threads) for case in cases for threads in THREADS for system in found
             if (system, case) not in LEFT_OUT]
    results = {task: [] for task in tasks}
    for number in range(arguments.rounds):
        for done, task in enumerate(tasks, start=1):
            show(f"round {number + 1} of {arguments.rounds}, {done} of {len(tasks)}: {task[0]} {task[1]}")
            case, system, threads = task
            results[task].append(measure(found[system], case, system, threads, arguments.seconds))
    show("")
    return results


def show(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def row(task, rounds):
    case, system, threads = task
    middle = {"case": case, "system": system, "threads": threads,
              "milliseconds": statistics.median(t for r in rounds for t in r["milliseconds"]),
              "extra_peak_bytes": round(statistics.median(r["extra_peak_bytes"] for r in rounds)),
              "page_faults": statistics.median(r["page_faults"] for r in rounds)}
    return {**middle, "note": rounds[0]["note"]} if rounds[0]["note"] else middle


def first_match(path, key):
    for line in pathlib.Path(path).read_text().splitlines() if pathlib.Path(path).exists() else []:
        name, _, value = line.replace("=", ":", 1).partition(":")
        if name.strip() == key:
            return value.strip().strip('"')
    return ""


def machine():
    processor = first_match("/proc/cpuinfo", "model name") or platform.machine()
    system = first_match("/etc/os-release", "PRETTY_NAME") or platform.system()
    return f"{processor}, {os.cpu_count()} cores, {system}"


def main():
    arguments = read_arguments()
    results = measure_all(programs(arguments.build / "bench/criterion"), arguments)
    report = {"machine": machine(), "rows": [row(task, rounds) for task, rounds in results.items()]}
    (arguments.build / "criterion.json").write_text(json.dumps(report, indent=1) + "\n")
    text = table.markdown(report)
    print(text, end="")
    if arguments.case == "*":
        folder = ROOT / "docs/bench"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "criterion.md").write_text(table.page(report))
        (folder / "criterion.svg").write_text(plot.svg(report))


if __name__ == "__main__":
    main()
