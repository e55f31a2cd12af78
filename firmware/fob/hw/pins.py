"""The pins: from settings.toml, else those of the Raspberry Pi Pico's wiring (docs/hardware.md)."""

import os

import board

_PICO = {"TICKTAP_SDA": "GP4", "TICKTAP_SCL": "GP5", "TICKTAP_BUTTONS": "GP15", "TICKTAP_LED": "LED"}
_EXTRA = ["TICKTAP_ENCODER", "TICKTAP_SCREEN"]  # no defaults
SIZES = ("128x32", "128x64")  # values of TICKTAP_SCREEN that are not pin names


class MissingPin(Exception):
    """A pin does not exist on this board. The text says what to put into settings.toml."""


def name_of(key):
    """The pin names of a setting, "" when there are none."""
    return os.getenv(key) or (
        "" if key == "TICKTAP_LED" and not hasattr(board, "LED") else _PICO.get(key, "")
    )


def check():
    """Raises MissingPin if a named pin does not exist."""
    for key in list(_PICO) + _EXTRA:
        if name_of(key) not in SIZES:
            pins(key)


def pin(key):
    return _pin(key, name_of(key))


def pins(key):
    """The pins of a comma-separated setting, in its order; an empty tuple for an empty setting."""
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
