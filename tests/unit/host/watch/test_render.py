"""The live view as lines: nothing too wide, nothing that moves a cursor, what matters on small ones too."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from ticktap.clock.offset_estimator import Offset
from ticktap.watch.render import FULL, large, picture
from ticktap.watch.state import View, Wanted
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


def console(size, encoding="utf-8"):
    return Console(
        file=io.TextIOWrapper(io.BytesIO(), encoding), width=size[0], height=size[1], legacy_windows=False
    )


def lines(view, size=(80, 24), now=0.0, unix=UNIX, encoding="utf-8"):
    """The rows as text, without the blanks at their ends."""
    drawn = console(size, encoding)
    rendered = [
        drawn.render_lines(row, drawn.options.update(height=1)) for row in picture(view, drawn, now, unix)
    ]
    assert all(len(rows) == 1 for rows in rendered), "each row is one line"
    return ["".join(segment.text for segment in rows[0]).rstrip() for rows in rendered]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", VIEWS)
def test_it_fits_and_moves_no_cursor(name, size):
    drawn = lines(VIEWS[name], size)
    assert 0 < len(drawn) <= size[1]
    assert max(map(cell_len, drawn)) <= size[0]
    assert all(line.isprintable() for line in drawn)


@pytest.mark.parametrize("size", [size for size in SIZES if size[0] >= len(CODE)])
def test_the_code_is_there_on_every_terminal_that_can_hold_it(size):
    assert any(line.startswith(CODE) for line in lines(VIEWS["code"], size))


def test_without_a_press_there_is_no_code():
    assert [name for name in VIEWS if CODE in " ".join(lines(VIEWS[name]))] == ["code"]


@pytest.mark.parametrize("number", range(30))
def test_the_chosen_account_is_always_in_sight(number):
    view = full(chosen=number)
    rows = picture(view, console((40, 8)), 0.0, UNIX)
    chosen = [row for row in rows if str(row).startswith("> ")]
    assert [row.style for row in chosen] == ["bold"]
    assert len([line for line in lines(view, (40, 8)) if line.startswith("  ")]) >= 2


def test_the_default_is_marked_and_names_stay_in_their_columns():
    drawn = lines(
        plugged(listed(1, "三菱", default=True), listed(2, "x" * 64), listed(3, damaged=True)), (40, 20)
    )
    assert "> 三菱  default" in drawn
    assert "  " + "x" * 37 + "…" in drawn
    assert "  alice  damaged" in drawn
    wide = lines(plugged(listed(1, "三" * 21, default=True)), (40, 20))
    assert "> " + "三" * 13 + " …  default" in wide


@pytest.mark.parametrize(
    ("at", "left", "cells"), [(0, 30, 40), (0.5, 30, 39), (15, 15, 20), (29, 1, 1), (29.9, 1, 0)]
)
def test_the_bar_counts_down(at, left, cells):
    view = plugged(listed(1), offset=Offset(0.0, 0.01))
    (row,) = [row for row in lines(view, unix=UNIX + at) if row.endswith(f" {left} s left in this step")]
    assert cells <= row.count("━") + row.count("╸") <= cells + 1


@pytest.mark.parametrize(("now", "left"), [(0.0, 30), (29.5, 1)])
def test_the_code_says_when_it_expires(now, left):
    assert any(f"expires in {left} s" in line for line in lines(VIEWS["code"], now=now))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wanted", "Press the button on the token for the code of 三菱"),
        ("locked", "run 'ticktap unlock'"),
        ("locked", "u PIN"),
        ("not the owner", "to its owner only"),
        ("not the owner", "account number 1"),
        ("clock", "not trusted (stopped): Set it with 'ticktap clock sync'"),
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


def test_an_old_terminal_gets_ascii_only():
    view = coded(plugged(listed(1, "alice " * 30), offset=Offset(0.0, 0.01)))
    drawn = lines(view, encoding="ascii")
    assert any(line.startswith("##") for line in drawn)
    assert all(map(str.isascii, drawn))


def test_a_letter_code_is_shown_plain():
    view = full()
    view.show(Wanted(1, "", 30, 1.0), {"code": "NV4B7", "unix": UNIX, "remaining": 30}, 0.0, UNIX)
    drawn = lines(view)
    assert [line for line in drawn if line.startswith("NV4B7")]
    assert not any(line.startswith(FULL * 4 + "  ") for line in drawn)
