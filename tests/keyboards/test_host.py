"""The host of these tests, tried by itself: rolled-over keys, repeated digits, odd reports."""

import pytest

from keyboards.hosts import report
from keyboards.xkb import NUM_LOCK, Host

ONE, TWO, THREE = 0x59, 0x5A, 0x5B
A, SHIFT = 0x04, 0x02


@pytest.fixture
def host():
    return Host("us", num_lock=True)


@pytest.mark.parametrize(
    ("reports", "text"),
    [
        ([report(0, ONE), report(0, TWO), report(0, THREE), report()], "123"),
        ([report(0, ONE), report(0, ONE, TWO), report(0, TWO), report()], "12"),
        ([report(0, ONE), report(0, ONE), report()], "1"),
        ([report(0, ONE), report(), report(0, ONE), report()], "11"),
        ([report(SHIFT, A), report(0, ONE), report(SHIFT, A), report()], "A1A"),
        ([report(0, A), report(SHIFT, A), report()], "a"),
        ([report(0, ONE, TWO, THREE), report()], "123"),
        ([report(0, 1, 1, 1, 1, 1, 1), report(0, ONE), report()], "1"),
    ],
    ids=["roll-over", "overlap", "held", "twice", "shift-and-keypad", "late-shift", "chord", "phantom"],
)
def test_reports_to_text(host, reports, text):
    assert host.feed(reports) == text
    assert host.released


def test_text_adds_up_over_calls(host):
    assert host.feed([report(0, ONE)]) == "1"
    assert not host.released
    assert host.feed([report(0, TWO), report()]) == "2"
    assert host.text == "12"


def test_num_lock_goes_on_at_the_press_and_off_at_the_release():
    host = Host("us")
    seen = []
    for step in [report(0, 0x53), report(), report(0, 0x53), report()]:
        host.feed([step])
        seen.append(host.leds)
    assert seen == [NUM_LOCK, NUM_LOCK, NUM_LOCK, 0]


def test_a_layout_that_does_not_exist():
    with pytest.raises(ValueError, match="no layout 'atlantis'"):
        Host("atlantis")


def test_a_report_of_the_wrong_length(host):
    with pytest.raises(ValueError, match="8 bytes, not 9"):
        host.feed([bytes(9)])


def test_a_key_no_code_needs(host):
    with pytest.raises(KeyError):
        host.feed([report(0, 0x65)])
