"""Boards and modules of others, as parts: their pins by the numbers or names printed on them."""

from __future__ import annotations

from .circuit import Order, Part, Pin

DIGIKEY, MOUSER, ADAFRUIT, PIMORONI = "Digi-Key", "Mouser", "Adafruit", "Pimoroni"
BOTH = {DIGIKEY: "", MOUSER: ""}

# Raspberry Pi Pico and Pico 2 data sheets, "Pinout": pins 1 to 40, anticlockwise from the left of the USB socket.
_PICO_NAMES = (
    "GP0 GP1 GND GP2 GP3 GP4 GP5 GND GP6 GP7 GP8 GP9 GND GP10 GP11 GP12 GP13 GND GP14 GP15 "
    "GP16 GP17 GND GP18 GP19 GP20 GP21 GND GP22 RUN GP26 GP27 AGND GP28 ADC_VREF 3V3 3V3_EN GND VSYS VBUS"
).split()

PICO = Order("Raspberry Pi", "SC0915", 4.00, BOTH, "Pico; a Pico 2 (SC1631) fits as well")
PICO_H = Order("Raspberry Pi", "SC0917", 5.00, BOTH, "Pico H: with its pins soldered in")


def _pico_pin(number: int, name: str) -> Pin:
    if name == "3V3":
        return Pin(str(number), name, "power_out")
    if name == "GND" and number == 38:
        return Pin(str(number), name, "power_out")  # stands for the supply's return; the other grounds are joined to it
    if name.startswith("GP"):
        return Pin(str(number), name, "bidirectional")
    if name in ("RUN", "3V3_EN"):
        return Pin(str(number), name, "input")
    return Pin(str(number), name, "passive")


def pico(ref: str, value: str, order: Order, footprint: str = "") -> Part:
    pins = tuple(_pico_pin(n, name) for n, name in enumerate(_PICO_NAMES, 1))
    return Part(ref, value, pins, footprint, order)


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


def clock_stemma(ref: str) -> Part:
    order = Order(
        "Adafruit", "5188", 13.95, {ADAFRUIT: "5188", DIGIKEY: ""}, "DS3231 with STEMMA QT; pull-ups on it"
    )
    cell = Order("Panasonic", "CR1220", 1.00, BOTH, "lithium coin cell, 12 mm, 3 V")
    pins = (
        Pin("1", "GND", "power_in"),
        Pin("2", "VIN", "power_in"),
        Pin("3", "SDA", "bidirectional"),
        Pin("4", "SCL", "bidirectional"),
    )
    return Part(ref, "DS3231 breakout", pins, order=order, with_it=(("cell", cell),))


def clock_module(ref: str) -> Part:
    """A module with pins in a row. Four of them are used, whatever their order."""
    order = Order(
        "Adafruit", "3013", 17.50, {ADAFRUIT: "3013", PIMORONI: ""}, "or any DS3231 module that runs on 3.3 V"
    )
    cell = Order("Panasonic", "CR1220", 1.00, BOTH, "the cell that your module takes")
    pins = (
        Pin("VCC", "VCC", "power_in"),
        Pin("GND", "GND", "power_in"),
        Pin("SCL", "SCL", "bidirectional"),
        Pin("SDA", "SDA", "bidirectional"),
    )
    return Part(ref, "DS3231 module", pins, order=order, with_it=(("cell", cell),))


def push_button(ref: str) -> Part:
    order = Order("Adafruit", "1119", 2.50, {ADAFRUIT: "1119", DIGIKEY: ""}, "12 mm push buttons for a breadboard")
    return Part(ref, "push button", (Pin("1", "1"), Pin("2", "2")), order=order)
