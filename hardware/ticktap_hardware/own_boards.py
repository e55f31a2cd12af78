"""The project's own boards: circuit, layout, sheet and file names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import carrier_layout, xiao_carrier_layout
from .carrier import CARRIER
from .circuit import Circuit
from .layout import FRONT, Layout, Track, Via
from .xiao_carrier import XIAO_CARRIER


@dataclass(frozen=True)
class OwnBoard:
    """`places`: positions of the parts on an A4 sheet, in steps of 2.54 mm; `view`: the area of it that the
    picture shows: x, y, width, height in mm. `short` and `stray` are faults that the design-rule check must
    find."""

    circuit: Circuit
    layout: Layout
    revision: str
    date: str
    places: Mapping[str, tuple[int, int]]
    view: tuple[float, float, float, float]
    short: Track  # joins two nets
    stray: Via  # lies below bare copper of the board that ours carries

    @property
    def name(self) -> str:
        return self.circuit.name

    def file(self, ending: str) -> str:
        """A path under hardware/ of a KiCad file."""
        return f"{self.name}/{self.name}.{ending}"

    def picture(self, what: str) -> str:
        """A path under hardware/."""
        return f"pictures/{self.name}-{what}"


OWN_BOARDS = (
    OwnBoard(
        CARRIER,
        carrier_layout.LAYOUT,
        "2",
        "2026-11-30",
        {
            "U1": (36, 35),
            "U2": (72, 30),
            "BT1": (90, 26),
            "C1": (98, 26),
            "C2": (82, 26),
            "R1": (56, 22),
            "R2": (61, 22),
            "R4": (51, 22),
            "SW1": (60, 50),
            "R3": (76, 49),
            "D1": (76, 54),
            "JP1": (60, 43),
        },
        (60.0, 35.0, 210.0, 115.0),
        Track("SCL", FRONT, ((27.6875, 26.6), (29.5125, 26.6))),
        Via("GND", 44.0, 20.0),
    ),
    OwnBoard(
        XIAO_CARRIER,
        xiao_carrier_layout.LAYOUT,
        "1",
        "2026-11-30",
        {
            "U1": (36, 30),
            "U2": (72, 30),
            "BT1": (90, 26),
            "C1": (98, 26),
            "C2": (82, 26),
            "R1": (52, 22),
            "R2": (58, 22),
            "SW1": (54, 42),
        },
        (60.0, 35.0, 210.0, 90.0),
        Track("SCL", FRONT, ((9.0, 22.0), (9.9, 22.0))),
        Via("GND", 12.6, 3.4),
    ),
)
