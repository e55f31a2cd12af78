"""What the `board` module of a few boards holds: pin names, and where the light is."""

from __future__ import annotations

from dataclasses import dataclass, field

_GP = {f"GP{n}": n for n in range(29)}
_ANALOG = {f"A{n}": 26 + n for n in range(3)} | {f"GP{26 + n}_A{n}": 26 + n for n in range(3)}


@dataclass(frozen=True)
class Board:
    """`pins` maps names to GPIO numbers. `led` or `pixel` is the number of the light's pin."""

    board_id: str
    machine: str
    pins: dict[str, int] = field(hash=False)
    led: int | None = None
    pixel: int | None = None


_QTPY = {"A0": 29, "A1": 28, "A2": 27, "A3": 26, "SDA": 24, "SCL": 25, "TX": 20, "RX": 5, "SCK": 6, "MISO": 4}
_QTPY |= {"MOSI": 3, "NEOPIXEL": 12, "NEOPIXEL_POWER": 11, "BUTTON": 21, "SDA1": 22, "SCL1": 23}
_D = "A0 A1 A2 A3 SDA SCL TX RX SCK MISO MOSI"
_QTPY |= {f"D{i}": _QTPY[name] for i, name in enumerate(_D.split())}
_ZERO = _GP | _ANALOG | {"GP29": 29, "GP29_A3": 29, "A3": 29, "TX": 0, "RX": 1, "NEOPIXEL": 16}
_PICO = _GP | _ANALOG | {"A3": 29, "VOLTAGE_MONITOR": 29, "SMPS_MODE": 23, "VBUS_SENSE": 24, "LED": 25}

BOARDS = {
    board.board_id: board
    for board in (
        Board("raspberry_pi_pico", "Raspberry Pi Pico with rp2040", _PICO, led=25),
        Board("waveshare_rp2040_zero", "Waveshare RP2040-Zero with rp2040", _ZERO, pixel=16),
        Board("adafruit_qtpy_rp2040", "Adafruit QT Py RP2040 with rp2040", _QTPY, pixel=12),
    )
}
