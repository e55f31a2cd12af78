"""Which pins: settings.toml first, else the Raspberry Pi Pico's wiring (docs/hardware.md)."""

import os

import board

_PICO = {"TICKTAP_SDA": "GP4", "TICKTAP_SCL": "GP5", "TICKTAP_BUTTONS": "GP15", "TICKTAP_LED": "LED"}


class Unwired(Exception):
    """This board has no such pins and settings.toml does not name others. The text says what to set."""


def name_of(setting):
    """The pin name or names of a setting, "" when there are none."""
    return os.getenv(setting) or (_PICO[setting] if setting != "TICKTAP_LED" or hasattr(board, "LED") else "")


def check():
    """Raises Unwired when any pin that is named is not there."""
    for setting in _PICO:
        if name_of(setting):
            pins(setting)


def pin(setting):
    return _pin(setting, name_of(setting))


def pins(setting):
    """The pins of a comma list, in its order."""
    return tuple([_pin(setting, name.strip()) for name in name_of(setting).split(",")])


def _pin(setting, name):
    found = getattr(board, name, None)
    if found is None:
        raise Unwired(
            "%s has no pin %s. Name its pins in settings.toml: TICKTAP_SDA, TICKTAP_SCL, TICKTAP_BUTTONS "
            "(a comma list) and, if it has one, TICKTAP_LED. %s is the one that is missing."
            % (board.board_id, name or "''", setting)
        )
    return found
