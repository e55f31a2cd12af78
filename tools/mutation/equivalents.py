"""Mutants that behave like the original, so that no test can find them: equivalents.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from mutation.operators import Mutant, mutants_of
from mutation.places import ROOT

FILE = Path(__file__).parent / "equivalents.toml"


@dataclass(frozen=True)
class Equivalent:
    """One entry: the module, the function, the removed and added lines, and why nothing changes."""

    module: str
    function: str
    change: str
    reason: str

    def is_(self, mutant: Mutant) -> bool:
        return (self.module, self.function, self.change) == (mutant.module, mutant.function, mutant.change)


def declared() -> list[Equivalent]:
    """Returns the entries of equivalents.toml."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8")).get("equivalent", [])
    return [Equivalent(**(each | {"change": each["change"].strip()})) for each in entries]


def stale() -> list[Equivalent]:
    """Returns the entries that are not a mutant of today's source."""
    known: dict[str, set[tuple[str, str]]] = {}
    for entry in declared():
        path = ROOT / entry.module
        if entry.module not in known:
            mutants = mutants_of(entry.module, path.read_text(encoding="utf-8")) if path.exists() else []
            known[entry.module] = {(each.function, each.change) for each in mutants}
    return [each for each in declared() if (each.function, each.change) not in known[each.module]]
