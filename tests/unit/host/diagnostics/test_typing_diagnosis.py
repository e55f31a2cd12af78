"""What arrived against what was sent: each cause told from the others."""

import pytest

from fob.hid import layouts
from ticktap.diagnostics.typing_diagnosis import LAYOUTS, compare, typed

CODE, STEAM = "802751", "B7KQY"
KEYPAD_OFF = {"0": "[2~", "1": "[F", "2": "[B", "3": "[6~", "4": "[D", "5": "[E", "6": "[C"} | {
    "7": "[H",
    "8": "[A",
    "9": "[5~",
}
APPLICATION = {str(n): "O" + chr(ord("p") + n) for n in range(10)}


def as_keys(table):
    return "".join("\x1b" + table[char] for char in CODE)


@pytest.mark.parametrize(
    ("sent", "arrived", "options", "cause"),
    [
        (CODE, CODE, {}, "right"),
        (CODE, CODE + "\r", {}, "right"),
        (STEAM, STEAM + "\t", {}, "right"),
        (CODE, "", {}, "nothing"),
        (CODE, "\r", {}, "nothing"),
        (CODE, "８０２７５１", {}, "full-width"),
        (CODE, as_keys(KEYPAD_OFF), {}, "num-lock"),
        (CODE, as_keys(KEYPAD_OFF | {"5": "OE", "1": "[4~", "7": "[1~"}), {}, "num-lock"),
        (CODE, as_keys(KEYPAD_OFF).replace("\x1b[E", ""), {}, "num-lock"),
        (CODE, as_keys(APPLICATION), {}, "application-keypad"),
        (STEAM, STEAM.lower(), {}, "caps-lock"),
        (CODE, "(=\"/%!", {"digits": "row", "layout": "de"}, "caps-lock"),
        (CODE, "_àéè(&", {"digits": "row", "layout": "us"}, "layout"),
        (CODE, "*)@&%!", {"digits": "row", "layout": "fr"}, "layout"),
        (STEAM, "B7KAY", {"layout": "us"}, "layout"),
        (CODE, "80271", {}, "dropped"),
        (CODE, "8", {}, "dropped"),
        (CODE, "8802751", {}, "doubled"),
        ("112233", "1122333", {}, "doubled"),
        (CODE, "314159", {}, "other-code"),
        (CODE, "@*(\"»/", {"digits": "row"}, "other-layout"),
        (CODE, "hello", {}, "unknown"),
        (CODE, "8027519", {}, "unknown"),
    ],
)  # fmt: skip
def test_the_cause(sent, arrived, options, cause):
    found = compare(sent, arrived, **options)
    assert found.cause == cause
    assert found.detail and (cause == "right" or found.remedy)
    assert sent not in repr(found) and (len(arrived) < 3 or arrived not in repr(found))


def test_a_layout_is_named_with_the_setting_that_mends_it():
    found = compare(CODE, "_àéè(&", digits="row", layout="us")
    assert "fr" in found.layouts and found.settings == {"layout": "fr"}
    found = compare(STEAM, typed(STEAM, "us", "de", "keypad"), layout="us")
    assert "de" in found.layouts and found.settings == {"layout": "de"}
    assert compare(CODE, "80271").settings == {"inter_key_ms": 20}


def test_the_table_has_the_layouts_the_firmware_types():
    assert set(LAYOUTS) == set(layouts.LAYOUTS)
    for layout in layouts.LAYOUTS:
        assert typed("1234567890" + "BCDFGHJKMNPQRTVWXY", layout, layout) == "1234567890BCDFGHJKMNPQRTVWXY"


@pytest.mark.parametrize(("mac", "digits"), [(False, "switch"), (True, "keypad")])
def test_a_layout_the_token_does_not_know_is_typed_to_on_the_keypad(mac, digits):
    assert compare(CODE, '@*("»/', digits="row", mac=mac).settings == {"digits": digits}


def test_cursor_keys_are_corrected_by_the_row():
    assert compare(CODE, as_keys(KEYPAD_OFF)).settings == {"digits": "row"}
