"""Checks of parameters: what passes, as what, and what does not."""

import base64

import pytest

from fob.rpc.params import (
    REQUIRED,
    base64_bytes,
    boolean,
    choice,
    digits,
    integer,
    secret,
    text,
    to_base64,
    validate,
)

TEN = bytes(range(10))


def encoded(base64_bytes):
    return base64.b64encode(base64_bytes).decode()


@pytest.mark.parametrize(
    ("check", "good"),
    [
        (integer(1, 9), [1, 5, 9]),
        (integer(0, 2**64 - 1), [0, 2**64 - 1]),
        (text(8), ["", "a", "12345678", "éééé", "🙂🙂", "~ !", "\xa0", "\u2065"]),
        (choice("a", "b"), ["a", "b"]),
        (boolean, [True, False]),
        (digits(4, 6), ["1234", "999999", "0012", None]),
    ],
)
def test_good_values_pass_as_they_are(check, good):
    assert [check(value) for value in good] == good


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        (integer(1, 9), [0, 10, -1, 1.0, "1", None, True, [], {}]),
        (text(8), ["123456789", "ééééé", "a\n", "\x00", "\x7f", "\x1b", "\ud800", 1, None, ["a"], b"a"]),
        (
            text(8),
            ["a\x80", "\x85", "\x9b3", "\x9f", "\u061c", "\u200e", "\u200f", "a\u202eb", "\u2066", "\u2069"],
        ),
        (choice("a", "b"), ["", "c", "A", 0, None, ["a"], True]),
        (secret(10, 128), ["", "A", "=", encoded(TEN)[:-1], encoded(TEN) + "=", encoded(TEN) + "\n"]),
        (
            secret(10, 128),
            [encoded(bytes(9)), encoded(bytes(129)), "-_" * 8, "A B C D " * 5, "é" * 16, 5, None, []],
        ),
        (secret(10, 128), [encoded(bytes(11))[:-2] + "B="]),  # bits beyond the last byte
        (
            base64_bytes(16),
            [encoded(bytes(15)), encoded(bytes(17)), encoded(bytes(16)) + "\n", "", None, bytes(16), 16],
        ),
        (boolean, [0, 1, None, "true", [], 1.0]),
        (digits(4, 6), ["123", "1234567", "123:", "123/", "12 4", "12345\n", "١٢٣٤", 1234, True, [], ""]),
    ],
)
def test_bad_values_are_refused(check, bad):
    for value in bad:
        with pytest.raises(ValueError):
            check(value)


@pytest.mark.parametrize("size", [10, 11, 12, 20, 64, 127, 128])
def test_secrets(size):
    base64_bytes = bytes(range(256))[-size:]
    assert secret(10, 128)(encoded(base64_bytes)) == base64_bytes


@pytest.mark.parametrize("size", [0, 1, 16, 32, 64])
def test_raw_bytes_there_and_back(size):
    data = bytes(range(255, 255 - size, -1))
    assert base64_bytes(size)(to_base64(data)) == data
    assert to_base64(data) == encoded(data)


EXPECTED = {"id": (integer(1, 9), REQUIRED), "name": (text(4), "none")}


@pytest.mark.parametrize(
    ("given", "taken"),
    [({"id": 1}, {"id": 1, "name": "none"}), ({"name": "x", "id": 9}, {"id": 9, "name": "x"})],
)
def test_take(given, taken):
    assert validate(given, EXPECTED) == taken


@pytest.mark.parametrize(
    ("given", "named"),
    [({}, "id"), ({"id": 0}, "id"), ({"id": 1, "x": 1}, "x"), ({"id": 1, "name": None}, "name")],
)
def test_take_names_what_is_wrong(given, named):
    with pytest.raises(KeyError) as refused:
        validate(given, EXPECTED)
    assert refused.value.args == (named,)
