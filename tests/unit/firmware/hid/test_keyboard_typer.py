"""Reports, one at a time: their order, their pace, Num Lock, and what is known when typing breaks off."""

import pytest

from fob.hid.keyboard_typer import KeyboardTyper, report, rollover_reports

NUM, CAPS = 1, 2
SWITCH = report(0, 0x53)
UP = bytes(8)
SETTINGS = {"digits": "auto", "layout": "us", "inter_key_ms": 0, "start_delay_ms": 0}


def digit(character):
    return report(0, 0x59 + (int(character) - 1) % 10)


def run(typist, locks=NUM, now=0, until=2000):
    """(time, report) of everything typed, a step each ms; `locks` is a number, None, or a function of
    the time and the reports so far."""
    out = []
    while typist.busy and now < until:
        state = locks(now, out) if callable(locks) else locks
        sent = typist.step(now, state)
        if sent is not None:
            out.append((now, sent))
        now += 1
    return out


def row(character):
    return report(0, 0x1E + (int(character) - 1) % 10)


def typed(text, locks=NUM, seen=NUM, **settings):
    """The reports of a text, at a host that has reported `seen` before."""
    typist = KeyboardTyper({**SETTINGS, **settings})
    typist.observe_locks(seen)
    typist.start(text, 0, locks(0, []) if callable(locks) else locks)
    return [sent for _, sent in run(typist, locks)]


@pytest.mark.parametrize(
    ("text", "reports"),
    [
        ("1", [digit("1"), UP]),
        ("12", [digit("1"), digit("2"), UP]),
        ("11", [digit("1"), UP, digit("1"), UP]),
        ("123456", [*map(digit, "123456"), UP]),
        ("000", [digit("0"), UP, digit("0"), UP, digit("0"), UP]),
        ("1\n", [digit("1"), report(0, 0x28), UP]),
        ("1\t", [digit("1"), report(0, 0x2B), UP]),
        ("A1", [report(2, 0x04), digit("1"), UP]),
        ("AA", [report(2, 0x04), UP, report(2, 0x04), UP]),
    ],
)
def test_reports_of_a_text(text, reports):
    assert typed(text) == reports


def test_the_same_key_with_another_modifier_is_released_first():
    """A host does not see a key come again that never went."""
    assert rollover_reports([(2, 0x1E), (0, 0x1E)]) == [report(2, 0x1E), UP, report(0, 0x1E), UP]


@pytest.mark.parametrize("locks", [NUM, NUM | CAPS], ids=["on", "with caps"])
def test_num_lock_that_is_on_is_left_alone(locks):
    assert typed("12", locks) == [digit("1"), digit("2"), UP]


@pytest.mark.parametrize(
    ("locks", "seen"),
    [(None, None), (0, 0), (CAPS, CAPS), (0, CAPS)],
    ids=["none", "off", "caps", "caps off"],
)
def test_where_num_lock_may_not_exist_the_row_is_used(locks, seen):
    assert typed("12", locks, seen) == [row("1"), row("2"), UP]


@pytest.mark.parametrize("seen", [NUM, 4, 8, 16], ids=["num", "scroll", "compose", "kana"])
def test_a_led_that_macos_never_lights_proves_a_num_lock(seen):
    typist = KeyboardTyper(SETTINGS)
    typist.observe_locks(seen)
    assert typist.digits(0) == "switch"
    typist.new_host()
    assert typist.digits(0) == "row"


@pytest.mark.parametrize(
    ("setting", "locks", "how"),
    [
        ("keypad", None, "keypad"),
        ("keypad", 0, "keypad"),
        ("row", NUM, "row"),
        ("switch", None, "switch"),
        ("switch", CAPS, "switch"),
        ("switch", NUM, "keypad"),
        ("auto", NUM, "keypad"),
    ],
)
def test_what_the_setting_asks_for(setting, locks, how):
    assert KeyboardTyper({**SETTINGS, "digits": setting}).digits(locks) == how


def answering(after_ms):
    """A host that answers to the Num Lock key after so long."""

    def locks(now, out):
        presses = [at for at, sent in out if sent == SWITCH and at + after_ms <= now]
        return NUM if len(presses) % 2 else 0

    return locks


