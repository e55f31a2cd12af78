"""Text in terminal cells: widths, cutting, wrapping, and what may not reach a terminal."""

import pytest

from ticktap.watch import text_width


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("alice", 5), ("三菱", 4), ("ｶﾅ", 2), ("Ａ", 2), ("e\u0301", 1), ("日本a", 5), ("🔑", 2)],
)
def test_width(text, width):
    assert text_width.width(text) == width


@pytest.mark.parametrize(
    ("text", "room", "cut"),
    [
        ("alice", 5, "alice"),
        ("alice", 4, "ali…"),
        ("alice", 1, "…"),
        ("alice", 0, ""),
        ("三菱銀行", 8, "三菱銀行"),
        ("三菱銀行", 7, "三菱銀…"),
        ("三菱銀行", 6, "三菱…"),  # half a character is none
        ("e\u0301e\u0301", 2, "e\u0301e\u0301"),
    ],
)
def test_cut(text, room, cut):
    assert text_width.cut(text, room) == cut
    assert text_width.width(text_width.fill(text, room)) == room


def test_wrap():
    assert text_width.wrap("note  one two three", 10, 6) == ["note  one", "      two", "      thr…"]
    assert text_width.wrap("三菱 銀行 x", 6) == ["三菱", "銀行 x"]


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\rb", "a\nb", "a\x9bb", "a\u202eb", "a\u200bb", "a\x07b"])
def test_safe(text):
    made = text_width.safe(text)
    assert made.isprintable()
    assert made[0] + made[-1] == "ab"
