"""keypad.Keys: scans of every 20 of the chip's ticks (19.5 ms), thresholds, the queue."""

import pytest

EVENTS = """
import board, keypad, supervisor, time
keys = keypad.Keys((board.GP15,), value_when_pressed=False{options})
{extra}
while True:
    event = keys.events.get()
    if event:
        print(event, event.timestamp - 0x1FFF0000)
    time.sleep(0.001)
"""


@pytest.fixture
def keys(run):
    """A token that prints its key events, and the events so far as (direction, ms) pairs."""

    def start(options="", extra="", **arguments):
        token = run(EVENTS.format(options=options, extra=extra), **arguments)

        def events():
            return [line.replace(">", "").split()[3:] for line in token.console.splitlines()]

        return token, events

    return start


def test_a_press_and_its_release(keys):
    token, events = keys()
    began = token.ms
    token.press(ms=60)
    token.advance(30)
    (down, down_at), (up, up_at) = events()
    assert (down, up) == ("pressed", "released")
    assert 0 <= int(down_at) - began <= 20
    assert 40 <= int(up_at) - int(down_at) <= 80


def test_a_glitch_between_two_scans_is_not_seen_and_one_over_a_scan_is(keys):
    """8 ms at every phase of the 19.5 ms grid: seen in about 8 of 19.5 cases, always as a pair."""
    token, events = keys()
    seen = 0
    for _ in range(40):
        before = len(events())
        token.press(ms=8)
        token.advance(200.5)
        assert len(events()) - before in (0, 2)
        seen += len(events()) - before
    assert 16 < seen < 52


def test_a_threshold_of_two_wants_two_scans(keys):
    token, events = keys(", interval=0.010, debounce_threshold=2")
    for _ in range(10):
        token.press(ms=8)
        token.advance(100.5)
    assert events() == []
    token.press(ms=40)
    token.advance(60)
    assert [direction for direction, _ in events()] == ["pressed", "released"]


def test_a_key_that_is_down_from_the_start_gives_no_press(keys):
    token, events = keys(plugged=False)
    token.buttons[0].push()
    token.plug()
    assert events() == []
    token.buttons[0].let_go()
    token.advance(50)
    assert [direction for direction, _ in events()] == ["released"]


def test_reset_reports_a_key_that_is_down(keys):
    token, events = keys(extra="keys.reset()", plugged=False)
    token.buttons[0].push()
    token.plug()
    assert [direction for direction, _ in events()] == ["pressed"]


def test_the_queue_drops_what_does_not_fit(run):
    code = """
import board, keypad, time
keys = keypad.Keys((board.GP15,), value_when_pressed=False, max_events=3)
time.sleep(1)
print(len(keys.events), bool(keys.events), keys.events.overflowed)
event = keypad.Event()
print(keys.events.get_into(event), event.pressed, event.released, event == keypad.Event(0, True))
keys.events.clear()
print(len(keys.events), keys.events.overflowed, keys.events.get(), keys.events.get_into(event))
"""
    token = run(code)
    for _ in range(3):
        token.press(ms=60)
        token.advance(60)
    token.advance(1_000)
    assert token.console.splitlines()[:3] == ["3 True True", "True True False True", "0 False None False"]


def test_several_buttons(run):
    code = """
import board, keypad, time
keys = keypad.Keys((board.GP15, board.GP14), value_when_pressed=False)
while True:
    event = keys.events.get()
    if event and event.pressed:
        print(event.key_number)
    time.sleep(0.001)
"""
    token = run(code, buttons=(15, 14))
    token.press(2)
    token.advance(50)
    token.press(1)
    token.advance(50)
    assert token.console == "1\n0\n"


def test_nothing_is_scanned_while_flash_is_written(run):
    code = """
import board, keypad, microcontroller, time
microcontroller.nvm[0] = 1
keys = keypad.Keys((board.GP15,), value_when_pressed=False)
while not keys.events:
    time.sleep(0.001)
print('go')
microcontroller.nvm[0] = 1
print(len(keys.events))
"""
    token = run(code)
    token.buttons[0].push()
    assert token.advance_until(lambda: "go" in token.console, 100)
    token.buttons[0].let_go()
    token.advance(25)
    token.buttons[0].push()
    token.advance(100)
    assert token.console.startswith("go\n1\n")  # the first press alone, not what happened in the 53 ms


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("keypad.Keys((board.GP1, board.GP1), value_when_pressed=False)", "ValueError: GP1 in use"),
        ("keypad.Keys((1,), value_when_pressed=False)", "TypeError"),
        ("keypad.Keys((board.GP1,), value_when_pressed=False, debounce_threshold=0)", "ValueError"),
        ("keypad.Keys((board.GP1,), value_when_pressed=False, max_events=0)", "ValueError"),
        ("keypad.Keys((board.GP1,), value_when_pressed=False, interval=-1)", "ValueError"),
    ],
)
def test_wrong_use(printed, call, error):
    assert error in printed(f"import board, keypad\n{call}")
