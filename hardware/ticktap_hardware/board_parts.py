"""Parts that several boards have.

DS3231 data sheet 19-5170, "Pin Description": VCC is decoupled with 0.1 to 1.0 uF; VBAT takes a primary
lithium cell directly, for the chip is UL recognized against charging it, and needs no capacitor while VCC
is the supply (C2 is there for a cell that loses contact when the token is dropped); the pins N.C. go to
ground; RST has a pull-up of its own and takes no other (so it counts as passive).
"""

from __future__ import annotations

from .circuit import Order, Part, Pin
from .modules import BOTH, DIGIKEY, LCSC, MOUSER


def two_pins(
    ref: str, value: str, footprint: str, order: Order | None, names: tuple[str, str] = ("1", "2")
) -> Part:
    return Part(ref, value, (Pin("1", names[0]), Pin("2", names[1])), footprint, order)


RTC = Part(
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
HOLDER = Part(
    "BT1",
    "CR2032",
    (Pin("1", "+", "power_out"), Pin("2", "-")),
    "Battery:BatteryHolder_Keystone_3034_1x20mm",
    Order("Keystone", "3034", 1.10, {DIGIKEY: "36-3034CT-ND", MOUSER: ""}, "retainer for a 20 mm coin cell"),
    (("cell", _CELL),),
)

C0805, R0805 = "Capacitor_SMD:C_0805_2012Metric", "Resistor_SMD:R_0805_2012Metric"
CAPACITOR = Order(
    "Yageo", "CC0805KRX7R9BB104", 0.10, {DIGIKEY: "311-1140-1-ND", MOUSER: "", LCSC: "C49678"}, "X7R, 50 V"
)
PULL_UP = Order("Yageo", "RC0805FR-074K7L", 0.10, {DIGIKEY: "311-4.70KCRCT-ND", MOUSER: ""})
