"""`make mutants`: puts small defects into the code and prints those that no test notices (docs/campaigns.md).

    mutants.py                                  a sample of every module
    mutants.py --modules formats fob/store      only modules whose path begins so
    mutants.py --changed main                   only modules changed since a git revision
    mutants.py --modules formats/pskc --tests tests/formats/test_pskc.py     only these tests
    mutants.py --count 10 --seed 7              the size of the sample for each module, and which one

Tests run in a copy of the tree, build/mutants. For a mutant that is printed, write a test, or declare it in
tools/mutation/equivalents.toml with the reason. Ends with 1 if any survived.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from mutation import equivalents, figures, places
from mutation.operators import Mutant, mutants_of
from mutation.places import COPY, ROOT
from mutation.plan import Plan, merged


def main() -> int:
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    modules = places.modules(asked.modules, asked.changed)
    if stale := equivalents.stale():
        print("\n".join(f"{each.module}: not a mutant any more:\n{each.change}" for each in stale))
        return 1
    python = places.make_copy()
    survivors = 0
    for folder in places.TESTS:
        here = [module for module in modules if places.folder_of(module) == folder]
        if here:
            survivors += _folder(python, folder, here, asked)
    return 1 if survivors else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Mutation tests; see docs/campaigns.md.")
    parser.add_argument("--count", type=int, default=25, help="mutants of each module (default: 25)")
    parser.add_argument("--seed", type=int, default=1, help="chooses the sample (default: 1)")
    parser.add_argument("--modules", nargs="+", default=[], metavar="PATH", help="modules or their folders")
    parser.add_argument("--tests", nargs="+", default=[], metavar="PATH", help="only these tests")
    parser.add_argument("--changed", metavar="REVISION", help="only modules changed since a git revision")
    parser.add_argument(
        "--budget", type=float, default=15, help="seconds of tests for a mutant (default: 15)"
    )
    parser.add_argument("--no-figures", action="store_true", help="leave docs/ alone")
    return parser.parse_args()


def sample(module: str, count: int, seed: int) -> list[Mutant]:
    """Returns a module's mutants of this seed, in the order of the source."""
    every = mutants_of(module, (ROOT / module).read_text(encoding="utf-8"))
    order = Random(f"{seed} {module}").sample(range(len(every)), len(every))
    chosen = list(islice((each for each in order if every[each].valid), count))
    return [every[each] for each in sorted(chosen)]


def _folder(python: Path, folder: str, modules: list[str], asked: argparse.Namespace) -> int:
    """Tests one folder's mutants; returns how many survived."""
    start = time.monotonic()
    plan = Plan(_reach(python, folder, asked.tests), asked.budget)
    print(f"{folder}: tests recorded ({time.monotonic() - start:.0f} s)", flush=True)
    verdicts: dict[str, list[str]] = {module: [] for module in modules}
    jobs, mutants = [], {}
    known = equivalents.declared()
    for module in modules:
        for mutant in sample(module, asked.count, asked.seed):
            if any(each.is_(mutant) for each in known):
                verdicts[module].append("equivalent")
                continue
            number = len(mutants)
            mutants[number] = mutant
            jobs.append(_job(number, mutant, plan) | ({"commands": ()} if asked.tests else {}))
    try:
        for result in _worker(python, "try", {"mutants": jobs}):
            mutant = mutants[result["number"]]
            verdicts[mutant.module].append(result["verdict"])
            _print(mutant, result, len(jobs[result["number"]]["tests"]))
    finally:  # an interrupted run keeps what it has judged
        ends = Counter(each for module in verdicts.values() for each in module)
        print(f"{folder}: {dict(ends)} ({time.monotonic() - start:.0f} s)", flush=True)
        if not asked.no_figures:
            figures.keep({module: found for module, found in verdicts.items() if found}, asked.seed)
            figures.write()
    return ends["survived"]


def _print(mutant: Mutant, result: dict[str, Any], tests: int) -> None:
    where = f"{mutant.module}:{mutant.line}"
    if result["verdict"] == "survived":
        change = mutant.change.replace("\n", "\n    ")
        print(f"{where}: survived ({tests} tests run it)\n{mutant.diff}")
        print(f"change: {mutant.function}\n    {change}\n", flush=True)
    else:
        print(f"{where}: {result['verdict']} by {result['by']}", flush=True)


def _job(number: int, mutant: Mutant, plan: Plan) -> dict[str, Any]:
    tests = plan.tests(mutant)
    return {
        "number": number,
        "module": mutant.module,
        "before": mutant.before,
        "after": mutant.after,
        "inside": bool(mutant.function) and not plan.runs_at_import(mutant),
        "tests": tests,
        "commands": plan.commands(mutant),
        "limit": 5 + 5 * plan.seconds(tests),
    }


def _reach(python: Path, folder: str, only: list[str]) -> dict[str, Any]:
    """Returns what each test of a folder runs. It is kept for each test file, until that file, the source, or
    what tests share differs.
    """
    shared = _digest(path for path in places.sources() if not path.name.startswith("test_"))
    files = places.test_files(folder, only)
    digests = {file: _digest([ROOT / file]) + shared for file in files}
    kept = {file: COPY / "reach" / f"{file.replace('/', '-')}.json" for file in files}
    records = {file: json.loads(path.read_text()) for file, path in kept.items() if path.exists()}
    old = [file for file in files if records.get(file, {}).get("digest") != digests[file]]
    asked = {"tests": old, "modules": places.modules([], None)}
    for record in _worker(python, "reach", asked) if old else ():
        file = record["file"]
        records[file] = record | {"digest": digests[file]}
        kept[file].parent.mkdir(exist_ok=True)
        kept[file].write_text(json.dumps(records[file]))
        print(f"{file}: {len(record['tests'])} tests, {sum(record['seconds']):.1f} s", flush=True)
        for name in record["failed"]:
            print(f"{name} fails or is skipped without a mutant", flush=True)
    return merged([records[file] for file in files])


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _worker(python: Path, task: str, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields the worker's results."""
    file = COPY / f"{task}.json"
    file.write_text(json.dumps(asked))
    read, write = os.pipe()
    environment = places.environment() | {"RESULTS": str(write), "PYTHONPATH": str(ROOT / "tools")}
    command = [str(python), "-P", "-m", "mutation.worker", task, str(file)]
    done = subprocess.Popen(command, cwd=COPY / "tree", env=environment, pass_fds=[write])
    os.close(write)
    try:
        with os.fdopen(read) as results:
            for line in results:
                yield json.loads(line)
    except BaseException:
        done.terminate()
        raise
    if done.wait():
        raise SystemExit(f"the worker ended with {done.returncode}; see {COPY / 'log.txt'}")


if __name__ == "__main__":
    sys.exit(main())
