"""The systems that make training steps, and how to measure them: what bench/steps and bench/scaling share."""

import collections
import fnmatch
import json
import pathlib
import subprocess
import tempfile

import harness

# `padding`: the floor has no losses to compare; it is told whether PAD counts.
System = collections.namedtuple("System", "program settings padding", defaults=({}, None))

OPENMP_BLAS = next(pathlib.Path("/usr/lib").glob("*/openblas-openmp"), None)

# What libtorch's surroundings can do for it: memory that stays with the process, in large pages, and OpenBLAS
# with the threads that libtorch has itself, so that there are not two crews for two cores. Where nothing else
# ran, threads that wait awake were faster than passive ones.
TUNED = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_TOP_PAD_": str(1 << 28),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "LD_LIBRARY_PATH": str(OPENMP_BLAS),
    "OMP_PROC_BIND": "true",
    "OMP_PLACES": "cores",
    "OMP_WAIT_POLICY": "active",
}

SYSTEMS = {  # in the order of the tables; the first writes the losses that others must have
    "xtape": System("steps_xtape"),
    "libtorch": System("steps_torch"),
    "libtorch tuned": System("steps_torch", settings=TUNED),
    "floor": System("steps_floor", padding="counted"),
    "floor without PAD": System("steps_floor", padding="left out"),
}
PARTS = ["forward_milliseconds", "backward_milliseconds", "optimiser_milliseconds"]


def measure(arguments, cases, series):
    """{"machine", "cases", "rows"}: of each case what it is made of, and a row for each (system, threads)."""
    folder = arguments.build / "bench/steps"
    found = harness.built(folder, {name: system.program for name, system in SYSTEMS.items()})
    if not OPENMP_BLAS:
        found.pop("libtorch tuned", None)
    cases = [case for case in cases if fnmatch.fnmatch(case, arguments.case)]
    tasks = [(case, *which) for case in cases for which in series if which[0] in found]
    compared = set()
    with tempfile.TemporaryDirectory() as agreed:
        def one(task):
            case, name, threads = task
            # Losses are compared in the first round only: the ten steps that it takes may be long ones.
            losses = [] if task in compared else [f"{agreed}/{case}"]
            compared.add(task)
            system = SYSTEMS[name]
            last = [system.padding] if system.padding else losses
            command = [found[name], case, str(threads), str(arguments.seconds), *last]
            return harness.run(command, threads, system.settings)
        rows = harness.measure_all(tasks, one, arguments.rounds)
    return {"machine": harness.machine(), "cases": {case: made_of(folder, case) for case in cases},
            "rows": [{**row, "milliseconds": sum(row[part] for part in PARTS)} for row in rows]}


def made_of(folder, case):
    """{"flops", "flops_without_padding", "tokens", "parameters"} of a step."""
    return json.loads(subprocess.run([folder / "steps_floor", case], check=True, stdout=subprocess.PIPE).stdout)
