"""Bytes to lines, however they are cut, with a bound on what is kept."""

import pytest

from fob.rpc.framing import MAX_LINE, TOO_LONG, LineReader


@pytest.mark.parametrize(
    ("data", "out"),
    [
        (b"", []),
        (b"a", []),
        (b"\n", [b""]),
        (b"a\n", [b"a"]),
        (b"a\nb\n", [b"a", b"b"]),
        (b"a\nb", [b"a"]),
        (b"a\r\n", [b"a\r"]),
        (b"\x00\xff\n", [b"\x00\xff"]),
        (b"12345678\n", [b"12345678"]),
        (b"123456789\n", [TOO_LONG]),
        (b"123456789", [TOO_LONG]),
        (b"1234567890123\nab\n", [TOO_LONG, b"ab"]),
        (b"ab\n123456789\n\n", [b"ab", TOO_LONG, b""]),
    ],
)
def test_lines(data, out):
    assert LineReader(8).feed(data) == out
    pieces = LineReader(8)
    assert [line for byte in data for line in pieces.feed(bytes([byte]))] == out


@pytest.mark.parametrize("cut", range(1, 30))
def test_cut_anywhere(cut):
    data = b"first\nsecond line too long\nthird\n"
    lines = LineReader(8)
    assert lines.feed(data[:cut]) + lines.feed(data[cut:]) == [b"first", TOO_LONG, b"third"]


def test_a_line_that_never_ends_takes_no_memory():
    lines = LineReader()
    told = sum((lines.feed(b"x" * 512) for _ in range(1000)), [])
    assert told == [TOO_LONG]
    assert lines.feed(b"\nok\n") == [b"ok"]


@pytest.mark.parametrize("before", [b"half", b"x" * 2000])
def test_what_is_cleared_is_forgotten(before):
    lines = LineReader()
    lines.feed(before)
    lines.clear()
    assert lines.feed(b"whole\n") == [b"whole"]


def test_the_bound_is_the_documented_one():
    assert MAX_LINE == 1536
    assert LineReader().feed(b"x" * 1536 + b"\n") == [b"x" * 1536]
    assert LineReader().feed(b"x" * 1537 + b"\n") == [TOO_LONG]
