"""Checks of the carrier's case, in addition to those of every printed part (fit.py, printable.py)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cadquery as cq

from . import fit
from .case import Case
from .solids import board, box, parts

CONTACTS = fit.Contacts(
    resting=(("base", "board"), ("cover", "board"), ("button", "SW1 plunger"), ("base", "cover")),
    sliding={("cover", "button"): 0.19, ("button", "SW1 plunger"): 0.0, ("base", "cover"): 0.0},
)
WEB = 1.0  # mm of lid over the opening for the plug, at least: five layers


def inside(case: Case, models: Path) -> dict[str, cq.Workplane]:
    """The parts in the case, and the plug and the paper clip that are put in from outside."""
    outside = {"plug": case.plug(), "paper clip": case.clip()}
    return {"board": board(case.layout), **outside, **parts(case.circuit, case.layout, models)}


def button(case: Case) -> list[str]:
    """Checks that the button cannot fall out, and can be pressed: 0.25 +- 0.15 mm (Omron, pretravel)."""
    lines = []
    if case.flange < case.button + 2 * case.play + 2:
        lines.append("the button's flange does not keep it in")
    if case.travel() < 0.4:
        lines.append(f"the button goes {case.travel():.2f} mm and needs 0.4")
    return lines


def screws(case: Case, inside: Mapping[str, cq.Workplane]) -> list[str]:
    """Checks the screws: through base and board into the cover, touching nothing else, with sunk heads."""
    lines = []
    base, cover = case.base(membrane=False), case.cover()
    for n, screw in enumerate(case.screws(), 1):
        for name, other in (("base", base), *inside.items()):
            if fit.measure("screw", screw, name, other).overlap > fit.OVERLAP:
                lines.append(f"screw {n} goes into {name}")
        if fit.measure("screw", screw, "cover", cover).overlap < 1.0:
            lines.append(f"screw {n} does not bite into the cover")
        if screw.val().BoundingBox().zmin < case.bottom:
            lines.append(f"the head of screw {n} stands out of the base")
    return lines


def web(case: Case, cover: cq.Workplane) -> list[str]:
    """Checks the thickness of the lid over the opening for the plug, from the wall's inner to its outer
    side."""
    x, _, z = case.usb
    face = case.layout.height + case.gap + case.wall
    over = z + case.usb_high / 2
    thin = WEB
    for step in range(9):
        y = face - 0.02 - (case.wall - 0.04) * step / 8
        column = box(x, y, 0.02, 0.02, over, 99.0).val().intersect(cover.val())
        thin = min(thin, sum(part.Volume() for part in column.Solids()) / 0.02**2)
    return (
        [f"the lid over the USB opening is {thin:.2f} mm thick, less than {WEB} mm"]
        if thin < WEB - 0.01
        else []
    )
