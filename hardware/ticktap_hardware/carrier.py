"""The carrier: a board for a Raspberry Pi Pico with its clock, cell, button and light.

DS3231 data sheet 19-5170, "Pin Description": VCC is decoupled with 0.1 to 1.0 uF; VBAT takes a primary
lithium cell directly, for the chip is UL recognized against charging it, and needs no capacitor while VCC
is the supply (C2 is there for a cell that loses contact when the token is dropped); the pins N.C. go to
ground; RST has a pull-up of its own and takes no other (so it counts as passive). The firmware does not use
INT/SQW; the wire to the Pico is there for a later one.
"""

from __future__ import annotations

from .circuit import Circuit, Order, Part, Pin, rest_open
from .modules import BOTH, DIGIKEY, LCSC, MOUSER, PICO, pico


def _two(
    ref: str, value: str, footprint: str, order: Order | None, names: tuple[str, str] = ("1", "2")
) -> Part:
    return Part(ref, value, (Pin("1", names[0]), Pin("2", names[1])), footprint, order)


_RTC = Part(
    "U2",
    "DS3231SN",
    (
        Pin("1", "32KHZ", "open_collector"),
        Pin("2", "VCC", "power_in"),
        Pin("3", "INT/SQW", "open_collector"),
        Pin("4", "RST"),
        *(Pin(str(n), "N.C.") for n in range(5, 13)),
        Pin("13", "GND", "power_in"),
        Pin("14", "VBAT", "power_in"),
        Pin("15", "SDA", "open_collector"),
        Pin("16", "SCL", "input"),
    ),
    "Package_SO:SOIC-16W_7.5x10.3mm_P1.27mm",
    Order(
        "Analog Devices",
        "DS3231SN#",
        12.50,
        {DIGIKEY: "DS3231SN#-ND", MOUSER: "", LCSC: "C722469"},
        "not the DS3231M, which keeps time less well",
    ),
)

_CELL = Order("Panasonic", "CR2032", 0.60, BOTH, "lithium coin cell, 20 mm, 3 V; not a LIR2032")
_HOLDER = Part(
    "BT1",
    "CR2032",
    (Pin("1", "+", "power_out"), Pin("2", "-")),
    "Battery:BatteryHolder_Keystone_3034_1x20mm",
    Order("Keystone", "3034", 1.10, {DIGIKEY: "36-3034CT-ND", MOUSER: ""}, "retainer for a 20 mm coin cell"),
    (("cell", _CELL),),
)

_C0805, _R0805 = "Capacitor_SMD:C_0805_2012Metric", "Resistor_SMD:R_0805_2012Metric"
_CAPACITOR = Order(
    "Yageo", "CC0805KRX7R9BB104", 0.10, {DIGIKEY: "311-1140-1-ND", MOUSER: "", LCSC: "C49678"}, "X7R, 50 V"
)
_PULL_UP = Order("Yageo", "RC0805FR-074K7L", 0.10, {DIGIKEY: "311-4.70KCRCT-ND", MOUSER: ""})

_PARTS = (
    pico("U1", "Raspberry Pi Pico", PICO, "ticktap:RaspberryPi_Pico"),
    _RTC,
    _HOLDER,
    *(_two(ref, "100n", _C0805, _CAPACITOR) for ref in ("C1", "C2")),
    *(_two(ref, "4k7", _R0805, _PULL_UP) for ref in ("R1", "R2", "R4")),
    _two(
        "R3", "330", _R0805, Order("Yageo", "RC0805FR-07330RL", 0.10, {DIGIKEY: "311-330CRCT-ND", MOUSER: ""})
    ),
    _two(
        "D1",
        "green",
        "LED_THT:LED_D3.0mm",
        Order("Kingbright", "WP710A10LGD", 0.35, BOTH, "3 mm"),
        ("K", "A"),
    ),
    _two(
        "SW1",
        "B3F-4055",
        "Button_Switch_THT:SW_PUSH-12mm",
        Order("Omron", "B3F-4055", 0.70, BOTH, "12 mm, 7.3 mm"),
    ),
    _two("JP1", "RST to RUN", "Jumper:SolderJumper-2_P1.3mm_Open_RoundedPad1.0x1.5mm", None, ("A", "B")),
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
