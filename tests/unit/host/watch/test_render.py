"""The live view as lines: nothing too wide, nothing that moves a cursor, what matters on small ones too."""

import pytest

from ticktap.clock.offset_estimator import Offset
from ticktap.watch.render import EMPTY, FULL, bar, large, picture
from ticktap.watch.state import View, Wanted
from ticktap.watch.text_width import width
from unit.host.watch.test_watch_state import CODE, UNIX, listed, plugged

SIZES = [(80, 24), (100, 40), (40, 12), (38, 9), (20, 5), (12, 3), (5, 2), (1, 1), (200, 3)]
NAMES = [
    "三菱:山田太郎の銀行口座番号一",
    "e\u0301" * 40,
    "a\x1b[2J\x1b[1;1Hb",
    "plain",
    "\u202eevil",
    "x" * 64,
    "🔑" * 16,
]


def full(**fields):
    """A token with many accounts, and much to say."""
    accounts = [listed(number, NAMES[number % len(NAMES)], default=number == 1) for number in range(30)]
    usual = {
        "name": "desk\x1b]0;x\x07",
        "serial": "DE6312",
        "offset": Offset(0.003, 0.002),
        "synced": UNIX - 90000,
    }
    return plugged(
        *accounts, **usual | {"warnings": ["nobody keeps \x1b[31m this computer's clock"]} | fields
    )


def coded(view):
    view.show(Wanted(1, view.entry.label, 30, 1.0), {"code": CODE, "unix": UNIX, "remaining": 30}, 0.0, UNIX)
    return view


VIEWS = {
    "idle": full(),
    "wanted": full(wanted=Wanted(1, NAMES[0], 30, 30.0)),
    "code": coded(full()),
    "locked": full(locked=True, pin=True),
    "not the owner": View(plugged=True, clock="ok", accounts=None, default=1),
    "clock": full(clock="stopped", offset=None),
    "empty": plugged(),
    "unplugged": View(serial="DE6312"),
    "message": full(message="Nobody pressed.\x1b[5m Try " + "again " * 60),
}


def lines(view, size=(80, 24), now=0.0, unix=UNIX):
    return [row.text for row in picture(view, size, now, unix)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", VIEWS)
def test_it_fits_and_moves_no_cursor(name, size):
    drawn = lines(VIEWS[name], size)
    assert 0 < len(drawn) <= size[1]
    assert max(map(width, drawn)) <= size[0]
    assert all(line.isprintable() for line in drawn)


@pytest.mark.parametrize("size", [(0, 0), (80, 0), (0, 24)])
def test_no_terminal_at_all(size):
    assert lines(VIEWS["idle"], size) == []


@pytest.mark.parametrize("size", [size for size in SIZES if size[0] >= len(CODE)])
def test_the_code_is_there_on_every_terminal_that_can_hold_it(size):
    assert any(line.startswith(CODE) for line in lines(VIEWS["code"], size))


def test_without_a_press_there_is_no_code():
    assert [name for name in VIEWS if CODE in " ".join(lines(VIEWS[name]))] == ["code"]


@pytest.mark.parametrize("number", range(30))
def test_the_chosen_account_is_always_in_sight(number):
    view = full(chosen=number)
    chosen = [row for row in picture(view, (40, 8), 0.0, UNIX) if row.text.startswith("> ")]
    assert [row.strong for row in chosen] == [True]
    assert len([line for line in lines(view, (40, 8)) if line.startswith("  ")]) >= 2


def test_the_default_is_marked_and_names_stay_in_their_columns():
    drawn = lines(
        plugged(listed(1, "三菱", default=True), listed(2, "x" * 64), listed(3, damaged=True)), (40, 20)
    )
    assert "> 三菱  default" in drawn
    assert "  " + "x" * 37 + "…" in drawn
    assert "  alice  damaged" in drawn
    wide = lines(plugged(listed(1, "三" * 21, default=True)), (40, 20))
    assert "> " + "三" * 13 + "…   default" in wide


@pytest.mark.parametrize(
    ("at", "left", "cells"), [(0, 30, 40), (0.5, 30, 39), (15, 15, 20), (29, 1, 1), (29.9, 1, 0)]
)
def test_the_bar_counts_down(at, left, cells):
    view = plugged(listed(1), offset=Offset(0.0, 0.01))
    assert f"{bar(cells / 40, 40)} {left} s left in this step" in lines(view, unix=UNIX + at)


@pytest.mark.parametrize(("now", "left"), [(0.0, 30), (29.5, 1)])
def test_the_code_says_when_it_is_gone(now, left):
    assert any(f" gone in {left} s" in line for line in lines(VIEWS["code"], now=now))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wanted", "Press the button on the token for the code of 三菱"),
        ("locked", "run 'ticktap unlock'"),
        ("locked", "u PIN"),
        ("not the owner", "to its owner only"),
        ("not the owner", "account number 1"),
        ("clock", "not to be trusted (stopped): Set it with 'ticktap clock sync'"),
        ("empty", "ticktap account add"),
        ("unplugged", "The token is unplugged"),
        ("idle", "+3 ms from this computer's, give or take 2 ms, synced 1 day ago"),
        ("idle", "note        nobody keeps ?[31m this computer's clock"),
        ("idle", "last press  none since it was plugged in"),
        ("idle", "q leaves"),
    ],
)
def test_what_it_says(name, words):
    assert words in "\n".join(lines(VIEWS[name], (110, 24)))


def test_large_digits_differ_and_other_codes_have_none():
    drawn = {tuple(large(digit)) for digit in "0123456789"}
    assert len(drawn) == 10
    assert {len(line) for line in large("0123456789")} == {6 * 10 + 2 * 10}
    assert large("NV4B7") == large("") == []
    assert set("".join(large("08"))) == {FULL, " "}


def test_a_letter_code_is_shown_plain():
    view = full()
    view.show(Wanted(1, "", 30, 1.0), {"code": "NV4B7", "unix": UNIX, "remaining": 30}, 0.0, UNIX)
    drawn = lines(view)
    assert [line for line in drawn if line.startswith("NV4B7")]
    assert not any(line.startswith(FULL * 4 + "  ") for line in drawn)


def test_a_bar():
    assert [bar(share, 4) for share in (-1, 0, 0.5, 1, 2)] == [
        EMPTY * 4,
        EMPTY * 4,
        FULL * 2 + EMPTY * 2,
        FULL * 4,
        FULL * 4,
    ]
