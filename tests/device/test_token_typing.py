"""Which reports a code becomes: rolled-over keys, suffixes, rows, letters, pace and delay."""

import pytest

from support.virtual_desk import ENTER, SECRET, SHOWN_MS, TAB, hotp, keypad, keys_of, rolled, steam

EQUAL_NEIGHBOURS = [0, 1, 2, 3]


def neighbours(code):
    return sum(a == b for a, b in zip(code, code[1:], strict=False))


def counter_with(count):
    """A HOTP counter whose code has `count` pairs of equal neighbours."""
    return next(n for n in range(100_000) if neighbours(hotp(SECRET, n)) == count)


@pytest.mark.parametrize("equal", EQUAL_NEIGHBOURS)
def test_seven_reports_and_one_for_each_equal_neighbour(desk, equal):
    counter = counter_with(equal)
    desk.add(type="hotp", counter=counter)
    code = hotp(SECRET, counter)
    assert desk.click() == code
    assert len(desk.sent) == 7 + equal
    assert keys_of(desk.sent) == rolled(keypad(code))


def test_a_report_is_taken_every_8_ms(alice):
    alice.click()
    times = [report.ms for report in alice.token.reports]
    assert [round(b - a, 3) for a, b in zip(times, times[1:], strict=False)] == [8.0] * (len(times) - 1)


@pytest.mark.parametrize(
    ("suffix", "keys", "text"), [("none", [], ""), ("enter", [ENTER], "\n"), ("tab", [TAB], "\t")]
)
def test_suffix(desk, suffix, keys, text):
    desk.add(type="hotp", suffix=suffix)
    code = hotp(SECRET, 0)
    assert desk.click() == code + text
    assert keys_of(desk.sent) == rolled(keypad(code) + keys)


def test_a_suffix_can_be_changed(alice):
    alice.call("account.set", id=1, suffix="tab")
    assert alice.click() == alice.code() + "\t"


SHIFT = 0x02
STEAM_KEYS = {"us": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "de": "ABCDEFGHIJKLMNOPQRSTUVWXZY"}
STEAM_KEYS |= {"cz": STEAM_KEYS["de"], "fr": "QBCDEFGHIJKL;NOPARSTUVZXYW"}


def steam_reports(code, layout):
    strokes = []
    for character in code:
        if character.isdigit():
            strokes.append((0, keypad(character)[0]))
        else:
            on_us = STEAM_KEYS[layout][ord(character) - ord("A")]
            strokes.append((SHIFT, 0x33 if on_us == ";" else 0x04 + ord(on_us) - ord("A")))
    out = []
    for i, (modifier, usage) in enumerate(strokes):
        if i and strokes[i - 1][1] == usage:
            out.append(bytes(8))
        out.append(bytes([modifier, 0, usage, 0, 0, 0, 0, 0]))
    return [*out, bytes(8)]


@pytest.mark.parametrize("layout", STEAM_KEYS)
def test_letters_of_steam(desk, layout):
    desk.call("settings.set", layout=layout)
    desk.add(type="steam")
    seen = set()
    for _ in range(6):
        desk.click()
        code = steam(SECRET, int(desk.clock) // 30)
        assert desk.sent == steam_reports(code, layout)
        seen |= set(code)
        desk.to_second(5, 30)
        desk.set_clock(desk.clock + 30)
    assert any(c.isalpha() for c in seen)


def test_steam_with_caps_lock_on(desk):
    desk.token.set_locks(caps_lock=True)
    desk.add(type="steam")
    code = steam(SECRET, int(desk.clock) // 30)
    assert desk.click() == code
    assert not any(report[0] for report in desk.sent)


@pytest.mark.parametrize(
    ("layout", "modifier", "zero"),
    [
        ("us", 0, 0x27),
        ("de", 0, 0x27),
        ("fr", SHIFT, 0x27),
        ("cz", SHIFT, 0x27),
        ("hu", 0, 0x35),
        ("jp", 0, 0x27),
    ],
)
def test_row_mode(desk, layout, modifier, zero):
    desk.call("settings.set", digits="row", layout=layout)
    desk.token.set_locks(num_lock=False)
    desk.add(type="hotp", digits=10, counter=1)
    desk.click()
    usages = [zero if c == "0" else 0x1E + int(c) - 1 for c in hotp(SECRET, 1, digits=10)]
    pressed = [report for report in desk.sent if any(report)]
    assert [report[2] for report in pressed] == usages
    assert {report[0] for report in pressed} == {modifier}
    assert desk.token.host.num_lock is False  # nobody needs it


def test_pace(alice):
    alice.call("settings.set", inter_key_ms=50)
    assert alice.click(wait=1000) == alice.code()
    times = [report.ms for report in alice.token.reports]
    gaps = {round(b - a) for a, b in zip(times, times[1:], strict=False)}
    assert gaps <= {48, 56, 64}  # 50 on a grid of 8
    assert times[-1] - times[0] >= 50 * (len(times) - 1) - 8


def test_delay(alice):
    alice.call("settings.set", start_delay_ms=500)
    alice.token.clear_typed()
    alice.token.press()
    released = alice.token.ms
    alice.token.advance(1000)
    assert alice.token.typed == alice.code()
    assert 500 <= alice.token.reports[0].ms - released <= 530


def test_a_pace_and_delay_leave_the_host_a_valid_code(alice):
    """A slow typist's code must still have its guard time when the last key arrives."""
    alice.call("settings.set", inter_key_ms=150, start_delay_ms=1500)
    for second in (24, 26):
        alice.to_second(second)
        alice.token.clear_typed()
        alice.token.press()
        assert alice.token.advance_until(lambda: len(alice.token.typed) == 6, 17_000)
        assert alice.token.typed == hotp(SECRET, int(alice.clock + 2) // 30)
        alice.token.advance(500)


def test_the_light_says_typed(alice):
    before = alice.token.ms
    alice.click()
    assert [on for on, _ in alice.lit_spells(before)] == [120]


def test_typing_on_request(alice):
    alice.token.clear_typed()
    number = alice.send("code.type", id=1)
    alice.token.advance(SHOWN_MS)
    alice.token.press_later(100)
    assert alice.result(number) == {"typed": True}
    assert alice.token.typed == alice.code()
    alice.token.advance(10)
    assert len(alice.sent) == 6 + 1 + neighbours(alice.code())
