"""Java's HashMap, written by hand after the Java Object Serialization Specification, chapter 6."""

import pytest

from ticktap.errors import BadInput
from ticktap.formats import java_hashmap


def utf(text):
    return len(text).to_bytes(2, "big") + text


def serialised(entries, size, *, name=b"java.util.HashMap", fields=(b"F", b"I"), room=b"\x77\x08"):
    names = {b"F": b"loadFactor", b"I": b"threshold", b"J": b"other"}
    described = b"".join(kind + utf(names[kind]) for kind in fields)
    head = b"\xac\xed\x00\x05" + b"sr" + utf(name) + bytes.fromhex("0507dac1c31660d1") + b"\x03"
    head += len(fields).to_bytes(2, "big") + described + b"xp" + bytes(4 * len(fields))
    return head + room + (16).to_bytes(4, "big") + size.to_bytes(4, "big", signed=True) + entries + b"x"


A, B = b"t" + utf(b"a"), b"t" + utf(b"b")


@pytest.mark.parametrize(
    ("entries", "size", "found"),
    [
        (b"", 0, {}),
        (A + B, 1, {"a": "b"}),
        (A + B + B + A, 2, {"a": "b", "b": "a"}),
        (A + b"q\x00\x7e\x00\x02", 1, {"a": "a"}),  # a reference to the first text
        (A + B + b"q\x00\x7e\x00\x03" + b"q\x00\x7e\x00\x02", 2, {"a": "b", "b": "a"}),
        (b"|" + (1).to_bytes(8, "big") + b"a" + B, 1, {"a": "b"}),
        (A + b"t" + utf(b"\xed\xa0\xbd\xed\xb8\x80\xc0\x80"), 1, {"a": "\U0001f600\0"}),
    ],
)
def test_entries(entries, size, found):
    assert java_hashmap.read(serialised(entries, size)) == found


def test_what_follows_the_last_entry_is_not_needed():
    assert java_hashmap.read(serialised(A + B, 1)[:-1]) == {"a": "b"}


@pytest.mark.parametrize("fields", [(), (b"F",), (b"I",), (b"I", b"F")])
def test_versions_have_other_fields(fields):
    assert java_hashmap.read(serialised(A + B, 1, fields=fields)) == {"a": "b"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xac\xed\x00\x04" + serialised(A + B, 1)[4:],
        serialised(A + B, 1)[:-2],
        serialised(A + B, 1, name=b"java.util.TreeMap"),
        serialised(A + B, 1, fields=(b"J",)),
        serialised(A + B, 1, room=b"\x77\x09"),
        serialised(A + B, -1),
        serialised(A + B, 2),
        serialised(A + b"s" + utf(b"b"), 1),
        serialised(A + b"q\x00\x7e\x00\x00", 1),  # the class
        serialised(A + b"q\x00\x7e\x00\x01", 1),  # the map
        serialised(A + b"q\x00\x7e\x00\x03", 1),  # not there yet
        serialised(A + b"t" + utf(b"\xff"), 1),
        serialised(A + b"t" + utf(b"\xed\xa0\xbd"), 1),  # half a pair
    ],
)
def test_something_else_is_refused(data):
    with pytest.raises(BadInput, match="not a Java map"):
        java_hashmap.read(data)


def test_a_hundred_thousand_entries_are_the_most():
    same = b"q\x00\x7e\x00\x02" * 2
    assert java_hashmap.read(serialised(A + B + same * 99_999, 100_000)) == {"a": "a"}
    with pytest.raises(BadInput):
        java_hashmap.read(serialised(A + B + same * 100_000, 100_001))
