"""fob.hid.layouts as tables; tests/keyboards types the same tables on real layouts."""

import pytest

from fob.hid import layouts
from fob.hid.layouts import SHIFT, keys

STEAM = "23456789BCDFGHJKMNPQRTVWXY"


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_keypad_digits_are_the_same_on_every_layout(layout):
    assert keys("1234567890", layout) == [(0, usage) for usage in range(0x59, 0x63)]


@pytest.mark.parametrize(
    ("layout", "text", "expected"),
    [
        ("us", "190", [(0, 0x1E), (0, 0x26), (0, 0x27)]),
        ("jp", "190", [(0, 0x1E), (0, 0x26), (0, 0x27)]),
        ("fr", "190", [(SHIFT, 0x1E), (SHIFT, 0x26), (SHIFT, 0x27)]),
        ("cz", "190", [(SHIFT, 0x1E), (SHIFT, 0x26), (SHIFT, 0x27)]),
        ("hu", "190", [(0, 0x1E), (0, 0x26), (0, 0x35)]),
        ("us", "AYZ", [(SHIFT, 0x04), (SHIFT, 0x1C), (SHIFT, 0x1D)]),
        ("de", "AYZ", [(SHIFT, 0x04), (SHIFT, 0x1D), (SHIFT, 0x1C)]),
        ("fr", "AMQ", [(SHIFT, 0x14), (SHIFT, 0x33), (SHIFT, 0x04)]),
        ("dvorak", "ASVWZ", [(SHIFT, 0x04), (SHIFT, 0x33), (SHIFT, 0x37), (SHIFT, 0x36), (SHIFT, 0x38)]),
        ("us", "\t\n", [(0, 0x2B), (0, 0x28)]),
    ],
)
def test_row_letters_and_ends(layout, text, expected):
    assert keys(text, layout, digits="row") == expected


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_no_two_characters_share_a_key(layout):
    pressed = keys("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ\t\n", layout, digits="row")
    assert len({usage for _, usage in pressed}) == len(pressed) == 38


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_caps_lock_takes_shift_from_letters_only(layout):
    plain = keys(STEAM, layout, digits="row")
    capped = keys(STEAM, layout, digits="row", caps=True)
    assert capped == [
        (0 if character.isalpha() else modifier, usage)
        for character, (modifier, usage) in zip(STEAM, plain, strict=True)
    ]


def test_nothing_to_type():
    assert keys("") == []


@pytest.mark.parametrize("character", ["a", " ", "-", "/", ":", "@", "[", "٣", "É", "\r"])
def test_a_character_without_a_key_is_named_by_its_place(character):
    with pytest.raises(ValueError, match="^no key for the character at place 4$"):
        keys("123" + character)


def test_unknown_layout():
    with pytest.raises(ValueError, match="unknown layout: klingon"):
        keys("1", "klingon")


def test_unknown_way_of_typing_digits():
    with pytest.raises(ValueError, match="unknown way of typing digits: toes"):
        keys("1", digits="toes")
