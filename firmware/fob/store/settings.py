"""Every setting of the token: its key in the store, name, default and what values it takes.

Keys are for ever: a key is never given to another setting.
"""

from ..hid.keyboard_typer import DIGITS
from ..hid.layouts import LAYOUTS


class _Choice:
    """One of some words; its place among them is stored."""

    def __init__(self, *words):
        self._words = words

    def number(self, value):
        return self._words.index(value) if value in self._words else None

    def value(self, number):
        return self._words[number] if number < len(self._words) else None


class _Range:
    """A whole number, stored as it is; `other` is one more outside the range."""

    def __init__(self, low, high, other=None):
        self._low, self._high, self._also = low, high, other

    def number(self, value):
        if type(value) is int and (self._low <= value <= self._high or value == self._also):
            return value
        return None

    value = number


# key, name, default, values
TABLE = (
    (1, "digits", "auto", _Choice(*DIGITS)),
    (2, "layout", "us", _Choice(*LAYOUTS)),
    (3, "inter_key_ms", 0, _Range(0, 200)),
    (4, "start_delay_ms", 0, _Range(0, 5000)),
    (5, "min_remaining_s", 2, _Range(0, 30)),
    (6, "debounce_ms", 30, _Range(5, 200)),
    (7, "long_press_ms", 800, _Range(300, 5000)),
    (8, "menu_timeout_ms", 4000, _Range(1000, 30000)),
    (9, "menu", "hold", _Choice("hold", "off")),
    (10, "max_pin_failures", 8, _Range(3, 20, 0)),
    (11, "sync_days", 0, _Range(0, 3650)),
)


def defaults():
    """A dict of every setting at its default."""
    return {name: default for _, name, default, _ in TABLE}


def encode(name, value):
    """(key, number) to be stored. KeyError: no such setting. ValueError: not one of its values."""
    for key, label, _, values in TABLE:
        if label == name:
            number = values.number(value)
            if number is None:
                raise ValueError(name)
            return key, number
    raise KeyError(name)


def decode(key, number):
    """(name, value) of a stored pair, or None when this firmware does not know it."""
    for k, name, _, values in TABLE:
        if k == key:
            value = values.value(number)
            return None if value is None else (name, value)
    return None
