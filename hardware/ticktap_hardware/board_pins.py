"""The pins of each supported board, and their lines for settings.toml. A new board is an entry here.

Board differences are data: the firmware reads settings.toml. The fragments in hardware/settings/ are made
from this table. Pin names and GPIO numbers are those of CircuitPython 10
(ports/raspberrypi/boards/<board id>/pins.c).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Board:
    """`pins`: CircuitPython's name to the GPIO number, of the pins that are used.

    `screen`: the size of an SSD1306 on the clock's bus, or CircuitPython's name of the board's built-in one.
    `encoder`: its two pins, then that of its switch.
    """

    board_id: str
    name: str
    chip: str
    pins: Mapping[str, int]
    sda: str
    scl: str
    buttons: tuple[str, ...]
    led: tuple[str, ...]  # the LED's pin, then the pin that must be high to supply it
    note: str
    screen: str = ""
    encoder: tuple[str, ...] = ()

    def settings(self) -> dict[str, str]:
        """Key to value, as in settings.toml."""
        usual = {
            "TICKTAP_SDA": self.sda,
            "TICKTAP_SCL": self.scl,
            "TICKTAP_BUTTONS": ",".join(self.buttons),
            "TICKTAP_LED": ",".join(self.led),
        }
        extra = {"TICKTAP_SCREEN": self.screen, "TICKTAP_ENCODER": ",".join(self.encoder)}
        return usual | {key: value for key, value in extra.items() if value}

    def fragment(self) -> str:
        """The lines for settings.toml."""
        lines = [f"# {self.name} ({self.board_id}): {self.note}"]
        lines += [f'{key} = "{value}"' for key, value in self.settings().items()]
        return "\n".join(lines) + "\n"


_PICO = {"GP4": 4, "GP5": 5, "GP12": 12, "GP15": 15, "LED": 25}
_PICO_NOTE = "the firmware's own pins, so these lines may be left out"
_SOCKET_NOTE = "the clock at the STEMMA QT socket, the button is the one marked BOOT"
_PIXEL_WITH_POWER = ("NEOPIXEL", "NEOPIXEL_POWER")
_KEYS = tuple(f"KEY{n}" for n in range(1, 13))

_PICO_BOARD = Board(
    "raspberry_pi_pico",
    "Raspberry Pi Pico",
    "RP2040",
    _PICO,
    sda="GP4",
    scl="GP5",
    buttons=("GP15",),
    led=("LED",),
    note=_PICO_NOTE,
)


def _with_socket(board_id: str, name: str, pins: Mapping[str, int]) -> Board:
    """An Adafruit board whose BOOT button and NeoPixel are the token's button and LED."""
    return Board(
        board_id,
        name,
        "RP2040",
        pins,
        sda="SDA",
        scl="SCL",
        buttons=("BUTTON",),
        led=("NEOPIXEL",),
        note=_SOCKET_NOTE,
    )


BOARDS: Mapping[str, Board] = {
    board.board_id: board
    for board in (
        _PICO_BOARD,
        replace(_PICO_BOARD, board_id="raspberry_pi_pico2", name="Raspberry Pi Pico 2", chip="RP2350"),
        replace(
            _with_socket(
                "adafruit_qtpy_rp2040",
                "Adafruit QT Py RP2040",
                {"SDA1": 22, "SCL1": 23, "BUTTON": 21, "A3": 26, "NEOPIXEL": 12, "NEOPIXEL_POWER": 11},
            ),
            sda="SDA1",
            scl="SCL1",
            led=_PIXEL_WITH_POWER,
        ),
        _with_socket(
            "adafruit_kb2040",
            "Adafruit KB2040",
            {"SDA": 12, "SCL": 13, "BUTTON": 11, "D10": 10, "NEOPIXEL": 17},
        ),
        _with_socket(
            "adafruit_qt2040_trinkey",
            "Adafruit Trinkey QT2040",
            {"SDA": 16, "SCL": 17, "BUTTON": 12, "NEOPIXEL": 27},
        ),
        Board(
            "seeeduino_xiao_rp2040",
            "Seeed Studio XIAO RP2040",
            "RP2040",
            {"SDA": 6, "SCL": 7, "D0": 26, "NEOPIXEL": 12, "NEOPIXEL_POWER": 11},
            sda="SDA",
            scl="SCL",
            buttons=("D0",),
            led=_PIXEL_WITH_POWER,
            note="a clock with pull-ups at D4 and D5, a button between D0 and GND",
        ),
        Board(
            "adafruit_macropad_rp2040",
            "Adafruit MacroPad RP2040",
            "RP2040",
            {"SDA": 20, "SCL": 21, "LED": 13, "ENCODER_A": 17, "ENCODER_B": 18, "ENCODER_SWITCH": 0}
            | {key: n for n, key in enumerate(_KEYS, 1)},
            sda="SDA",
            scl="SCL",
            buttons=_KEYS,
            led=("LED",),
            note="the clock at the STEMMA QT socket; key n is account n; the encoder chooses, its push types",
            screen="DISPLAY",
            encoder=("ENCODER_A", "ENCODER_B", "ENCODER_SWITCH"),
        ),
        Board(
            "adafruit_feather_rp2040",
            "Adafruit Feather RP2040",
            "RP2040",
            {"SDA": 2, "SCL": 3, "D9": 9, "D6": 8, "D5": 7, "LED": 13},
            sda="SDA",
            scl="SCL",
            buttons=("D9", "D6", "D5"),
            led=("LED",),
            note="the clock at the STEMMA QT socket; a 128x32 OLED FeatherWing and its buttons, A to C",
            screen="128x32",
        ),
    )
}


CARRIER = Board(
    "raspberry_pi_pico",
    "ticktap carrier",
    "RP2040",
    _PICO,
    sda="GP4",
    scl="GP5",
    buttons=("GP15",),
    led=("GP12",),
    note="a Pico or Pico 2 on the ticktap carrier, which has a light of its own",
)

FRAGMENTS: Mapping[str, Board] = {**BOARDS, "ticktap_carrier": CARRIER}
