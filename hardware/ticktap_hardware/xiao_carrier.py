"""The XIAO carrier: a board for the key ring, XIAO, clock and button on its front, the cell on its back.

The light is the XIAO's own. The clock chip's INT/SQW, RST and 32KHZ are not used.
"""

from __future__ import annotations

from .board_parts import C0805, CAPACITOR, HOLDER, PULL_UP, R0805, RTC, two_pins
from .circuit import Circuit, Order, rest_open
from .modules import BOTH, xiao
from .xiao_footprint import XIAO

BUTTON = "Button_Switch_SMD:SW_SPST_B3S-1000"

_PARTS = (
    xiao("U1", XIAO),
    RTC,
    HOLDER,
    *(two_pins(ref, "100n", C0805, CAPACITOR) for ref in ("C1", "C2")),
    *(two_pins(ref, "4k7", R0805, PULL_UP) for ref in ("R1", "R2")),
    two_pins("SW1", "B3S-1000", BUTTON, Order("Omron", "B3S-1000", 0.80, BOTH, "6 mm, 4.3 mm high")),
)

_NETS = {
    "+3V3": ("U1.12", "U2.2", "C1.1", "R1.2", "R2.2"),
    "GND": ("U1.13", *(f"U2.{n}" for n in range(5, 14)), "BT1.2", "C1.2", "C2.2", "SW1.2"),
    "VBAT": ("BT1.1", "U2.14", "C2.1"),
    "SDA": ("U1.5", "U2.15", "R1.1"),
    "SCL": ("U1.6", "U2.16", "R2.1"),
    "BUTTON": ("U1.1", "SW1.1"),
}

XIAO_CARRIER = Circuit(
    "xiao-carrier",
    "ticktap XIAO carrier",
    _PARTS,
    _NETS,
    rest_open(_PARTS, _NETS, "U1") | {"U2.1", "U2.3", "U2.4"},
)
