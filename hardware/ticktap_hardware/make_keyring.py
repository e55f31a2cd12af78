"""Makes the files and pictures of the key ring's cases, and checks them. Called by make_case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import cadquery as cq

from . import fit, keyring_fit, keyring_pictures, printable
from .sleeve import Sleeve
from .xiao_carrier_case import XiaoCarrierCase
from .xiao_case import XiaoCase
from .xiao_wired import CLOCKS

Case = Sleeve | XiaoCase | XiaoCarrierCase

SLEEVE = Sleeve()
XIAO_CASES = {f"xiao-{clock.name}": XiaoCase(clock) for clock in CLOCKS}


def main(folder: Path, models: Path) -> list[str]:
    """Returns the problems, a sentence each. `models`: KiCad's 3D models."""
    carrier = XiaoCarrierCase(models)
    lines = _make("keyring", SLEEVE, folder) + _make("xiao-carrier", carrier, folder)
    for name, case in XIAO_CASES.items():
        lines += _make(name, case, folder)
    to = folder / "pictures"
    keyring_pictures.sleeve_picture(SLEEVE, to / "keyring.png")
    keyring_pictures.sleeve_parts_picture(SLEEVE, to / "keyring-parts.png")
    mini = XIAO_CASES["xiao-mini"]
    wired, board = keyring_pictures.xiao_boards(mini), keyring_pictures.carrier_boards(models)
    keyring_pictures.token_picture(mini, wired, to / "xiao-case.png")
    keyring_pictures.parts_picture(mini, wired, to / "xiao-case-parts.png")
    keyring_pictures.carrier_picture(models, to / "xiao-carrier.png")
    keyring_pictures.token_picture(carrier, board, to / "xiao-carrier-case.png")
    keyring_pictures.parts_picture(carrier, board, to / "xiao-carrier-case-parts.png")
    return lines + _can_fail(carrier)


def _make(name: str, case: Case, folder: Path) -> list[str]:
    printed = case.printed()
    found = fit.pairs(printed, case.inside())
    lines = keyring_fit.problems(case, found)
    start, end = case.ends[0], case.ends[-1]
    size = f"{end - start:.1f} x {2 * case.outer:.1f} x {case.top - case.bottom:.1f} mm"
    near = fit.nearest(found, case.contacts)
    print(f"{name}: {size}, {len(found)} pairs, {len(lines)} problems, at least {near:.2f} mm to the parts")
    fit.export(case.for_print(), folder / "print" / name, printed)
    return [f"{name}: {line}" for line in lines]


def _can_fail(carrier: XiaoCarrierCase) -> list[str]:
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
        "the XIAO carrier out of its place": _fit(carrier, _moved(carrier)),
        "a holder that is higher than its room": _fit(replace(carrier, below=3.8), carrier.inside()),
        "a clock that is larger than its room": _fit(mini, larger.inside()),
        "a button that is in the XIAO's way": keyring_fit.crowded(low.inside()),
        "screws' holes that are too small": keyring_fit.screws(mini, replace(mini, screw=2.3).printed()),
        "screws that do not bite": keyring_fit.screws(mini, replace(mini, pilot=2.6).printed()),
        "screws that are too long": keyring_fit.long_screws(replace(SLEEVE, floor=0.0)),
        "a button that cannot be pressed": keyring_fit.button(replace(SLEEVE, play=-0.3)),
        "a lid that is printed on its edge": printable.problems("lid", mini.lid()),
    }
    return [f"the check does not find {what}" for what, seen in found.items() if not seen]


def _fit(case: Case, inside: Mapping[str, cq.Workplane]) -> list[str]:
    return fit.problems(fit.pairs({"tray": case.tray()}, inside), case.contacts)


def _moved(case: Case) -> dict[str, cq.Workplane]:
    """The boards, 1 mm too far back."""
    return {name: solid.translate((1, 0, 0)) for name, solid in case.inside().items()}
