"""What the side-by-side measurements share: rounds, medians, and the machine.

Every measurement is a process of its own. A round takes each of them once, so that a slow minute of
the machine falls on all systems; times are medians over all rounds.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs/bench"


def read_arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each measurement, at least")
    parser.add_argument("--case", default="*", help="only the cases that fit this pattern")
    return parser.parse_args()


def built(folder, programs):
    """{system: program} of those that were built."""
    found = {system: folder / name for system, name in programs.items() if (folder / name).exists()}
    if len(found) < len(programs):
        print("not built, so left out:", ", ".join(programs.keys() - found.keys()), file=sys.stderr)
    return found


def run(command, threads, settings={}):
    """What one process measured, with so many threads for the libraries and with these settings."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads), **settings}
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)


def measure_all(tasks, measure, rounds):
    """A row for each task (case, system, threads), by `rounds` calls of measure(task)."""
    results = {task: [] for task in tasks}
    for number in range(rounds):
        for done, task in enumerate(tasks, start=1):
            show(f"round {number + 1} of {rounds}, {done} of {len(tasks)}: {task[0]} {task[1]}")
            results[task].append(measure(task))
    show("")
    return [row(task, found) for task, found in results.items()]


def show(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def row(task, rounds):
    case, system, threads = task
    timed = [name for name, value in rounds[0].items() if isinstance(value, list)]
    middle = {"case": case, "system": system, "threads": threads,
              **{name: statistics.median(t for r in rounds for t in r[name]) for name in timed},
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


def write_json(build, name, report):
    (build / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n")


def write_page(name, page, picture):
    DOCS.mkdir(parents=True, exist_ok=True)
    (DOCS / f"{name}.md").write_text(page)
    (DOCS / f"{name}.svg").write_text(picture)
