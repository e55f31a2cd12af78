"""token claim and release, and what a token with an owner lets whom do."""

import pytest

from cli.command import BASE32, PIN, SECRET, URI
from cli.guarded import give_owner, give_pin
from cli.test_terminal import Terminal
from ticktap.device.owner_key import KeyLocation
from ticktap.otp.account import Account


@pytest.fixture
def owned(ticktap, token):
    """The owner's command with a token that has alice and bob."""
    for name in ("alice", "bob"):
        token.do_account_add(**Account("Example", name, SECRET).to_params())
    token.hang_up()
    give_owner(token, ticktap)
    return ticktap


@pytest.fixture
def stranger(owned):
    """The same without the owner's key."""
    (owned.home / "kept" / "owner.key").rename(owned.home / "safe")
    return owned


CHANGES = [
    "account rename alice --name ann",
    "account move bob 1",
    "account default bob",
    "account suffix alice tab",
    "account remove alice --force",
    "settings set inter_key_ms=3",
    "token rename shelf",
    "token compact",
    "token reset --force",
    "pin set",
]


def test_claiming_makes_a_key_and_says_what_to_keep(ticktap, token):
    done = ticktap("token", "claim")
    path = ticktap.home / "kept" / "owner.key"
    assert done.code == 0, done.err
    assert f"changes need the owner key, {path}." in done.out
    assert "Keep a copy of that key in a safe place." in done.out
    assert "Press the button on the token to become its owner" in done.err
    assert path.stat().st_mode & 0o777 == 0o600
    assert token.owner not in (None, path.read_bytes()), "each token has a key of its own"
    assert ticktap("account", "add", stdin=URI).code == 0


def test_a_claim_that_nobody_presses_for_is_none(ticktap, token):
    token.finger = "none"
    assert ticktap("token", "claim").code == 6
    assert token.owner is None


def test_a_second_owner_is_refused(owned):
    done = owned("token", "claim")
    assert done.code == 6
    assert "has an owner already" in done.err


def test_the_key_can_lie_elsewhere(ticktap, token, tmp_path):
    assert ticktap("token", "claim", "--owner", str(tmp_path / "k")).code == 0
    done = ticktap("token", "rename", "x")
    assert done.code == 6
    assert "--owner FILE or TICKTAP_OWNER" in done.err
    assert ticktap("token", "rename", "x", TICKTAP_OWNER=str(tmp_path / "k")).code == 0
    assert ticktap("--owner", str(tmp_path / "k"), "token", "rename", "y").code == 0


@pytest.mark.parametrize("words", CHANGES)
def test_the_owner_changes_things_without_more_ado(owned, token, words):
    done = owned(*words.split(), stdin=PIN)
    assert done.code == 0, done.err
    assert "session.allow" not in [name for name, _ in token.calls]
    pressed = {"remove", "compact", "reset", "pin"} & set(words.split())
    assert bool(pressed) == ("Press the button" in done.err), "what destroys asks for a press as well"


@pytest.mark.parametrize("words", [*CHANGES, "account add", "account list", "settings show", "code alice"])
def test_nobody_else_changes_or_lists_anything(stranger, token, words):
    done = stranger(*words.split(), stdin=URI)
    assert (done.code, done.out) == (6, "")
    assert "the owner's key is not here" in done.err
    assert "Press" not in done.err
    assert [token.accounts[number]["name"] for number in token.order] == ["alice", "bob"]


def test_another_owners_key_is_told_apart(stranger, tmp_path):
    assert stranger("token", "claim", "--owner", str(tmp_path / "mine")).code == 6
    KeyLocation(str(tmp_path / "mine"), {}).create()
    done = stranger("account", "list", "--owner", str(tmp_path / "mine"))
    assert done.code == 6
    assert "has another owner" in done.err


def test_a_code_needs_a_press_and_no_key(stranger):
    done = stranger("code", "--json")
    assert done.code == 0, done.err
    assert (done.data["id"], done.data["account"]) == (1, "account number 1")
    assert stranger("type", "2", "--json").data["id"] == 2
    assert stranger("code", "#2", "--json").data["id"] == 2


def test_without_an_account_there_is_no_default(stranger, token):
    token.order, token.accounts, token.default = [], {}, None
    assert stranger("code").code == 6


def test_anyone_may_see_how_it_is(stranger, token):
    token.fine = False
    assert stranger("info", "--json").data["token"]["claimed"] is True
    assert stranger("clock", "show").code == 0
    assert stranger("token", "identify").code == 0
    assert stranger("list").code == 0
    done = stranger("doctor", "--json")
    checks = {check["name"]: check for check in done.document["data"]}
    assert checks["typing"]["detail"] == "not shown without the owner key"
    assert checks["owner"]["ok"] is None


def test_doctor_looks_with_the_owners_key(owned):
    checks = {check["name"]: check for check in owned("doctor", "--json").document["data"]}
    assert checks["owner"]["detail"] == "you: the owner key is available"
    assert "layout us" in checks["typing"]["detail"]


def test_a_small_correction_of_the_clock_is_anyones(stranger, token):
    token.clock_error = 0.7
    assert stranger("clock", "sync").code == 0


def test_a_large_one_is_the_owners_with_a_press(stranger, token):
    token.clock_error = 60.0
    done = stranger("clock", "sync")
    assert done.code == 6
    assert "the owner's key is not here" in done.err
    assert token.clock_sets == []
    done = stranger("clock", "sync", "--owner", str(stranger.home / "safe"))
    assert done.code == 0, done.err
    assert "to allow a larger change of its clock" in done.err


def test_letting_go_needs_the_owner_and_a_press(owned, token):
    token.finger = "none"
    assert owned("token", "release").code == 6
    token.finger = "press"
    assert owned("token", "release").out == "The token DE6312 no longer has an owner.\n"
    assert token.owner is None
    assert owned("token", "release").code == 6


def test_a_pin_gives_leave_to_list_at_a_terminal(stranger, token):
    give_pin(token, locked=False)
    run = Terminal(stranger, "account", "list")
    run.expect("PIN (8 tries left): ")
    run.type(PIN + "\n")
    code, out = run.end()
    assert code == 0, run.seen
    assert "alice" in out


def test_a_secret_in_the_place_of_a_file_is_refused(owned):
    done = owned("account", "list", "--owner", BASE32)
    assert done.code == 2
    assert "shell's history" in done.err


def test_a_file_that_others_can_read_is_refused(owned):
    (owned.home / "kept" / "owner.key").chmod(0o640)
    done = owned("account", "list")
    assert done.code == 1
    assert "chmod 600" in done.err


def test_the_key_is_in_no_output(owned):
    key = (owned.home / "kept" / "owner.key").read_bytes()
    for words in ("account list --json", "token rename x --debug", "doctor --json", "info"):
        done = owned(*words.split())
        for form in (key.hex(), repr(key)[2:-1]):
            assert form not in done.out + done.err


def test_an_unclaimed_token_asks_for_a_press_to_move_its_clock_far(ticktap, token):
    token.clock_error = 60.0
    token.finger = "none"
    assert ticktap("clock", "sync").code == 6
    assert token.clock_sets == []
    token.finger = "press"
    done = ticktap("clock", "sync")
    assert done.code == 0
    shown = ticktap("clock", "show", "--json").data
    assert (shown["sets"], shown["moved_ms"], shown["adjustment_left_ms"]) == (len(token.clock_sets), 0, 2000)
    assert shown["sets"] >= 1
