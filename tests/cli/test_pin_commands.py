"""pin set, change, remove, keys; unlock and lock; and what a locked token makes of other commands."""

import pytest

from cli.command import KEYS_PIN, NEW_PIN, PIN, SECRET, URI
from cli.guarded import give_pin
from cli.test_terminal import Terminal
from ticktap.otp.account import Account


@pytest.fixture
def locked(ticktap, token):
    """The command with a locked token that has alice."""
    token.do_account_add(**Account("Example", "alice", SECRET).to_params())
    give_pin(token)
    return ticktap


@pytest.fixture
def terminal(ticktap):
    """Starts a command at a terminal."""
    return lambda *args: Terminal(ticktap, *args)


NEW = "New PIN or passphrase (at least 6 characters): "


def answer(run, *pairs):
    """Answers each question in turn."""
    for question, text in pairs:
        run.expect(question)
        run.seen = ""
        run.type(text + "\n")
    return run.end()


def test_a_pin_is_set_with_a_press_and_unlocks(ticktap, token):
    done = ticktap("pin", "set", stdin=PIN + "\n")
    assert done.code == 0, done.err
    assert "After 8 wrong PINs it erases its accounts." in done.out
    assert "Press the button on the token to set the PIN" in done.err
    token.replug()
    assert ticktap("account", "list").code == 4
    done = ticktap("unlock", stdin=PIN + "\n")
    assert (done.code, done.out) == (0, "Unlocked until it is unplugged or locked.\n")
    assert ticktap("account", "list").code == 0
    assert ticktap("lock").out == "Locked.\n"
    assert ticktap("account", "list").code == 4


def test_the_pin_itself_is_nowhere_on_the_wire(ticktap, token):
    ticktap("pin", "set", stdin=PIN)
    ticktap("unlock", stdin=PIN)
    assert PIN not in repr(token.calls)
    keys = [params["key"] for name, params in token.calls if name in ("pin.set", "pin.unlock")]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_no_press_no_pin(ticktap, token):
    token.finger = "none"
    assert ticktap("pin", "set", stdin=PIN).code == 6
    assert token.pin_key is None


@pytest.mark.parametrize(("text", "code"), [("12345", 2), ("", 6), ("\n", 2), ("x" * 257, 2)])
def test_a_pin_that_will_not_do_is_refused_before_the_press(ticktap, token, text, code):
    done = ticktap("pin", "set", stdin=text)
    assert done.code == code
    assert "Press" not in done.err
    assert token.pin_key is None


def test_a_pin_of_digits_is_taken_with_a_warning(ticktap):
    done = ticktap("pin", "set", "--json", stdin="748251")
    assert done.code == 0
    assert "2 days" in done.data["warnings"][0]
    assert "2 days" in done.err
    assert "748251" not in done.out + done.err


def test_a_second_pin_needs_the_first(locked, token):
    done = locked("pin", "set", stdin=NEW_PIN)
    assert (done.code, token.calls[-1][0]) == (6, "pin.info")
    assert "'ticktap pin change'" in done.err
    assert locked("pin", "change", stdin=f"{NEW_PIN}\n{PIN}\n").code == 4
    assert token.tries == 7
    assert locked("pin", "change", stdin=f"{PIN}\n{NEW_PIN}\n").code == 0
    token.replug()
    assert locked("unlock", stdin=PIN).code == 4
    assert locked("unlock", stdin=NEW_PIN).code == 0


def test_a_pin_is_taken_away_by_whoever_knows_it(locked, token):
    assert locked("pin", "remove", stdin=NEW_PIN).code == 4
    done = locked("pin", "remove", stdin=PIN)
    assert (done.code, done.out) == (0, "Removed the PIN.\n")
    token.replug()
    assert locked("account", "list").code == 0
    assert locked("pin", "remove", stdin=PIN).code == 6


def test_a_pin_for_the_buttons(locked, token):
    assert locked("pin", "keys", stdin=KEYS_PIN).code == 4, "only when it is unlocked"
    token.locked = False
    for wrong in ("123", "12a3", "a" * 6):
        assert locked("pin", "keys", stdin=wrong).code == 2
    assert locked("pin", "keys", stdin=KEYS_PIN).out == "The buttons unlock it too.\n"
    assert token.buttons_pin == KEYS_PIN
    assert locked("pin", "keys", "--remove").out == "The buttons no longer unlock it.\n"
    assert token.buttons_pin is None


@pytest.mark.parametrize("words", [["unlock"], ["pin", "change"], ["pin", "remove"], ["pin", "keys"]])
def test_without_a_pin_nothing_is_asked(ticktap, token, words):
    done = ticktap(*words, stdin=PIN)
    assert done.code == 6
    assert not any(question in done.err for question in ("PIN (", "PIN:", "New PIN", "PIN for the buttons"))
    assert "pin.unlock" not in [name for name, _ in token.calls]


