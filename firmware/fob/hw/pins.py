"""Which pins: settings.toml first, else the Raspberry Pi Pico's wiring (docs/hardware.md)."""

import os

import board

_PICO = {"TICKTAP_SDA": "GP4", "TICKTAP_SCL": "GP5", "TICKTAP_BUTTONS": "GP15", "TICKTAP_LED": "LED"}
_EXTRA = ["TICKTAP_ENCODER", "TICKTAP_SCREEN"]  # nowhere unless they are named
SIZES = ("128x32", "128x64")  # of a screen that is on the clock's bus, and not a name of the board's


class MissingPin(Exception):
    """This board has no such pins and settings.toml does not name others. The text says what to set."""


def name_of(key):
    """The pin name or names of a setting, "" when there are none."""
    return os.getenv(key) or (
        "" if key == "TICKTAP_LED" and not hasattr(board, "LED") else _PICO.get(key, "")
    )


def check():
    """Raises Unwired when any pin that is named is not there."""
    for key in list(_PICO) + _EXTRA:
        if name_of(key) not in SIZES:
            pins(key)


def pin(key):
    return _pin(key, name_of(key))


def pins(key):
    """The pins of a comma list, in its order; none when nothing is named."""
    return tuple([_pin(key, name.strip()) for name in name_of(key).split(",") if name])


def _pin(key, name):
    pin = getattr(board, name, None)
    if pin is None:
        raise MissingPin(
            "%s has no pin %s. Name its pins in settings.toml: TICKTAP_SDA, TICKTAP_SCL, TICKTAP_BUTTONS "
            "(a comma list) and, if it has them, TICKTAP_LED, TICKTAP_ENCODER, TICKTAP_SCREEN. "
            "%s is the one that is missing." % (board.board_id, name or "''", key)
        )
    return pin
