"""What the command says of the settings is what the firmware takes."""

import pytest

from fob.store.settings import TABLE, encode
from ticktap.device.settings_table import SETTINGS, help_text
from ticktap.errors import BadInput


def takes(check, name, value):
    try:
        check(name, value)
    except (ValueError, BadInput):
        return False
    return True


def test_names_and_defaults_are_the_firmware_s():
    assert {name: default for _, name, default, _ in TABLE} == {
        each.name: each.default for each in SETTINGS.values()
    }


@pytest.mark.parametrize("name", SETTINGS)
def test_values_are_the_firmware_s(name):
    setting = SETTINGS[name]
    edges = {each + step for each in setting.values if isinstance(each, int) for step in (-1, 0, 1)}
    words = {each for each in setting.values if isinstance(each, str)}
    for value in (*edges, *words, 0, -1, 10**6, "", "x", "auto", "us"):
        assert takes(encode, name, value) == takes(lambda _, v: setting.check(v), name, value), value


def test_every_setting_is_explained():
    text = help_text()
    for each in SETTINGS.values():
        assert f"{each.name}: {each.range}; default {each.default}" in text
        assert each.meaning.split(".")[0][:40] in " ".join(text.split())
