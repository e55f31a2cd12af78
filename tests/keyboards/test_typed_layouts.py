"""A click on the virtual token, its reports decoded with real layout tables: everywhere the same digits."""

import json

import pytest

from keyboards.xkb import Host
from ticktap.device.client import Client

KEY = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="  # RFC 4226, appendix D
CODES = ["755224", "287082", "359152", "969429", "338314", "254676"]
layouts = pytest.mark.parametrize("layout", ["us", "fr", "cz", "hu", "de", "jp"])


class Desktop:
    """The virtual token's computer, with an xkb layout behind its USB port instead of the US keyboard."""

    def __init__(self, token, layout, *, num_lock, caps_lock=False, reports=True):
        self.screen = Host(layout, num_lock=num_lock, caps_lock=caps_lock)
        self._token = token
        self._usb = token.host
        self._usb.reports_leds = reports
        self._usb.num_lock, self._usb.caps_lock = num_lock, caps_lock
        self._seen = 0

    def wait(self, ms):
        """Time passes; what the token reported meanwhile goes to the layout."""
        self._token.advance(ms)
        new = self._token.reports[self._seen :]
        self._seen += len(new)
        self.screen.feed(report.data for report in new)

    def click(self):
        before = len(self.screen.text)
        self._token.buttons[0].push()
        self.wait(60)
        self._token.buttons[0].let_go()
        self.wait(400)
        assert self.screen.released
        assert self.screen.leds & 1 == self._usb.num_lock  # both computers agree on what the key did
        return self.screen.text[before:]


@pytest.fixture
def plug(make_virtual_token):
    def plug(layout, account='"type":"hotp"', settings="", **host):
        token = make_virtual_token(plugged=False)
        desktop = Desktop(token, layout, **host)
        token.plug()
        token.advance(500)
        port = token.open()
        client = Client(port)
        token.press_later(1200)
        client.allow_changes()
        if settings:
            client.set_settings(json.loads("{" + settings + "}"))
        assert client.add({"name": "a", "secret": KEY, **json.loads("{" + account + "}")}) == 1
        return desktop

    return plug


@layouts
def test_the_same_digits_everywhere_with_num_lock_on(plug, layout):
    """On the keypad; the token's layout need not fit."""
    desktop = plug(layout, num_lock=True)
    assert [desktop.click() for _ in CODES] == CODES
    assert desktop.screen.leds & 1


@layouts
@pytest.mark.parametrize(
    ("num_lock", "reports"),
    [(False, True), (True, False), (False, False)],
    ids=["off", "on-mute", "off-mute"],
)
def test_with_the_layout_set_num_lock_need_not_be_known(plug, layout, num_lock, reports):
    desktop = plug(layout, settings=f'"layout":"{layout}"', num_lock=num_lock, reports=reports)
    assert [desktop.click() for _ in CODES] == CODES
    assert "Num_Lock" not in desktop.screen.symbols


@layouts
@pytest.mark.parametrize("num_lock", [False, True], ids=["off", "on"])
def test_with_num_lock_to_be_switched_the_layout_need_not_be_known(plug, layout, num_lock):
    desktop = plug(layout, settings='"digits":"switch"', num_lock=num_lock)
    assert [desktop.click() for _ in CODES] == CODES
    assert bool(desktop.screen.leds & 1) is num_lock


@pytest.mark.parametrize(
    ("layout", "right"),
    [("us", True), ("de", True), ("jp", True), ("fr", False), ("cz", False), ("hu", False)],
)
def test_with_neither_known_the_layout_decides(plug, layout, right):
    """A new token at Linux with Num Lock off. Wrong characters at most, and no cursor keys."""
    desktop = plug(layout, num_lock=False)
    typed = [desktop.click() for _ in CODES]
    assert (typed == CODES) is right
    assert not set(desktop.screen.symbols) & {"Num_Lock", "KP_Up", "KP_Home", "KP_Delete"}


@layouts
def test_with_enter(plug, layout):
    desktop = plug(layout, '"type":"hotp","suffix":"enter"', f'"layout":"{layout}"', num_lock=False)
    assert desktop.click() == CODES[0] + "\n"


@layouts
def test_on_the_row(plug, layout):
    """Whatever Num Lock is, and whether or not anybody tells: the row needs none."""
    settings = f'"digits":"row","layout":"{layout}"'
    desktop = plug(layout, settings=settings, num_lock=False, reports=False)
    assert [desktop.click() for _ in CODES] == CODES
    assert "Num_Lock" not in desktop.screen.symbols


@layouts
@pytest.mark.parametrize("caps_lock", [False, True], ids=["caps-off", "caps-on"])
def test_letters(plug, layout, caps_lock):
    """Steam's codes have capitals; the virtual token's clock says which code it is."""
    settings = f'"layout":"{layout}"'
    desktop = plug(layout, '"type":"steam"', settings, num_lock=True, caps_lock=caps_lock)
    reference = plug("us", '"type":"steam"', num_lock=True)
    typed = desktop.click()
    assert len(typed) == 5
    assert set(typed) <= set("23456789BCDFGHJKMNPQRTVWXY")
    assert typed == reference.click()
