"""The table of settings: what docs/protocol.md says, values to numbers and back."""

import re
from pathlib import Path

import pytest

from fob.store import settings

PROTOCOL = Path(__file__).parents[4] / "docs" / "protocol.md"
ENDS = {
    "inter_key_ms": (0, 200),
    "start_delay_ms": (0, 5000),
    "min_remaining_s": (0, 30),
    "debounce_ms": (5, 200),
    "long_press_ms": (300, 5000),
}
ENDS |= {"menu_timeout_ms": (1000, 30000), "sync_days": (0, 3650)}
WORDS = {"digits": ["auto", "keypad", "switch", "row"], "menu": ["hold", "off"]}
WORDS["layout"] = ["us", "uk", "de", "ch", "fr", "be", "cz", "sk", "hu", "jp", "dvorak"]
EVERY = [(name, end) for name, ends in ENDS.items() for end in ends]
EVERY += [(name, word) for name, words in WORDS.items() for word in words]


def documented():
    """name -> default, from the table under 'Settings'."""
    table = PROTOCOL.read_text().split("## Settings")[1].split("##")[0]
    rows = re.findall(r"^\| (\w+) \| .*? \| (\S+) \| [^|]+\|$", table, re.MULTILINE)
    return {name: value.strip('"') for name, value in rows if name != "name"}


def test_the_defaults_are_the_documented_ones():
    assert {name: str(value) for name, value in settings.defaults().items()} == documented()


@pytest.mark.parametrize(("name", "value"), EVERY)
def test_there_and_back(name, value):
    key, number = settings.encode(name, value)
    assert 0 < key < 256
    assert 0 <= number < 65536
    assert settings.decode(key, number) == (name, value)


@pytest.mark.parametrize(("name", "ends"), ENDS.items())
def test_past_the_ends(name, ends):
    key, _ = settings.encode(name, ends[0])
    for number in (ends[0] - 1, ends[1] + 1):
        with pytest.raises(ValueError, match=name):
            settings.encode(name, number)
        assert settings.decode(key, number) is None


@pytest.mark.parametrize("name", ["inter_key_ms", "layout"])
@pytest.mark.parametrize("value", [None, True, False, 1.0, "1", "US", [], {}])
def test_other_types(name, value):
    with pytest.raises(ValueError, match=name):
        settings.encode(name, value)


def test_unknown_names_keys_and_words():
    with pytest.raises(KeyError):
        settings.encode("speed", 1)
    assert settings.decode(0, 0) is None
    assert settings.decode(200, 0) is None
    assert settings.decode(settings.encode("layout", "us")[0], 200) is None


def test_keys_are_for_ever():
    """Numbers that stores out there hold: adding is fine, changing is not."""
    assert [settings.encode("digits", word) for word in WORDS["digits"]] == [(1, n) for n in range(4)]
    assert [settings.encode("layout", word) for word in WORDS["layout"]] == [(2, n) for n in range(11)]
    assert [
        settings.encode(name, ENDS[name][0])[0]
        for name in ("inter_key_ms", "start_delay_ms", "min_remaining_s")
    ] == [3, 4, 5]
    assert [
        settings.encode(name, ENDS[name][0])[0]
        for name in ("debounce_ms", "long_press_ms", "menu_timeout_ms")
    ] == [6, 7, 8]
    assert settings.encode("menu", "off") == (9, 1)
    assert settings.encode("sync_days", 400) == (11, 400)
