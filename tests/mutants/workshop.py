"""Compiles the library with one change in it, and runs the tests against that."""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("core", "ops", "losses", "nn", "train")
APART = ("single", "injection", "oracle", "package", "fuzz", "examples")  # programs of their own


class Workshop:
    """The library as a shared object, and a test program that loads it.

    So a mutant costs the compilation of one file, and not the linking of all tests.
    """

    def __init__(self, folder, jobs):
        self.folder, self.jobs = pathlib.Path(folder), jobs
        self.include = self.folder / "include"
        self.include.mkdir(parents=True, exist_ok=True)
        if not (self.include / "xtape").exists():
            (self.include / "xtape").symlink_to(ROOT)
        self.sources = [p for f in FOLDERS for p in sorted(ROOT.glob(f + "/**/*.cpp"))]
        self.headers = [p for f in FOLDERS for p in sorted(ROOT.glob(f + "/**/*.hpp"))]
        self.tests = [p for p in sorted(ROOT.glob("tests/**/*.cpp"))
                      if p.relative_to(ROOT).parts[1] not in APART]

    # --- building ---

    def build(self):
        (self.folder / "objects").mkdir(exist_ok=True)
        files = self.sources + self.tests
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            for source, result in zip(files, pool.map(self._compile, files)):
                if result.returncode != 0:
                    sys.exit(f"{source} does not compile:\n{result.stderr}")
        self._link_library(self.folder, {})
        self._link([self._object(t) for t in self.tests], self.folder / "tests", f"-L{self.folder}",
                   "-lxtape_mutant", f"-Wl,--enable-new-dtags,-rpath,{self.folder}", "-lopenblas", "-lpthread")
        passed, output = self.run_tests(self.folder)
        if not passed:
            sys.exit("the tests fail without any mutant:\n" + output)

    def _object(self, source):
        return self.folder / "objects" / (str(source.relative_to(ROOT)).replace("/", "_") + ".o")

    def _compile(self, source, output=None, include=None):
        includes = [f"-I{i}" for i in (include, self.include, ROOT) if i]
        command = ["ccache"] if shutil.which("ccache") and not include else []
        command += [os.environ.get("CXX", "c++"), "-std=c++17", "-O1", "-fPIC", "-fno-math-errno", "-fno-trapping-math",
                    "-ffp-contract=off", *self._architecture(), *includes, f'-DXTAPE_SOURCE_DIR="{ROOT}"',
                    "-c", str(source), "-o", str(output or self._object(source))]
        return subprocess.run(command, capture_output=True, text=True)

    def _architecture(self):
        cpu = pathlib.Path("/proc/cpuinfo")
        return ["-march=x86-64-v3"] if cpu.exists() and " avx2 " in cpu.read_text() else []

    def _link(self, objects, output, *more):
        subprocess.run([os.environ.get("CXX", "c++"), *map(str, objects), "-o", str(output), *more], check=True)

    def _link_library(self, folder, replaced):
        objects = [replaced.get(s, self._object(s)) for s in self.sources]
        self._link(objects, folder / "libxtape_mutant.so", "-shared", "-lopenblas", "-lpthread")

    # --- running ---

    def run_tests(self, folder, *arguments, **variables):
        """Whether all pass, and what they print. They end at the first failure."""
        environment = dict(os.environ, LD_LIBRARY_PATH=str(folder), **variables)
        try:
            run = subprocess.run([str(self.folder / "tests"), "--abort-after=1", *arguments], env=environment,
                                 cwd=folder, capture_output=True, text=True, errors="replace", timeout=300)
        except subprocess.TimeoutExpired:
            return False, "they do not end"
        if run.returncode > 1:  # 1 is doctest's; signals are negative
            sys.exit(f"the tests cannot run ({run.returncode}):\n{run.stdout}{run.stderr}")
        return run.returncode == 0, run.stdout + run.stderr

    # --- one change ---

    def verdict(self, path, text):
        """'killed', 'survived' or 'does not compile', for the content `text` of the file `path`."""
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = pathlib.Path(name)
            if not self._build_changed(folder, path, text):
                return "does not compile"
            own = f"--source-file=*tests/{path.parent.relative_to(ROOT)}/{path.stem}_test.cpp"
            survives = self.run_tests(folder, own)[0] and self.run_tests(folder)[0]
            return "survived" if survives else "killed"

    def _build_changed(self, folder, path, text):
        if path.suffix == ".hpp":
            changed = folder / "include" / "xtape" / path.relative_to(ROOT)
            concerned = [s for s in self.sources if self._includes(s, path)]
        else:
            changed = folder / path.name
            concerned = [path]
        changed.parent.mkdir(parents=True, exist_ok=True)
        changed.write_text(text)
        replaced = {}
        for number, source in enumerate(concerned):
            replaced[source] = folder / f"{number}.o"
            compiled = self._compile(changed if source == path else source, replaced[source], folder / "include")
            if compiled.returncode != 0:
                return False
        self._link_library(folder, replaced)
        return True

    def _includes(self, path, wanted, seen=None):
        seen = seen if seen is not None else set()
        seen.add(path)
        for name in re.findall(r"#include <xtape/([^>]+)>", path.read_text()):
            header = ROOT / name
            if header == wanted or (header not in seen and header.exists() and self._includes(header, wanted, seen)):
                return True
        return False
