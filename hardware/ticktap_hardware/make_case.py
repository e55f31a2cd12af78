"""Makes the case's files and pictures, and checks that it fits. With CadQuery.

python -m ticktap_hardware.make_case FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import cadquery as cq

from . import fit, pictures
from .case import Case


def main(folder: Path) -> list[str]:
    """What is wrong, a sentence each."""
    case = Case()
    printed, inside = fit.solids(case)
    found = fit.pairs(printed, inside)
    lines = [
        *fit.problems(found),
        *fit.loose(found),
        *_whole(printed),
        *fit.screws(case, inside),
        *fit.button(case),
    ]
    lines += _can_fail(printed, inside)
    nearest = min(pair.apart for pair in found if pair.one != "button" and not fit.rests(pair))
    print(f"case: {len(found)} pairs, {len(lines)} problems, at least {nearest:.2f} mm to the parts")
    print(f"case: the button goes {case.travel():.2f} mm before its flange meets the switch")
    (folder / "print").mkdir(parents=True, exist_ok=True)
    for name, solid in printed.items():
        upright = solid.rotate((0, 0, 0), (1, 0, 0), 180) if name != "base" else solid  # flat side down
        cq.exporters.export(upright, str(folder / f"print/{name}.stl"), tolerance=0.02, angularTolerance=0.15)
        cq.exporters.export(solid, str(folder / f"print/{name}.step"))
    pictures.board_picture(folder / "pictures/board.png")
    pictures.case_picture(case, folder / "pictures/case.png")
    pictures.token_picture(case, folder / "pictures/token.png")
    return lines


def _whole(printed: dict[str, cq.Workplane]) -> list[str]:
    """A part that falls into pieces, or is no solid, cannot be printed."""
    lines = [f"{name} is no valid solid" for name, solid in printed.items() if not solid.val().isValid()]
    return lines + [f"{name} is in pieces" for name, solid in printed.items() if solid.solids().size() != 1]


def _can_fail(printed: dict[str, cq.Workplane], inside: dict[str, cq.Workplane]) -> list[str]:
    """The check finds a board that lies 1 mm too far to the right: else its silence is worth nothing."""
    moved = {"board": inside["board"].translate((1, 0, 0)), "U1": inside["U1"].translate((1, 0, 0))}
    if not fit.problems(fit.pairs({"base": printed["base"]}, moved)):
        return ["the fit check does not find a board out of its place"]
    return []


if __name__ == "__main__":
    sys.exit("\n".join(main(Path(sys.argv[1]))) or 0)
