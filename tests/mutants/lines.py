#!/usr/bin/env python3
"""Breaks single lines of the library at random and sees whether the tests notice.

    lines.py [--count N] [--seed N] [--only PATTERN] [--headers] [--build DIR] [--jobs N]

Every mutant is one small change of one line: + for -, <= for <, 1 for 0, a statement left out. The file
is compiled again, into a shared library that the test program loads, and the tests run until one fails:
first those of the same file, then all. A mutant that no test notices is printed as it would be
patched in; not each is a fault, some change nothing that anybody could see.
"""

import argparse
import concurrent.futures
import fnmatch
import random
import re

from workshop import ROOT, Workshop

SWAPS = [(" + ", " - "), (" - ", " + "), (" * ", " / "), (" / ", " * "), (" < ", " <= "), (" <= ", " < "),
         (" > ", " >= "), (" >= ", " > "), (" == ", " != "), (" != ", " == "), (" && ", " || "), (" || ", " && "),
         (" += ", " = "), (" -= ", " += "), (" *= ", " /= "), ("++", "--"), ("true", "false"), ("false", "true"),
         (".front()", ".back()"), (".back()", ".front()"), ("std::max", "std::min"), ("std::min", "std::max"),
         ("begin()", "end()"), (" ? ", " || true ? ")]


def code_part(line):
    """The line without its comment, and with the letters of strings blanked."""
    line = re.sub(r'"(\\.|[^"\\])*"', lambda m: '"' + "_" * (len(m.group()) - 2) + '"', line)
    return line.split("//")[0]


def is_code(line):
    stripped = line.strip()
    return stripped and not stripped.startswith(("#", "//", "namespace", "template", "static_assert", "using"))


def changes_of(line):
    """Every line that `line` could be broken into."""
    code = code_part(line)
    for old, new in SWAPS:
        for match in re.finditer(re.escape(old), code):
            yield line[: match.start()] + new + line[match.end():]
    if re.match(r"^\s+if \(.*\) \{\s*$", code):
        yield re.sub(r"if \((.*)\) \{", r"if (!(\1)) {", line)
    for match in re.finditer(r"(?<![\w.\[<])(\d+)(?![\w.>])", code):
        yield line[: match.start()] + str(int(match.group()) + 1) + line[match.end():]
    for match in re.finditer(r"(?<![\w])(\d+\.\d+)(?![\w])", code):
        yield line[: match.start()] + repr(float(match.group()) * 1.001) + line[match.end():]
    for match in re.finditer(r"(?<=[(,=] )-(?=\w)|(?<=[(])-(?=\w)|(?<=return )-(?=\w)", code):
        yield line[: match.start()] + line[match.end():]
    if re.match(r"^\s+[\w.\->\[\]:]+\(.*\);\s*$", code) and "return" not in code:
        yield "\n"
    if re.match(r"^\s+[\w.\->\[\]()*]+ [+\-*/]?= .*;\s*$", code):
        yield "\n"


def mutants_of(path):
    lines = path.read_text().splitlines(keepends=True)
    for number, line in enumerate(lines):
        if is_code(line) and "throw" not in line:
            for changed in changes_of(line):
                if changed != line:
                    yield path, number, line, changed


def verdict_on(workshop, mutant):
    path, number, _, changed = mutant
    lines = path.read_text().splitlines(keepends=True)
    lines[number] = changed
    return workshop.verdict(path, "".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="*", help="a pattern of file names, such as ops/*")
    parser.add_argument("--headers", action="store_true", help="break headers, too, which takes longer")
    parser.add_argument("--build", default=str(ROOT / "build" / "mutants" / "lines"))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    workshop = Workshop(options.build, options.jobs)
    workshop.build()
    files = [f for f in workshop.sources + (workshop.headers if options.headers else [])
             if fnmatch.fnmatch(str(f.relative_to(ROOT)), options.only)]
    mutants = [mutant for file in files for mutant in mutants_of(file)]
    random.Random(options.seed).shuffle(mutants)
    chosen = mutants[:options.count]
    count = {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for mutant, verdict in zip(chosen, pool.map(lambda m: verdict_on(workshop, m), chosen)):
            count[verdict] = count.get(verdict, 0) + 1
            if verdict == "survived":
                path, number, line, changed = mutant
                print(f"survived: {path.relative_to(ROOT)}:{number + 1}\n  - {line.strip()}\n  + {changed.strip()}", flush=True)
    print(f"{len(mutants)} mutants, {len(chosen)} tried: " + ", ".join(f"{n} {v}" for v, n in sorted(count.items())))


if __name__ == "__main__":
    main()
