#!/usr/bin/env python3
"""Breaks every rule of the library in every way that rules go wrong, and sees whether the tests notice.

    run.py [--only PATTERN] [--build DIR] [--jobs N]

Two kinds of mutants: the rule of each operand of each operation, made wrong while the tests run (zero,
negated, one entry off...), and the changes listed in sources.txt. Prints a table; fails if one survives.
"""

import argparse
import concurrent.futures
import fnmatch
import re
import sys

from workshop import ROOT, Workshop

KINDS = ["negated", "zero", "doubled", "off_by_1e-7", "one_entry_off", "first_two_swapped", "transposed", "ignores_g",
         "not_a_number", "detached", "assigned", "operands_exchanged"]
OWN_TESTS = "--source-file-exclude=*tests/mutants/*,*tests/core/gradient_check*,*tests/core/check_report*"


def operations(workshop):
    """Every operation that the tests of the library record, and how many operands it has.

    Three are enough: only Concat has more, and its operands share one rule.
    """
    files = "--source-file=*tests/ops/*,*tests/losses/*,*tests/dual/*"
    _, output = workshop.run_tests(workshop.folder, files, XTAPE_FAULT="list")
    inside = "".join(p.read_text() for p in workshop.sources)
    found = re.findall(r"XTAPE_FAULT (\w+) (\d+)", output)
    return [(op, min(int(count), 3)) for op, count in found if f'"{op}"' in inside]


def verdict_on_fault(workshop, fault):
    """'killed', 'survived', or '' if the fault never changed a number."""
    for files in ("--source-file=*tests/ops/*,*tests/losses/*", "--source-file=*tests/dual/*", "--source-file=*tests/*"):
        passed, output = workshop.run_tests(workshop.folder, OWN_TESTS, files, XTAPE_FAULT=fault)
        if not passed:
            return "killed"
    return "" if "XTAPE_FAULT had 0 effects" in output else "survived"


def run_faults(workshop, only, pool):
    rows = [(op, slot) for op, count in operations(workshop) for slot in range(count) if fnmatch.fnmatch(op, only)]
    faults = [f"{op}:{slot}:{kind}" for op, slot in rows for kind in KINDS]
    verdicts = dict(zip(faults, pool.map(lambda f: verdict_on_fault(workshop, f), faults)))
    print("\nWrong rules. x: noticed, .: it changes no number, S: nobody notices\n")
    print("operation : operand".ljust(26) + "  ".join(str(i + 1).rjust(2) for i in range(len(KINDS))))
    marks = {"killed": " x", "": " .", "survived": " S"}
    for op, slot in rows:
        print(f"{op} : {slot}".ljust(26) + "  ".join(marks[verdicts[f"{op}:{slot}:{kind}"]] for kind in KINDS))
    print("\n" + ", ".join(f"{i + 1} {kind}" for i, kind in enumerate(KINDS)))
    return verdicts


def read_sources():
    """(file, what is wrong, right text, wrong text) for each block."""
    content = (ROOT / "tests/mutants/sources.txt").read_text()
    for block in re.split(r"^== ", content, flags=re.M)[1:]:
        head, rest = block.split("\n", 1)
        path, what = head.split(": ", 1)
        right, wrong = re.fullmatch(r"- (.*?)\n\+ (.*?)\s*", rest, flags=re.S).groups()
        yield ROOT / path, what, right, wrong


def verdict_on_source(workshop, mutant):
    path, _, right, wrong = mutant
    content = path.read_text()
    if content.count(right) != 1:
        return f"stands {content.count(right)} times in the file"
    return workshop.verdict(path, content.replace(right, wrong))


def run_sources(workshop, only, pool):
    mutants = [m for m in read_sources() if fnmatch.fnmatch(str(m[0].relative_to(ROOT)), only)]
    verdicts = {}
    print("\nWrong sources\n")
    for mutant, verdict in zip(mutants, pool.map(lambda m: verdict_on_source(workshop, m), mutants)):
        name = f"{mutant[0].relative_to(ROOT)}: {mutant[1]}"
        verdicts[name] = "equivalent" if verdict == "survived" and mutant[1].startswith("equivalent") else verdict
        print(f"{verdicts[name].ljust(12)}{name}", flush=True)
    return verdicts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="*", help="a pattern of operations or files")
    parser.add_argument("--build", default=str(ROOT / "build" / "mutants"))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    workshop = Workshop(options.build, options.jobs)
    workshop.build()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        verdicts = {**run_faults(workshop, options.only, pool), **run_sources(workshop, options.only, pool)}
    if not verdicts:
        sys.exit(f"there is no operation and no file like {options.only}")
    left = [name for name, verdict in verdicts.items() if verdict not in ("killed", "", "equivalent")]
    tried = sum(1 for verdict in verdicts.values() if verdict)
    print(f"\n{tried} mutants, {tried - len(left)} killed or equivalent, {len(left)} left")
    for name in left:
        print(f"  {verdicts[name]}: {name}")
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
