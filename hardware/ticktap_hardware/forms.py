"""The forms that are wired: a Pico and a XIAO with a module, and three boards with a socket for a cable."""

from __future__ import annotations

from .circuit import Circuit, Order, rest_open
from .modules import (
    ADAFRUIT,
    BOTH,
    DIGIKEY,
    MOUSER,
    PICO_H,
    PIMORONI,
    clock_module,
    clock_stemma,
    pico,
    push_button,
    small_button,
    stemma_board,
    xiao,
)

_QTPY = Order("Adafruit", "4900", 9.95, {ADAFRUIT: "4900", MOUSER: ""}, "QT Py RP2040")
_KB2040 = Order("Adafruit", "5302", 8.95, {ADAFRUIT: "5302", DIGIKEY: ""}, "KB2040")
_TRINKEY = Order("Adafruit", "5056", 7.95, {ADAFRUIT: "5056", DIGIKEY: ""}, "Trinkey QT2040")
_CABLE = Order("Adafruit", "4210", 0.95, {ADAFRUIT: "4210", PIMORONI: ""}, "100 mm, a plug at both ends")
_SHORT = Order("Adafruit", "4399", 0.95, {ADAFRUIT: "4399", PIMORONI: ""}, "50 mm, a plug at both ends")
_SCREWS = Order("any", "M2.5 x 16", 0.10, BOTH, "steel, countersunk (ISO 7046)")
SHORT_SCREWS = Order("any", "M2.5 x 12", 0.10, BOTH, "steel, countersunk (ISO 7046)")
_LEADS = Order("any", "26 AWG", 0.50, BOTH, "stranded, 300 mm in all")
USB_C = Order("any", "USB A to USB C", 3.00, BOTH, "with its data wires")
_PINS = Order(
    "Adafruit", "4209", 0.95, {ADAFRUIT: "4209", PIMORONI: ""}, "from STEMMA QT to four pins for a breadboard"
)
_BREADBOARD = Order("Adafruit", "64", 4.95, {ADAFRUIT: "64", PIMORONI: ""}, "half size")
_WIRES = Order("Adafruit", "758", 3.95, {ADAFRUIT: "758", PIMORONI: ""}, "plug to plug")

# What joins the parts: form to (what, order, how many).
EXTRAS: dict[str, tuple[tuple[str, Order, int], ...]] = {
    "pico": (("breadboard", _BREADBOARD, 1), ("jumper wires", _WIRES, 1), ("cable with pins", _PINS, 1)),
    "qtpy": (("STEMMA QT / Qwiic cable", _CABLE, 1),),
    "kb2040": (("STEMMA QT / Qwiic cable", _CABLE, 1),),
    "xiao": (("wire", _LEADS, 1), ("USB cable", USB_C, 1), ("screws for the case", SHORT_SCREWS, 2)),
    "trinkey": (("STEMMA QT / Qwiic cable", _SHORT, 1), ("screws for the sleeve", _SCREWS, 2)),
}

_PICO_PARTS = (pico("U1", "Raspberry Pi Pico H", PICO_H), clock_module("U2"), push_button("SW1"))
_PICO_NETS = {
    "+3V3": ("U1.36", "U2.VCC"),
    "GND": ("U1.38", "U1.18", "U2.GND", "SW1.2"),
    "SDA": ("U1.6", "U2.SDA"),
    "SCL": ("U1.7", "U2.SCL"),
    "BUTTON": ("U1.20", "SW1.1"),
}

PICO = Circuit(
    "pico",
    "Raspberry Pi Pico and a DS3231 module, on a breadboard",
    _PICO_PARTS,
    _PICO_NETS,
    rest_open(_PICO_PARTS, _PICO_NETS, "U1"),
)


def _stemma(name: str, value: str, order: Order, button: str) -> Circuit:
    return Circuit(
        name,
        f"{value} and a DS3231 breakout, joined by one cable",
        (stemma_board("U1", value, order, button), clock_stemma("U2")),
        {
            "GND": ("U1.1", "U2.1"),
            "+3V3": ("U1.2", "U2.2"),
            "SDA": ("U1.3", "U2.3"),
            "SCL": ("U1.4", "U2.4"),
        },
        frozenset({"U1.BOOT"}),  # its button is on the board
    )


QTPY = _stemma("qtpy", "QT Py RP2040", _QTPY, "GPIO21")
KB2040 = _stemma("kb2040", "KB2040", _KB2040, "GPIO11")
TRINKEY = _stemma("trinkey", "Trinkey QT2040", _TRINKEY, "GPIO12")

_XIAO_PARTS = (xiao("U1"), clock_module("U2"), small_button("SW1"))
_XIAO_NETS = {
    "+3V3": ("U1.12", "U2.VCC"),
    "GND": ("U1.13", "U2.GND", "SW1.2"),
    "SDA": ("U1.5", "U2.SDA"),
    "SCL": ("U1.6", "U2.SCL"),
    "BUTTON": ("U1.1", "SW1.1"),
}

XIAO = Circuit(
    "xiao",
    "XIAO RP2040 and a DS3231 module, soldered with wires",
    _XIAO_PARTS,
    _XIAO_NETS,
    rest_open(_XIAO_PARTS, _XIAO_NETS, "U1"),
)

FORMS = (PICO, QTPY, KB2040, TRINKEY, XIAO)
