"""Makes the sleeve's files and pictures, and checks that it fits and can be printed. Called by make_case."""

from __future__ import annotations

from pathlib import Path

import cadquery as cq

from . import fit, pictures, printable
from .sleeve import CONTACTS, Sleeve
from .trinkey import boards

TRAVEL = 0.6  # mm that the button must move: to the plunger, then the plunger's travel, with a margin


def main(folder: Path) -> list[str]:
    """Returns the problems, a sentence each."""
    sleeve = Sleeve()
    printed, inside = sleeve.printed(), boards()
    found = fit.pairs(printed, inside)
    lines = [
        *fit.problems(found, CONTACTS),
        *fit.loose(found, CONTACTS),
        *fit.whole(printed),
        *_screws(sleeve, inside),
        *(line for name, solid in sleeve.for_print().items() for line in printable.problems(name, solid)),
        *_can_fail(printed, inside),
    ]
    if sleeve.travel() < TRAVEL:
        lines.append(f"the button goes {sleeve.travel():.2f} mm and needs {TRAVEL}")
    start, *_, end = sleeve.ends
    size = f"{end - start:.1f} x {2 * sleeve.outer:.1f} x {sleeve.top - sleeve.bottom:.1f} mm"
    nearest = fit.nearest(found, CONTACTS)
    print(
        f"sleeve: {size}, {len(found)} pairs, {len(lines)} problems, at least {nearest:.2f} mm to the parts"
    )
    fit.export(sleeve.for_print(), folder / "print/keyring", printed)
    pictures.sleeve_picture(sleeve, folder / "pictures/keyring.png")
    pictures.sleeve_parts_picture(sleeve, folder / "pictures/keyring-parts.png")
    return lines


def _screws(sleeve: Sleeve, inside: dict[str, cq.Workplane]) -> list[str]:
    """Checks that screws pass tray, boards and spacer, bite into the lid, and have heads level with the
    tray."""
    lines = []
    through = {"tray": sleeve.base(), "spacer": sleeve.spacer(), **inside}
    lid = sleeve.lid()
    for n, screw in enumerate(sleeve.screws(), 1):
        for name, solid in through.items():
            if fit.measure("screw", screw, name, solid).overlap > fit.OVERLAP:
                lines.append(f"screw {n} goes into {name}")
        if fit.measure("screw", screw, "lid", lid).overlap < 1.0:
            lines.append(f"screw {n} does not bite into the lid")
    return lines


def _can_fail(printed: dict[str, cq.Workplane], inside: dict[str, cq.Workplane]) -> list[str]:
    """Tests the check: it must find boards that are 1 mm too far back."""
    moved = {name: solid.translate((1, 0, 0)) for name, solid in inside.items()}
    if not fit.problems(fit.pairs({"tray": printed["tray"]}, moved), CONTACTS):
        return ["the check does not find boards out of their place in the sleeve"]
    return []
