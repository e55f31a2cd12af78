"""Makes the case's files and pictures, and checks that it fits and can be printed. With CadQuery.

python -m ticktap_hardware.make_case FOLDER MODELS
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import cadquery as cq

from . import bodies, case_fit, fit, make_keyring, pictures, printable
from .case import Case
from .layout import Placed


def main(folder: Path, models: Path) -> list[str]:
    """Returns the problems, a sentence each. `models`: KiCad's 3D models, fetched by tools/part-models."""
    case = Case()
    printed, inside = case.printed(), case_fit.inside(case, models)
    found = fit.pairs(printed, inside)
    lines = [
        *fit.problems(found, case_fit.CONTACTS),
        *fit.loose(found, case_fit.CONTACTS),
        *fit.whole(printed),
        *case_fit.screws(case, inside),
        *case_fit.button(case),
        *case_fit.web(case, printed["cover"]),
        *bodies.in_the_way(case.circuit, case.layout),
        *fit.holders(case.circuit, case.layout, models),
        *(line for name, solid in case.for_print().items() for line in printable.problems(name, solid)),
        *_can_fail(case, printed, inside, models),
    ]
    nearest = fit.nearest([pair for pair in found if pair.one != "button"], case_fit.CONTACTS)
    print(f"case: {len(found)} pairs, {len(lines)} problems, at least {nearest:.2f} mm to the parts")
    print(f"case: the button goes {case.travel():.2f} mm before its flange meets the switch")
    fit.export(case.for_print(), folder / "print", printed)
    pictures.board_picture(case, models, folder / "pictures/carrier.png")
    pictures.case_picture(case, models, folder / "pictures/case.png")
    pictures.token_picture(case, folder / "pictures/token.png")
    return lines + make_keyring.main(folder, models)


def _can_fail(
    case: Case, printed: Mapping[str, cq.Workplane], inside: Mapping[str, cq.Workplane], models: Path
) -> list[str]:
    """Tests that each check finds its fault."""
    moved = {name: inside[name].translate((1, 0, 0)) for name in ("board", "U1")}
    turned = replace(case.layout, placed={**case.layout.placed, "BT1": Placed(18.5, 14.5)})
    (dx, dy) = bodies.mouths(case.circuit, case.layout)["BT1"]
    low, open_heads = replace(case, inside=5.7), replace(case, membrane=0.0)
    upside_down = printed["button"].rotate((0, 0, 0), (1, 0, 0), 180)
    found = {
        "a board out of its place": fit.problems(
            fit.pairs({"base": printed["base"]}, moved), case_fit.CONTACTS
        ),
        "a cell that cannot be put in": bodies.in_the_way(case.circuit, turned),
        "a holder that is the wrong way round": not fit.comes_out(
            "BT1", (-dx, -dy), case.circuit, case.layout, models
        ),
        "a lid that is too thin over the opening": case_fit.web(low, low.cover()),
        "a button that is printed on its head": printable.problems("button", upside_down),
        "holes that hang over the screws' heads": printable.problems("base", open_heads.base()),
    }
    return [f"the check does not find {what}" for what, seen in found.items() if not seen]


if __name__ == "__main__":
    sys.exit("\n".join(main(Path(sys.argv[1]), Path(sys.argv[2]))) or 0)
