"""Makes the files and pictures of the key ring's cases, and checks them. Called by make_case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import cadquery as cq

from . import fit, keyring_fit, pictures, printable
from .sleeve import Sleeve
from .xiao_case import XiaoCase
from .xiao_wired import CLOCKS

SLEEVE = Sleeve()
XIAO_CASES = {f"xiao-{clock.name}": XiaoCase(clock) for clock in CLOCKS}


def main(folder: Path) -> list[str]:
    """Returns the problems, a sentence each."""
    lines = _make("keyring", SLEEVE, folder)
    for name, case in XIAO_CASES.items():
        lines += _make(name, case, folder)
    pictures.sleeve_picture(SLEEVE, folder / "pictures/keyring.png")
    pictures.sleeve_parts_picture(SLEEVE, folder / "pictures/keyring-parts.png")
    mini = XIAO_CASES["xiao-mini"]
    pictures.xiao_picture(mini, folder / "pictures/xiao-case.png")
    pictures.xiao_parts_picture(mini, folder / "pictures/xiao-case-parts.png")
    return lines + _can_fail()


def _make(name: str, case: Sleeve | XiaoCase, folder: Path) -> list[str]:
    printed = case.printed()
    found = fit.pairs(printed, case.inside())
    lines = keyring_fit.problems(case, found)
    start, end = case.ends[0], case.ends[-1]
    size = f"{end - start:.1f} x {2 * case.outer:.1f} x {case.top - case.bottom:.1f} mm"
    near = fit.nearest(found, case.contacts)
    print(f"{name}: {size}, {len(found)} pairs, {len(lines)} problems, at least {near:.2f} mm to the parts")
    fit.export(case.for_print(), folder / "print" / name, printed)
    return [f"{name}: {line}" for line in lines]


def _can_fail() -> list[str]:
    """Tests that each check finds its fault."""
    mini = XIAO_CASES["xiao-mini"]
    clock = mini.clock
    larger = replace(mini, clock=replace(clock, wide=clock.wide + 2, long=clock.long + 2))
    low = replace(mini, clock=replace(clock, high=8.0), lowest_shelf=2.5)
    found = {
        "boards out of their place in the sleeve": _fit(SLEEVE, _moved(SLEEVE)),
        "a sleeve that is too narrow": _fit(replace(SLEEVE, gap=0.1), SLEEVE.inside()),
        "boards out of their place in the XIAO's case": _fit(mini, _moved(mini)),
        "a XIAO's case that is too narrow": _fit(replace(mini, gap=0.1), mini.inside()),
        "a clock that is larger than its room": _fit(mini, larger.inside()),
        "a button that is in the XIAO's way": keyring_fit.crowded(low.inside()),
        "screws' holes that are too small": keyring_fit.screws(mini, replace(mini, screw=2.3).printed()),
        "screws that do not bite": keyring_fit.screws(mini, replace(mini, pilot=2.6).printed()),
        "screws that are too long": keyring_fit.screws(replace(SLEEVE, roof=1.0), SLEEVE.printed()),
        "a button that cannot be pressed": keyring_fit.button(replace(SLEEVE, play=-0.3)),
        "a lid that is printed on its edge": printable.problems("lid", mini.lid()),
    }
    return [f"the check does not find {what}" for what, seen in found.items() if not seen]


def _fit(case: Sleeve | XiaoCase, inside: Mapping[str, cq.Workplane]) -> list[str]:
    return fit.problems(fit.pairs({"tray": case.tray()}, inside), case.contacts)


def _moved(case: Sleeve | XiaoCase) -> dict[str, cq.Workplane]:
    """The boards, 1 mm too far back."""
    return {name: solid.translate((1, 0, 0)) for name, solid in case.inside().items()}
