"""The carrier: a board for a Raspberry Pi Pico with its clock, cell, button and light.

The firmware does not use INT/SQW; the wire to the Pico is there for a later one.
"""

from __future__ import annotations

from .board_parts import C0805, CAPACITOR, HOLDER, PULL_UP, R0805, RTC, two_pins
from .circuit import Circuit, Order, rest_open
from .modules import BOTH, DIGIKEY, MOUSER, PICO, pico

_PARTS = (
    pico("U1", "Raspberry Pi Pico", PICO, "ticktap:RaspberryPi_Pico"),
    RTC,
    HOLDER,
    *(two_pins(ref, "100n", C0805, CAPACITOR) for ref in ("C1", "C2")),
    *(two_pins(ref, "4k7", R0805, PULL_UP) for ref in ("R1", "R2", "R4")),
    two_pins(
        "R3", "330", R0805, Order("Yageo", "RC0805FR-07330RL", 0.10, {DIGIKEY: "311-330CRCT-ND", MOUSER: ""})
    ),
    two_pins(
        "D1",
        "green",
        "LED_THT:LED_D3.0mm",
        Order("Kingbright", "WP710A10LGD", 0.35, BOTH, "3 mm"),
        ("K", "A"),
    ),
    two_pins(
        "SW1",
        "B3F-4055",
        "Button_Switch_THT:SW_PUSH-12mm",
        Order("Omron", "B3F-4055", 0.70, BOTH, "12 mm, 7.3 mm"),
    ),
    two_pins("JP1", "RST to RUN", "Jumper:SolderJumper-2_P1.3mm_Open_RoundedPad1.0x1.5mm", None, ("A", "B")),
)

_GROUNDS = tuple(f"U1.{n}" for n in (3, 8, 13, 18, 23, 28, 33, 38))

_NETS = {
    "+3V3": ("U1.36", "U2.2", "C1.1", "R1.2", "R2.2", "R4.2"),
    "GND": (*_GROUNDS, *(f"U2.{n}" for n in range(5, 14)), "BT1.2", "C1.2", "C2.2", "D1.1", "SW1.2"),
    "VBAT": ("BT1.1", "U2.14", "C2.1"),
    "SDA": ("U1.6", "U2.15", "R1.1"),
    "SCL": ("U1.7", "U2.16", "R2.1"),
    "SQW": ("U1.15", "U2.3", "R4.1"),
    "BUTTON": ("U1.20", "SW1.1"),
    "LED": ("U1.16", "R3.2"),
    "LED_A": ("R3.1", "D1.2"),
    "RST": ("U2.4", "JP1.1"),
    "RUN": ("U1.30", "JP1.2"),
}

CARRIER = Circuit(
    "carrier",
    "ticktap carrier",
    _PARTS,
    _NETS,
    rest_open(_PARTS, _NETS, "U1") | {"U2.1"},
)
