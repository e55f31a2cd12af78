"""Which reports a code becomes."""

from __future__ import annotations

from conformance.desk import SECRET, Desk

SECRETS = {
    "SHA1": SECRET,
    "SHA256": SECRET + SECRET[:12],
    "SHA512": (SECRET * 4)[:64],
}  # RFC 6238, appendix B
NUM_LOCK_KEY = "53"
KEYS = {
    "keypad": {f"{key:02x}" for key in range(0x59, 0x63)},
    "row": {f"{key:02x}" for key in range(0x1E, 0x28)},
}


def each_hash(desk: Desk) -> None:
    for algorithm, secret in SECRETS.items():
        id = desk.add(algorithm, secret, algorithm=algorithm, digits=8)
        desk.client.default(id)
        desk.to_second(7)
        reports = desk.note(algorithm, desk.click())
        assert len(reports) >= 9 and reports[-1] == "00", (algorithm, reports, desk.ask("status"))
        desk.timed(f"release to first report, {algorithm}", desk.first_ms)
        desk.timed(f"release to last report, {algorithm}", desk.last_ms)


def counted_codes(desk: Desk) -> None:
    desk.add(type="hotp")
    codes = [desk.click() for _ in range(6)]
    assert len({tuple(code) for code in codes}) == 6
    desk.note("six codes", codes)
    desk.note("accounts", desk.ask("account.list"))


def steam_and_layouts(desk: Desk) -> None:
    desk.add(type="steam")
    for layout in ("us", "fr", "de", "dvorak"):
        for digits in ("auto", "keypad", "row"):
            desk.client.set_settings({"layout": layout, "digits": digits})
            desk.to_second(7)
            desk.note(f"{layout}, {digits}", desk.click())


def suffixes(desk: Desk) -> None:
    id = desk.add(type="hotp")
    for suffix, last in (("enter", "28"), ("tab", "2b"), ("none", None)):
        desk.client.set_suffix(id, suffix)
        reports = desk.note(suffix, desk.click())
        assert last is None or reports[-2] == last


def num_lock_switched_off(desk: Desk) -> None:
    """The host has reported it on before, so there is a Num Lock to switch."""
    desk.add()
    desk.token.set_locks(num_lock=False)
    desk.to_second(5)
    reports = desk.note("with Num Lock off", desk.click(wait=900))
    assert reports.count(NUM_LOCK_KEY) == 2, "switched on and back"
    desk.token.set_locks(num_lock=True)
    desk.to_second(5)
    assert NUM_LOCK_KEY not in desk.note("with Num Lock on", desk.click())


def caps_lock_on(desk: Desk) -> None:
    desk.add(type="steam")
    desk.token.set_locks(caps_lock=True)
    desk.to_second(5)
    desk.note("with Caps Lock on", desk.click())
    desk.note("status", desk.ask("status"))


def num_lock_off_at_plug_in(desk: Desk) -> None:
    """Linux reports nothing then; the number row needs no Num Lock."""
    _at(desk, "linux-num-off", "row")


def windows_with_num_lock_off(desk: Desk) -> None:
    """It reports at once that no LED is lit, and so may others that have no Num Lock."""
    _at(desk, "windows-num-off", "row")


def android(desk: Desk) -> None:
    _at(desk, "android", "keypad")


def macos_after_caps_lock(desk: Desk) -> None:
    """It reports Num Lock as off then; its Num Lock key would empty the line."""
    _at(desk, "macos", "row")
    desk.token.set_locks(caps_lock=True)
    desk.to_second(5)
    assert NUM_LOCK_KEY not in desk.note("Caps Lock on", desk.click())
    desk.note("status", desk.ask("status"))


def _at(desk: Desk, kind: str, digits: str) -> None:
    """Plugs the token into a computer of a kind and clicks: the keys must be those of `digits`."""
    desk.add()
    desk.token.unplug()
    desk.token.host.become(kind)
    desk.token.plug()
    desk.connect(changes=False)
    desk.spent = True  # the next scenario begins at a usual host
    assert desk.note("status", desk.ask("status"))["result"]["host"]["digits"] == digits
    desk.to_second(5)
    pressed = set(desk.note(kind, desk.click(wait=900))) - {"00"}
    assert pressed and pressed <= KEYS[digits]


def pace_and_delay(desk: Desk) -> None:
    desk.add()
    desk.client.set_settings({"inter_key_ms": 40, "start_delay_ms": 300})
    desk.to_second(5)
    desk.note("reports", desk.click(wait=1500))
    desk.timed("release to first report, delay 300", desk.first_ms)
    desk.timed("release to last report, pace 40", desk.last_ms)


def guard(desk: Desk) -> None:
    """A code about to end is not typed; the next one is."""
    desk.add()
    desk.to_second(30 - 2.5)  # a second and a bit passes until the press
    assert desk.click(wait=200) == []
    desk.token.advance(2500)
    desk.note("the code of the next step", desk.keys)
    assert len(desk.keys) >= 7
