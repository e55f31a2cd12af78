"""Checks of the key ring's cases, in addition to those of every printed part (fit.py, printable.py)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Protocol

import cadquery as cq

from . import fit, printable

TRAVEL = 0.6  # mm that a button must move: to the plunger, then the plunger's travel, with a margin
ROOF = 0.8  # mm of lid over a screw's end, at least


class Keyring(Protocol):
    """A case of two halves with a button, for a key ring: Sleeve and XiaoCase."""

    @property
    def contacts(self) -> fit.Contacts: ...
    @property
    def top(self) -> float: ...
    def inside(self) -> dict[str, cq.Workplane]: ...
    def printed(self) -> dict[str, cq.Workplane]: ...
    def for_print(self) -> dict[str, cq.Workplane]: ...
    def screws(self) -> list[cq.Workplane]: ...
    def travel(self) -> float: ...


def problems(case: Keyring, found: list[fit.Pair]) -> list[str]:
    """Checks the whole case. `found`: fit.pairs() of it."""
    lying = case.for_print()
    return [
        *fit.problems(found, case.contacts),
        *fit.loose(found, case.contacts),
        *fit.whole(case.printed()),
        *screws(case, case.printed()),
        *long_screws(case),
        *button(case),
        *crowded(case.inside()),
        *(line for name, solid in lying.items() for line in printable.problems(name, solid)),
    ]


def button(case: Keyring) -> list[str]:
    """Checks that the button can be pressed."""
    if case.travel() >= TRAVEL:
        return []
    return [f"the button goes {case.travel():.2f} mm and needs {TRAVEL}"]


def crowded(inside: Mapping[str, cq.Workplane]) -> list[str]:
    """Returns what takes up the same space. The first word of a name is the board or part it belongs to."""
    return [
        f"{one} and {other} overlap inside of the case"
        for (one, a), (other, b) in itertools.combinations(inside.items(), 2)
        if one.split()[0] != other.split()[0] and fit.measure(one, a, other, b).overlap > fit.OVERLAP
    ]


def screws(case: Keyring, printed: Mapping[str, cq.Workplane]) -> list[str]:
    """Checks that screws pass all but the lid, and bite into it."""
    lines = []
    through = {**{name: part for name, part in printed.items() if name != "lid"}, **case.inside()}
    for n, screw in enumerate(case.screws(), 1):
        for name, solid in through.items():
            if fit.measure("screw", screw, name, solid).overlap > fit.OVERLAP:
                lines.append(f"screw {n} goes into {name}")
        if fit.measure("screw", screw, "lid", printed["lid"]).overlap < 1.0:
            lines.append(f"screw {n} does not bite into the lid")
    return lines


def long_screws(case: Keyring) -> list[str]:
    """Checks that the screws do not come out of the lid's top."""
    ends = [screw.val().BoundingBox().zmax for screw in case.screws()]
    return [
        f"screw {n} ends {case.top - end:.2f} mm below the lid's top, less than {ROOF} mm"
        for n, end in enumerate(ends, 1)
        if case.top - end < ROOF
    ]
