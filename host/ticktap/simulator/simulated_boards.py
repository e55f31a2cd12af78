"""The simulated boards: all pins by their names in CircuitPython's `board` module, the LED, the flash."""

from __future__ import annotations

from dataclasses import dataclass, field

_GP = {f"GP{n}": n for n in range(29)}
_ANALOG = {f"A{n}": 26 + n for n in range(3)} | {f"GP{26 + n}_A{n}": 26 + n for n in range(3)}


@dataclass(frozen=True)
class Board:
    """`pins` maps names to GPIO numbers. `led` or `pixel` is the number of the LED's pin. `flash_mib`: the
    flash's size in MiB, of the chip in CircuitPython's list of boards.

    `display`: width and height of a built-in screen. `encoder`: the pins of its rotary encoder.
    """

    board_id: str
    machine: str
    pins: dict[str, int] = field(hash=False)
    led: int | None = None
    pixel: int | None = None
    display: tuple[int, int] | None = None
    encoder: tuple[int, int] | None = None
    flash_mib: int = 2


_QTPY = {"A0": 29, "A1": 28, "A2": 27, "A3": 26, "SDA": 24, "SCL": 25, "TX": 20, "RX": 5, "SCK": 6, "MISO": 4}
_QTPY |= {"MOSI": 3, "NEOPIXEL": 12, "NEOPIXEL_POWER": 11, "BUTTON": 21, "SDA1": 22, "SCL1": 23}
_D = "A0 A1 A2 A3 SDA SCL TX RX SCK MISO MOSI"
_QTPY |= {f"D{i}": _QTPY[name] for i, name in enumerate(_D.split())}
_ZERO = _GP | _ANALOG | {"GP29": 29, "GP29_A3": 29, "A3": 29, "TX": 0, "RX": 1, "NEOPIXEL": 16}
_PICO = _GP | _ANALOG | {"A3": 29, "VOLTAGE_MONITOR": 29, "SMPS_MODE": 23, "VBUS_SENSE": 24, "LED": 25}

_KB = {f"D{n}": n for n in range(11)} | {f"A{n}": 26 + n for n in range(4)}
_KB |= {"TX": 0, "RX": 1, "BUTTON": 11, "D11": 11, "SDA": 12, "D12": 12, "SCL": 13, "D13": 13, "NEOPIXEL": 17}
_KB |= {"CLK": 18, "SCK": 18, "MOSI": 19, "MISO": 20}
_PAD = {f"KEY{n}": n for n in range(1, 13)}
_PAD |= {"ENCODER_SWITCH": 0, "BUTTON": 0, "LED": 13, "SPEAKER_ENABLE": 14}
_PAD |= {"SPEAKER": 16, "ENCODER_A": 17, "ROTA": 17, "ENCODER_B": 18, "ROTB": 18, "NEOPIXEL": 19, "SDA": 20}
_PAD |= {"SCL": 21, "OLED_CS": 22, "OLED_RESET": 23, "OLED_DC": 24, "SCK": 26, "MOSI": 27, "MISO": 28}
_FEATHER = {f"A{n}": 26 + n for n in range(4)} | {"D24": 24, "D25": 25, "SCK": 18, "MOSI": 19, "MISO": 20}
_FEATHER |= {"D0": 1, "RX": 1, "D1": 0, "TX": 0, "D4": 6, "SDA": 2, "SCL": 3, "D5": 7, "D6": 8, "D9": 9}
_FEATHER |= {"D10": 10, "D11": 11, "D12": 12, "LED": 13, "D13": 13, "BUTTON": 4, "BOOT": 4, "NEOPIXEL": 16}
_TRINKEY = {"SDA": 16, "TX": 16, "SCL": 17, "RX": 17, "NEOPIXEL": 27, "BUTTON": 12}
_XIAO = {"D0": 26, "D1": 27, "D2": 28, "D3": 29, "D4": 6, "SDA": 6, "D5": 7, "SCL": 7, "D6": 0, "TX": 0}
_XIAO |= {"D7": 1, "RX": 1, "D8": 2, "SCK": 2, "D9": 4, "MISO": 4, "D10": 3, "MOSI": 3}
_XIAO |= {f"A{n}": 26 + n for n in range(4)} | {"LED_GREEN": 16, "LED_RED": 17, "LED_BLUE": 25, "LED": 25}
_XIAO |= {"NEOPIXEL": 12, "NEOPIXEL_POWER": 11}

BOARDS = {
    board.board_id: board
    for board in (
        Board("raspberry_pi_pico", "Raspberry Pi Pico with rp2040", _PICO, led=25),
        Board("waveshare_rp2040_zero", "Waveshare RP2040-Zero with rp2040", _ZERO, pixel=16),
        Board("adafruit_qtpy_rp2040", "Adafruit QT Py RP2040 with rp2040", _QTPY, pixel=12, flash_mib=8),
        Board("adafruit_kb2040", "Adafruit KB2040 with rp2040", _KB, pixel=17, flash_mib=8),
        Board(
            "adafruit_macropad_rp2040",
            "Adafruit Macropad RP2040 with rp2040",
            _PAD,
            led=13,
            display=(128, 64),
            encoder=(17, 18),
            flash_mib=8,
        ),
        Board(
            "adafruit_feather_rp2040", "Adafruit Feather RP2040 with rp2040", _FEATHER, led=13, flash_mib=8
        ),
        Board(
            "adafruit_qt2040_trinkey", "Adafruit QT2040 Trinkey with rp2040", _TRINKEY, pixel=27, flash_mib=8
        ),
        Board("seeeduino_xiao_rp2040", "Seeeduino XIAO RP2040 with rp2040", _XIAO, pixel=12),
    )
}
