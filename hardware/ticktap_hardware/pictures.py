"""Draws the pictures of the carrier and its case; colours and scenes for those of the key ring's."""

from __future__ import annotations

from pathlib import Path

import cadquery as cq

from .bodies import BOARD, PICO, USB
from .case import Case
from .circuit import Circuit
from .footprint import USB_OUT, pin_at
from .layout import Layout
from .render import Colour, picture
from .solids import MODELS, board, box, model, parts

GREEN, METAL, BLACK, STONE = (38, 120, 62), (200, 202, 206), (40, 41, 44), (186, 160, 118)
BASE, COVER, BUTTON = (70, 104, 138), (226, 222, 210), (208, 82, 76)
WHITE, GOLD = (232, 232, 228), (214, 180, 84)
_COLOURS: dict[str, Colour] = {
    "U1": (28, 104, 68),
    "U1 socket": METAL,
    "BT1 cell": (226, 226, 220),
    "BT1": METAL,
    "U2": BLACK,
    "SW1": BLACK,
    "SW1 plunger": (214, 132, 60),
    "D1": (70, 190, 90),
}

Scene = list[tuple[cq.Workplane, Colour]]


def populated(case: Case, models: Path) -> Scene:
    """The carrier with its parts. The Pico's parts are drawn one by one, not as the box around them."""
    return board_scene(case.circuit, case.layout, models) + _pico_parts(case)


def board_scene(circuit: Circuit, layout: Layout, models: Path) -> Scene:
    """A board of ours with its parts from KiCad's models, or else as boxes."""
    scene: Scene = [(board(layout), GREEN)]
    modelled = {part.ref for part in circuit.parts if part.footprint in MODELS}
    for name, solid in parts(circuit, layout, models).items():
        if any(word in name for word in ("joint", "leg", "U1 parts")):
            continue
        if name.split()[0] in modelled and "cell" not in name:
            continue
        scene.append((solid, _COLOURS.get(name, STONE)))
    for ref in modelled:
        scene.append((model(ref, circuit, layout, models), _COLOURS.get(ref, STONE)))
    return scene


def _pico_parts(case: Case) -> Scene:
    x, top = case.layout.placed["U1"].x, BOARD + PICO
    y = case.layout.height
    bootsel_x, bootsel_y = case.bootsel
    scene: Scene = [
        (box(x, y - 25.5, 7, 7, top, 0.9), BLACK),
        (box(x - 0.5, y - 36, 5, 4, top, 0.9), BLACK),
        (box(bootsel_x, bootsel_y, 4.2, 3.4, top, 1.2), METAL),
        (box(bootsel_x, bootsel_y, 2.4, 1.4, top, 1.8), WHITE),
        (box(x + 4, y - 13, 2.5, 3.2, top, 0.9), BLACK),
        (box(x + 5.5, y - 36, 3.2, 2.5, top, 0.8), METAL),
    ]
    for number in range(1, 41):
        px, py = pin_at(number)
        scene.append((box(x + px * 1.08, y - py, 1.7, 1.6, BOARD, 1.03), GOLD))
    return scene


def board_picture(case: Case, models: Path, to: Path) -> None:
    picture(populated(case, models), to, turn=-28, tilt=48)


def case_picture(case: Case, models: Path, to: Path) -> None:
    """Taken apart, along z."""
    scene: Scene = [(case.base().translate((0, 0, -26)), BASE)]
    scene += populated(case, models)
    scene.append((case.plunger().translate((0, 0, 18)), BUTTON))
    scene.append((case.cover().translate((0, 0, 42)), COVER))
    picture(scene, to, turn=-28, tilt=60, size=(900, 1000))


def token_picture(case: Case, to: Path) -> None:
    """Draws the assembled token, with its socket visible."""
    x, front = case.layout.placed["U1"].x, case.layout.height + USB_OUT
    socket = box(x, front - 2.85, 8.0, 5.7, BOARD + PICO, USB).cut(
        box(x, front, 7.0, 6.0, BOARD + PICO + 0.5, USB - 1.0)
    )
    scene: Scene = [(case.base(), BASE), (case.cover(), COVER), (case.plunger(), BUTTON), (socket, METAL)]
    picture(scene, to, turn=152, tilt=52, size=(1000, 700))
