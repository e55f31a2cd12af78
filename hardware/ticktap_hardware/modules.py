"""Bought boards and modules as parts, with their pins by printed number or name."""

from __future__ import annotations

from .circuit import Kind, Order, Part, Pin

DIGIKEY, MOUSER, ADAFRUIT, PIMORONI, LCSC = "Digi-Key", "Mouser", "Adafruit", "Pimoroni", "LCSC"
SEEED = "Seeed Studio"
BOTH = {DIGIKEY: "", MOUSER: ""}

# Pico and Pico 2 data sheets, "Pinout": pins 1 to 40, anticlockwise from the left of the USB socket.
PICO_NAMES = (  # noqa: SIM905  # a list of forty quoted names is harder to compare with the data sheet
    "GP0 GP1 GND GP2 GP3 GP4 GP5 GND GP6 GP7 GP8 GP9 GND GP10 GP11 GP12 GP13 GND GP14 GP15 "
    "GP16 GP17 GND GP18 GP19 GP20 GP21 GND GP22 RUN GP26 GP27 AGND GP28 ADC_VREF 3V3 3V3_EN GND VSYS VBUS"
).split()

PICO = Order("Raspberry Pi", "SC0915", 4.00, BOTH, "Pico; a Pico 2 (SC1631) fits as well")
PICO_H = Order("Raspberry Pi", "SC0917", 5.00, BOTH, "Pico H: with its pins soldered in")


# Seeed Studio's pinout: pins 1 to 14, down the left of the USB socket and up the right.
XIAO_NAMES = ("D0", "D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "3V3", "GND", "5V")
XIAO = Order(
    "Seeed Studio", "102010428", 5.40, {SEEED: "102010428", DIGIKEY: ""}, "XIAO RP2040, without pins"
)


def _pico_pin(number: int, name: str) -> Pin:
    if name == "3V3":
        return Pin(str(number), name, "power_out")
    if name == "GND" and number == 38:
        return Pin(
            str(number), name, "power_out"
        )  # represents the supply's return; the other grounds are connected to it
    if name.startswith("GP"):
        return Pin(str(number), name, "bidirectional")
    if name in ("RUN", "3V3_EN"):
        return Pin(str(number), name, "input")
    return Pin(str(number), name, "passive")


def pico(ref: str, value: str, order: Order, footprint: str = "") -> Part:
    pins = tuple(_pico_pin(n, name) for n, name in enumerate(PICO_NAMES, 1))
    return Part(ref, value, pins, footprint, order)


def xiao(ref: str, footprint: str = "") -> Part:
    """A XIAO RP2040: D4 is SDA, D5 is SCL."""
    kinds: dict[str, Kind] = {"3V3": "power_out", "GND": "power_out", "5V": "passive"}
    pins = (Pin(str(n), name, kinds.get(name, "bidirectional")) for n, name in enumerate(XIAO_NAMES, 1))
    return Part(ref, "XIAO RP2040", tuple(pins), footprint, XIAO)


def stemma_board(ref: str, value: str, order: Order, button: str) -> Part:
    """A board of which the STEMMA QT socket is used, and its own button between a pin and ground.

    The socket's contacts: 1 ground, 2 supply, 3 SDA, 4 SCL (black, red, blue, yellow).
    """
    pins = (
        Pin("1", "GND", "power_out"),
        Pin("2", "3V", "power_out"),
        Pin("3", "SDA", "bidirectional"),
        Pin("4", "SCL", "bidirectional"),
        Pin("BOOT", button, "bidirectional"),
    )
    return Part(ref, value, pins, order=order)


def _clock(ref: str, value: str, pins: tuple[Pin, ...]) -> Part:
    suppliers = {ADAFRUIT: "5188", DIGIKEY: ""}
    order = Order("Adafruit", "5188", 13.95, suppliers, "STEMMA QT; with pull-ups, charges no cell")
    cell = Order("Panasonic", "CR1220", 1.00, BOTH, "lithium coin cell, 12 mm, 3 V")
    return Part(ref, value, pins, order=order, with_it=(("cell", cell),))


def clock_stemma(ref: str) -> Part:
    """A breakout of which the socket is used, contacts 1 to 4 as on the board."""
    names = (("1", "GND"), ("2", "VIN"))
    buses = (("3", "SDA"), ("4", "SCL"))
    pins = (
        *(Pin(n, name, "power_in") for n, name in names),
        *(Pin(n, name, "bidirectional") for n, name in buses),
    )
    return _clock(ref, "DS3231 breakout", pins)


def clock_module(ref: str) -> Part:
    """Any module: four of its pins are used, whatever their order."""
    supply = (Pin("VCC", "VCC", "power_in"), Pin("GND", "GND", "power_in"))
    return _clock(
        ref,
        "DS3231 module",
        (*supply, Pin("SCL", "SCL", "bidirectional"), Pin("SDA", "SDA", "bidirectional")),
    )


def small_button(ref: str) -> Part:
    order = Order("Omron", "B3F-1000", 0.35, BOTH, "6 mm, 4.3 mm high, four legs")
    return Part(ref, "B3F-1000", (Pin("1", "1"), Pin("2", "2")), order=order)


def push_button(ref: str) -> Part:
    order = Order(
        "Adafruit", "1119", 2.50, {ADAFRUIT: "1119", DIGIKEY: ""}, "12 mm, fits a breadboard; a bag of ten"
    )
    return Part(ref, "push button", (Pin("1", "1"), Pin("2", "2")), order=order)
