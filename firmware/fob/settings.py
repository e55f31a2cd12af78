"""Every setting of the token: its key in the store, name, default and what values it takes.

Keys are for ever: a key is never given to another setting.
"""

from .layouts import LAYOUTS

# key, name, default, values: a tuple of words (the index is stored) or a (low, high) range of integers
_CHOICE = 0
_RANGE = 1
TABLE = (
    (1, "digits", "keypad", _CHOICE, ("keypad", "row")),
    (2, "layout", "us", _CHOICE, LAYOUTS),
    (3, "pace", 0, _RANGE, (0, 200)),
    (4, "delay", 0, _RANGE, (0, 5000)),
    (5, "guard", 2, _RANGE, (0, 30)),
    (6, "brush", 30, _RANGE, (5, 200)),
    (7, "hold", 800, _RANGE, (300, 5000)),
    (8, "pause", 4000, _RANGE, (1000, 30000)),
    (9, "choose", "hold", _CHOICE, ("hold", "off")),
)


def defaults():
    """A dict of every setting at its default."""
    return {name: default for _, name, default, _, _ in TABLE}


def encode(name, value):
    """(key, number) to be stored. KeyError: no such setting. ValueError: not one of its values."""
    for key, known, _, kind, values in TABLE:
        if known != name:
            continue
        if kind == _CHOICE:
            if value in values:
                return key, values.index(value)
        elif type(value) is int and values[0] <= value <= values[1]:
            return key, value
        raise ValueError(name)
    raise KeyError(name)


def decode(key, number):
    """(name, value) of a stored pair, or None when this firmware does not know it."""
    for known, name, _, kind, values in TABLE:
        if known != key:
            continue
        if kind == _CHOICE:
            return (name, values[number]) if number < len(values) else None
        return (name, number) if values[0] <= number <= values[1] else None
    return None
