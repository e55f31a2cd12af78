"""An input that matches several factors, and the look-ahead window, with the codes of RFC 4226 appendix D."""

import pytest

from ticktap.otp.account import Account

RFC = Account("Example", "rfc", b"12345678901234567890", type="hotp")
CODES = (  # appendix D, counters 0 to 9
    "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
)  # fmt: skip

# Found by trial: the code of counter 0 is the RFC's code of counter 0, or of counter 1.
SAME_0 = Account("Example", "same", b"00000000000000024547", type="hotp")
SAME_1 = Account("Example", "same", b"00000000000000843553", type="hotp")


def add(desk, *accounts):
    """A user with these accounts, each on a token of its own, in this order."""
    desk.registry.users.add("ann")
    for number, account in enumerate(accounts, start=1):
        desk.registry.keep(account, f"T{number}", 1, "ann")


def test_a_used_code_does_not_hide_a_valid_one(desk):
    add(desk, RFC, SAME_0)
    assert desk.verify(CODES[0]).token == "T1"
    assert desk.verify(CODES[0]).token == "T2"
    assert desk.verify(CODES[0]).reason == "used"


def test_a_code_that_is_out_of_sync_does_not_hide_a_valid_one(desk):
    add(desk, RFC, SAME_1)
    desk.registry.set_policy("look_ahead", 0)
    answer = desk.verify(CODES[1])
    assert (answer.ok, answer.token, answer.counter) == (True, "T2", 0)


def test_a_used_code_does_not_hide_one_that_is_out_of_sync(desk):
    add(desk, SAME_1, RFC)
    desk.registry.set_policy("look_ahead", 0)
    assert desk.verify(CODES[1]).token == "T1"
    assert desk.verify(CODES[1]).reason == "resync"
    answer = desk.verify(CODES[2])
    assert (answer.ok, answer.token, answer.counter) == (True, "T2", 2)


def test_of_two_valid_accounts_the_one_added_first_is_used(desk):
    add(desk, SAME_0, RFC)
    assert [desk.verify(CODES[0]).token for _ in range(2)] == ["T1", "T2"]


def test_a_match_by_a_method_that_is_not_allowed_says_so(desk):
    add(desk, RFC)
    desk.registry.users.set_methods("ann", ["backup-code"])
    assert desk.verify(CODES[0]).reason == "method"
    assert desk.verify("000000").reason == "no-match"
    desk.registry.users.set_methods("ann", ["token"])
    assert desk.verify(CODES[0]).ok, "the refused code was not marked as used"


@pytest.mark.parametrize("look_ahead", [0, 3, 9])
def test_the_setting_look_ahead_is_the_last_counter_of_one_code(desk, look_ahead):
    add(desk, RFC)
    desk.registry.set_policy("look_ahead", look_ahead)
    desk.registry.set_policy("resync", 0)
    for code in CODES[look_ahead + 1 :]:
        desk.registry.users.unlock("ann")
        assert desk.verify(code).reason == "no-match"
    answer = desk.verify(CODES[look_ahead])
    desk.registry.users.unlock("ann")
    if not answer.ok:  # it was the turn of a wait
        answer = desk.verify(CODES[look_ahead])
    assert (answer.ok, answer.counter) == (True, look_ahead)


def test_the_setting_resync_counts_from_the_end_of_the_look_ahead_window(desk):
    add(desk, RFC)
    desk.registry.set_policy("look_ahead", 2)
    desk.registry.set_policy("resync", 3)  # counters 3, 4 and 5
    assert desk.verify(CODES[6]).reason == "no-match"
    assert desk.verify(CODES[5]).reason == "resync"
    assert desk.verify(CODES[6]).reason == "no-match", "the second code must be in the range too"
    desk.registry.users.unlock("ann")
    assert desk.verify(CODES[3]).reason == "resync"
    answer = desk.verify(CODES[4])
    assert (answer.ok, answer.counter) == (True, 4)
