#!/usr/bin/env python3
"""Sums up which lines the tests reached: coverage.py LINES.json, which `gcovr --json` writes.

Fails if less than 95 % were reached, and names every line with a throw that was not: a message that
no test has ever read is a guess.
"""

import collections
import json
import os
import pathlib
import re
import sys

REQUIRED = 95
FOLDERS = ("core", "ops", "losses")


def counts_of_files(report):
    """{file: {line: count}} of the library, without the lines that hold no code.

    The build calls a header by another name, through the link that its includes go through.
    """
    files = collections.defaultdict(collections.Counter)
    for file in report["files"]:
        name = os.path.relpath(os.path.realpath(file["file"]))
        for line in file["lines"]:
            if name.split("/")[0] in FOLDERS and not line.get("gcovr/noncode", False):
                files[name][line["line_number"]] += line["count"]
    return files


def throws_in(source):
    for number, line in enumerate(source.read_text().splitlines(), start=1):
        if re.search(r"\bthrow\b", line.split("//")[0]):
            yield number


def print_summary(files):
    """One line a folder, and the total, which is returned in percent."""
    reached, lines = collections.Counter(), collections.Counter()
    for name, counts in files.items():
        for key in (name.split("/")[0], "total"):
            reached[key] += sum(count > 0 for count in counts.values())
            lines[key] += len(counts)
    for key in (*FOLDERS, "total"):
        print(f"{key:8}{reached[key]:6} of {lines[key]:5} lines{100 * reached[key] / lines[key]:8.2f} %")
    return 100 * reached["total"] / lines["total"]


def print_unreached(files):
    """The lines that no test reached, for those who want to write one."""
    for name, counts in sorted(files.items()):
        unreached = [str(line) for line, count in sorted(counts.items()) if count == 0]
        if unreached:
            print(f"not reached: {name}: {', '.join(unreached)}")


def unreached_throws(files):
    for folder in FOLDERS:
        for source in sorted(pathlib.Path(folder).rglob("*.[ch]pp")):
            counts = files.get(str(source), {})
            for line in throws_in(source):
                if counts.get(line, 0) == 0:
                    yield f"{source}:{line}: this throw was never reached"


def main():
    files = counts_of_files(json.loads(pathlib.Path(sys.argv[1]).read_text()))
    percent = print_summary(files)
    print_unreached(files)
    faults = list(unreached_throws(files))
    if percent < REQUIRED:
        faults.append(f"{percent:.2f} % of the lines were reached, {REQUIRED} % are required")
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
