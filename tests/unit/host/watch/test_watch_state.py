"""What a live view knows: the account chosen, and a code only as long as it is good."""

import pytest

from ticktap.clock.offset_estimator import Offset
from ticktap.otp.account import Listed
from ticktap.watch.state import KEPT, View, Wanted

CODE = "314159"
UNIX = 1_800_000_000 - 1_800_000_000 % 30


def listed(number, name="alice", **fields):
    usual = {"issuer": "", "type": "totp", "algorithm": "SHA1", "digits": 6, "period": 30, "counter": 0}
    return Listed(**usual | {"suffix": "none", "default": False} | fields, id=number, name=name)


def plugged(*accounts, **fields):
    """The view of a token with these accounts."""
    return View(**{"plugged": True, "clock": "ok", "accounts": list(accounts)} | fields)


def showing(answer, offset=None, unix=UNIX):
    """A view that was given this answer at moment 100."""
    view = plugged(listed(1), offset=offset)
    view.show(Wanted(1, "alice", 30, 130.0), {"code": CODE} | answer, 100.0, unix)
    return view


@pytest.mark.parametrize(
    ("answer", "offset", "unix", "left"),
    [
        ({"unix": UNIX + 20, "remaining": 10}, None, UNIX + 20.5, 10),
        ({"unix": UNIX + 20, "remaining": 10}, Offset(0.0, 0.01), UNIX + 20.75, 9.25),
        ({"unix": UNIX + 20, "remaining": 10}, Offset(5.0, 0.01), UNIX + 15.5, 9.5),
        (
            {"unix": UNIX + 20, "remaining": 10},
            Offset(-50.0, 0.01),
            UNIX + 20.5,
            10,
        ),  # never longer than told
        ({"counter": 3}, Offset(0.0, 0.01), UNIX, KEPT),
    ],
)
def test_a_code_is_gone_when_it_expires(answer, offset, unix, left):
    view = showing(answer, offset, unix)
    view.tick(100 + left - 0.01)
    assert view.shown.code == CODE
    view.tick(100 + left)
    assert view.shown is None
    assert CODE not in repr(view)


@pytest.mark.parametrize("end", [View.wipe, View.lost])
def test_a_code_is_gone_when_the_view_forgets_it(end):
    view = showing({"unix": UNIX, "remaining": 30})
    assert CODE not in repr(view)
    assert CODE not in str(view.document())
    end(view)
    assert view.shown is None


def test_choosing_wipes_the_code_and_stops_at_the_ends():
    view = plugged(listed(4), listed(2, default=True), listed(9))
    assert view.entry.id == 2
    view.show(Wanted(2, "", 30, 130.0), {"code": CODE, "unix": UNIX, "remaining": 30}, 100.0, UNIX)
    for step, number in ((1, 9), (1, 9), (-1, 2), (-1, 4), (-1, 4)):
        view.choose(step)
        assert view.entry.id == number
        assert view.shown is None


def test_staying_at_the_end_keeps_the_code():
    view = showing({"unix": UNIX, "remaining": 30})
    view.choose(1)
    assert view.shown.code == CODE


def test_a_choice_that_is_gone_falls_back_to_the_default():
    view = plugged(listed(1), listed(2, default=True), chosen=7)
    assert view.entry.id == 2


def test_whoever_is_not_the_owner_can_choose_the_default_only():
    view = View(plugged=True, accounts=None, default=3)
    assert [(each.id, each.label) for each in view.entries] == [(3, "account number 3")]
    assert View(plugged=True, accounts=None).entry is None


@pytest.mark.parametrize("state", [{"locked": True}, {"plugged": False}])
def test_what_is_locked_or_gone_shows_no_accounts(state):
    view = plugged(listed(1, "secretive"))
    for name, value in state.items():
        setattr(view, name, value)
    assert view.entry is None
    assert "secretive" not in str(view.document())


def test_time_left_is_by_the_clock_of_the_token():
    view = plugged(listed(1), offset=Offset(3.0, 0.01))
    assert view.left(view.entry, UNIX + 10) == 17
    view.clock = "stopped"
    assert view.left(view.entry, UNIX + 10) is None
    view = plugged(listed(1, type="hotp", period=0), offset=Offset(3.0, 0.01))
    assert view.left(view.entry, UNIX) is None
