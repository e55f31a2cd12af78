"""Checks of parameters. Each check returns the value to use or raises ValueError."""

from binascii import a2b_base64, b2a_base64

REQUIRED = object()


def integer(low, high):
    def check(value):
        if type(value) is not int or not low <= value <= high:
            raise ValueError()
        return value

    return check


_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def text(high):
    """A string of at most `high` UTF-8 bytes, without control characters (C0, C1, bidirectional)."""

    def check(value):
        if type(value) is not str:
            raise ValueError()
        data = value.encode("utf-8")
        if len(data) > high or data.decode("utf-8") != value:
            raise ValueError()
        if data and (min(data) < 0x20 or b"\x7f" in data):
            raise ValueError()
        if data and max(data) > 0x7F:
            for c in value:
                if "\x7f" < c < "\xa0" or c in _BIDI:
                    raise ValueError()
        return value

    return check


def choice(*words):
    def check(value):
        if type(value) is not str or value not in words:
            raise ValueError()
        return value

    return check


def secret(low, high):
    """Standard base64 of `low` to `high` bytes."""

    def check(value):
        if type(value) is not str:
            raise ValueError()
        data = value.encode("utf-8")
        base64_bytes = a2b_base64(data)
        if not low <= len(base64_bytes) <= high:
            raise ValueError()
        if b2a_base64(base64_bytes).strip() != data:
            raise ValueError()  # a2b_base64 ignores other characters; the secret would be a different one
        return base64_bytes

    return check


def base64_bytes(size):
    """Standard base64 of `size` bytes."""
    return secret(size, size)


def to_base64(data):
    return b2a_base64(data).strip().decode("utf-8")


def boolean(value):
    if type(value) is not bool:
        raise ValueError()
    return value


def digits(low, high):
    """A string of digits, or null."""

    def check(value):
        if value is None:
            return None
        if type(value) is not str or not low <= len(value) <= high:
            raise ValueError()
        for c in value:
            if not "0" <= c <= "9":
                raise ValueError()
        return value

    return check


def validate(given, expected):
    """Checks the parameters of a request. Returns a dict with all expected ones.

    Args:
        given: the parameters as received.
        expected: name -> (check, default or REQUIRED).

    Raises:
        KeyError: a parameter is missing, unknown or not valid; it has the name.
    """
    out = {}
    for name in given:
        if name not in expected:
            raise KeyError(name)
    for name, (check, default) in expected.items():
        if name not in given:
            if default is REQUIRED:
                raise KeyError(name)
            out[name] = default
            continue
        try:
            out[name] = check(given[name])
        except ValueError:  # UnicodeError and binascii.Error are subclasses
            raise KeyError(name)
    return out