@pytest.mark.parametrize("words", [["unlock"], ["lock"], ["pin", "set"], ["pin", "change"], ["pin", "keys"]])
@pytest.mark.parametrize("text", [PIN, NEW_PIN, KEYS_PIN, "748251"])
def test_a_pin_on_the_command_line_is_refused_and_not_repeated(locked, token, words, text):
    done = locked(*words, text)
    assert done.code == 2
    assert "shell's history" in done.err
    assert text not in done.err
    assert token.calls == []


def test_an_empty_pin_uses_no_try_up(locked, token):
    assert locked("unlock", stdin="\n").code == 2
    assert token.tries == 8


def test_the_last_try_is_announced_and_said_to_have_been_the_last(locked, token):
    token.tries = 2
    done = locked("unlock", stdin=NEW_PIN)
    assert "PIN (2 tries left)" in done.err
    assert "last try" not in done.err.partition("PIN (2")[0]
    done = locked("unlock", stdin=NEW_PIN)
    assert done.code == 4
    assert done.err.startswith(
        "This is the last try. A wrong PIN now erases all accounts on the token and the PIN.\n"
        "PIN (1 try left): "
    )
    assert "the token has erased its accounts" in done.err
    assert token.order == []


def test_no_limit_of_tries_is_not_counted(locked, token):
    state = token.pin_state
    token.pin_state = lambda: state() | {"tries": None, "erases": False}
    done = locked("unlock", stdin=PIN)
    assert done.err == "PIN: \n"


def test_a_token_that_takes_no_more_tries_is_not_given_one(locked, token):
    for _ in range(3):
        assert locked("unlock", stdin=NEW_PIN).code == 4
    done = locked("unlock", stdin=PIN)
    assert done.code == 4
    assert "PIN (" not in done.err
    assert "Unplug the token" in done.err
    token.replug()
    assert locked("unlock", stdin=PIN).code == 0


def test_a_token_that_asks_for_a_cheap_hash_gets_no_pin(locked, token):
    token.kdf["memory"] = 8
    done = locked("unlock", stdin=PIN)
    assert done.code == 1
    assert "PIN" not in done.err.splitlines()[0]
    assert "do not trust the token" in done.err


def test_at_a_terminal_a_locked_token_is_unlocked_on_the_way(locked, terminal):
    run = terminal("account", "list")
    code, out = answer(run, ("PIN (8 tries left): ", PIN))
    assert code == 0, run.seen
    assert "alice" in out
    assert PIN not in run.seen


def test_at_a_terminal_a_wrong_pin_is_asked_for_again(locked, terminal, token):
    run = terminal("unlock")
    code, _ = answer(run, ("PIN (8 tries left): ", NEW_PIN), ("PIN (7 tries left): ", PIN))
    assert code == 0
    assert token.tries == 8


def test_at_a_terminal_three_wrong_ones_end_it(locked, terminal):
    run = terminal("unlock")
    code, _ = answer(run, *((f"PIN ({left} tries left): ", NEW_PIN) for left in (8, 7, 6)))
    assert code == 4
    assert "no PIN until it is unplugged" in run.seen


def test_at_a_terminal_a_new_pin_is_typed_twice_and_asked_for_again_until_it_will_do(
    ticktap, terminal, token
):
    run = terminal("pin", "set")
    code, _ = answer(
        run,
        (NEW, "short"),
        (f"The PIN has fewer than 6 characters. Choose a longer one, or several words.\r\n{NEW}", PIN),
        ("New PIN or passphrase, again: ", PIN + "x"),
        (f"The two entries differ. Enter the same one twice. Nothing was changed.\r\n{NEW}", PIN),
        ("New PIN or passphrase, again: ", PIN),
    )
    assert code == 0
    assert token.pin_key
    assert PIN not in run.seen


def test_after_three_that_will_not_do_the_command_ends(ticktap, terminal, token):
    run = terminal("pin", "set")
    code, _ = answer(run, *[(NEW, "short")] * 3)
    assert (code, token.pin_key) == (2, None)


def test_unlock_without_a_pin_says_that_there_is_none(ticktap):
    done = ticktap("unlock", stdin=PIN)
    assert done.code == 6
    assert "The token has no PIN" in done.err


def test_an_account_is_added_to_a_token_unlocked_on_the_way(locked, terminal, token):
    run = terminal("account", "add", "--force")
    assert answer(run, ("otpauth URI or secret: ", URI), ("PIN (8 tries left): ", PIN))[0] == 0
    assert len(token.order) == 2


def test_info_list_and_doctor_show_it(locked, token):
    assert locked("list", "--json").code == 0
    assert "PIN          locked, 8 tries left" in locked("info").out
    assert "locked:        yes" in locked("info", "--all").out
    checks = {check["name"]: check for check in locked("doctor", "--json").document["data"]}
    assert checks["pin"]["detail"] == "locked; tries left: 8"