@pytest.mark.parametrize("after_ms", [1, 30, 249])
def test_num_lock_switched_on_and_back(after_ms):
    assert typed("12", answering(after_ms)) == [SWITCH, UP, digit("1"), digit("2"), UP, SWITCH, UP]


@pytest.mark.parametrize("digits", ["auto", "switch"])
def test_without_an_answer_it_is_pressed_back_and_the_row_used(digits):
    typist = KeyboardTyper({**SETTINGS, "digits": digits})
    typist.observe_locks(NUM)
    typist.start("12", 0, 0)
    out = run(typist, 0)
    assert [sent for _, sent in out] == [SWITCH, UP, SWITCH, UP, row("1"), row("2"), UP]
    assert 250 <= out[2][0] <= 255
    typist.start("12", 1000, 0)
    assert [sent for _, sent in run(typist, 0, now=1000)] == [row("1"), row("2"), UP]


def unreported(start, after_ms=5):
    """A host that reports nothing until the Num Lock key changes something; `start` is its state."""

    def locks(now, out):
        presses = [at for at, sent in out if sent == SWITCH and at + after_ms <= now]
        return (start ^ len(presses) % 2) if presses else None

    return locks


@pytest.mark.parametrize(
    ("start", "reports"),
    [
        (0, [SWITCH, UP, digit("1"), UP, SWITCH, UP]),
        (NUM, [SWITCH, UP, SWITCH, UP, digit("1"), UP]),
    ],
    ids=["was off", "was on"],
)
def test_switch_finds_out_what_was_not_reported(start, reports):
    assert typed("1", unreported(start), None, digits="switch") == reports


@pytest.mark.parametrize(
    ("text", "settings"),
    [("ABC", {}), ("\n", {}), ("12", {"digits": "row"}), ("12", {"digits": "keypad"})],
    ids=["letters", "enter", "row", "keypad"],
)
def test_num_lock_is_not_needed(text, settings):
    assert SWITCH not in typed(text, 0, **settings)


def test_caps_lock_as_it_is_after_num_lock_was_switched():
    locks = answering(5)
    assert typed("A1", lambda now, out: locks(now, out) | CAPS)[2:4] == [report(0, 0x04), digit("1")]


def test_pace_and_delay():
    typist = KeyboardTyper({**SETTINGS, "inter_key_ms": 20, "start_delay_ms": 100})
    typist.start("123", 1000, NUM)
    assert [at for at, _ in run(typist, now=1000)] == [1100, 1120, 1140, 1160]


def test_busy_until_the_last_report_was_taken():
    """Whoever asks for the next step has handed over the last one."""
    typist = KeyboardTyper(SETTINGS)
    typist.start("1", 0, NUM)
    typist.step(0, NUM)
    assert typist.step(0, NUM) == UP
    assert typist.busy
    assert typist.step(1, NUM) is None
    assert not typist.busy


@pytest.mark.parametrize(("steps", "started"), [(0, False), (1, True), (2, True), (3, True), (4, False)])
def test_stopping_tells_whether_a_report_may_be_on_its_way(steps, started):
    typist = KeyboardTyper(SETTINGS)
    typist.start("12", 0, NUM)
    for now in range(steps):
        typist.step(now, NUM)
    assert typist.stop() is started
    assert not typist.busy
    assert typist.step(9, NUM) is None
    assert typist.stop() is False


def test_stopping_while_num_lock_is_awaited():
    typist = KeyboardTyper(SETTINGS)
    typist.observe_locks(NUM)
    typist.start("12", 0, 0)
    typist.step(0, 0)
    assert typist.stop() is True
    typist.start("3", 10, NUM)
    assert [sent for _, sent in run(typist, now=10)] == [digit("3"), UP]


@pytest.mark.parametrize("text", ["12z", "1-2", "é"])
def test_what_has_no_key_is_refused_and_not_named(text):
    with pytest.raises(ValueError, match="at place") as refused:
        typed(text)
    assert not set(text) & set("z-é") & set(str(refused.value))
