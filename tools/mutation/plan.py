"""Which tests may find a mutant: those that run its lines, cheap ones first, from many files early."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import Any

from mutation.operators import Mutant
from mutation.places import COMMANDS, folder_of


def merged(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Returns the records of test files as one, with seconds by the name of the test."""
    whole: dict[str, Any] = {"tests": [], "seconds": {}, "failed": [], "lines": {}, "imports": {}}
    for record in records:
        first = len(whole["tests"])
        whole["tests"] += record["tests"]
        whole["seconds"] |= dict(zip(record["tests"], record["seconds"], strict=True))
        whole["failed"] += record["failed"]
        for module, lines in record["lines"].items():
            here = whole["lines"].setdefault(module, {})
            if any(each < 0 for numbers in lines.values() for each in numbers):
                whole["imports"].setdefault(module, []).extend(record["tests"])
            for line, numbers in lines.items():
                here.setdefault(line, []).extend(each if each < 0 else each + first for each in numbers)
    return whole


class Plan:
    """The records of `worker reach`, asked for one mutant at a time.

    Args:
        reach: the records of several test files, `merged`.
        budget_s: stop choosing tests when those chosen took this long.
    """

    def __init__(self, reach: dict[str, Any], budget_s: float) -> None:
        self._reach = reach
        self._budget_s = budget_s
        self._failed = set(reach["failed"])

    def runs_at_import(self, mutant: Mutant) -> bool:
        """Whether a changed line runs while the tests are imported, so that replacing code is too late."""
        return -1 in self._numbers(mutant)

    def tests(self, mutant: Mutant) -> list[str]:
        """Returns the names of the tests, in the order in which they should run."""
        numbers = self._numbers(mutant) - {-1}
        if not mutant.function:
            numbers = {each for line in self._lines(mutant).values() for each in line} - {-1}
        names = [self._reach["tests"][each] for each in numbers]
        order = self._mixed(names, Path(mutant.module).stem)
        if not mutant.function:  # a constant may be used elsewhere
            others = set(self._reach["imports"].get(mutant.module, ())) - set(names)
            order += self._mixed(sorted(others), Path(mutant.module).stem)
        order = [each for each in order if each not in self._failed and not _on_postgresql(each, mutant)]
        chosen, spent = [], 0.0
        for name in order:
            spent += self._reach["seconds"][name]
            if chosen and spent > self._budget_s:
                break
            chosen.append(name)
        return chosen

    def seconds(self, tests: list[str]) -> float:
        """Returns how long these tests took together."""
        return float(sum(self._reach["seconds"][each] for each in tests))

    def commands(self, mutant: Mutant) -> tuple[str, ...]:
        """Returns the files of tests that run the module in other processes."""
        return COMMANDS.get(folder_of(mutant.module), ())

    def _lines(self, mutant: Mutant) -> dict[str, list[int]]:
        lines: dict[str, list[int]] = self._reach["lines"].get(mutant.module, {})
        return lines

    def _numbers(self, mutant: Mutant) -> set[int]:
        lines = self._lines(mutant)
        return {each for line in range(mutant.line, mutant.last + 1) for each in lines.get(str(line), [])}

    def _mixed(self, names: list[str], stem: str) -> list[str]:
        """The module's own test file first; then the cheapest of each file, then the second, and so on."""
        files: dict[str, list[str]] = {}
        for name in sorted(names, key=self._reach["seconds"].__getitem__):
            files.setdefault(name.partition("::")[0], []).append(name)
        own = [file for file in files if Path(file).stem in (f"test_{stem}", f"test_{stem}s")]
        first = [name for file in own for name in files.pop(file)]
        rounds = zip_longest(*files.values())
        return first + [name for each in rounds for name in each if name]


def _on_postgresql(name: str, mutant: Mutant) -> bool:
    """PostgreSQL takes seconds to start; only the module that speaks to it is tested there."""
    return "postgres" in name.partition("[")[2] and not mutant.module.endswith("/postgres.py")
