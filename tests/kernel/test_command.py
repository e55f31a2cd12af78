"""The real `ticktap` in the guest, at the token's serial port."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from kernel.command import Program, Ticktap
from kernel.enrol import CODES, KEY, typed
from kernel.token import KernelToken
from ticktap.formats import base32

SECRET = base32.encode(KEY)
URI = f"otpauth://totp/Example:alice?secret={SECRET}&issuer=Example\n"
COUNTED = f"otpauth://hotp/Example:counted?secret={SECRET}&issuer=Example&counter=0\n"
PIN = "correct horse battery\n"
SYNC_S = 0.05
LOCKED, NOT_PRESSED = 4, 6
TIGHT_MS, LOOSE_MS = 4, 40
STEP_MS, UNANSWERED_MS = 100, 400


@pytest.fixture(scope="module")
def token(new_module_token) -> KernelToken:
    token = new_module_token(unix=None)
    token.set_locks(num_lock=True, caps_lock=False)
    token.plug(wait=False)
    return token


@pytest.fixture
def lock_step(machine) -> Iterator[None]:
    """Neither clock runs ahead: tests that set one need it."""
    machine.boards.lead(TIGHT_MS)
    yield
    machine.boards.lead(LOOSE_MS)


def test_right_after_plugging_in(token, ticktap):
    """As soon as the kernel has made the port; the program on the token is still starting."""
    token.wait_bound()
    (found,) = ticktap("--json", "list").json["data"]
    assert (found["serial"], found["mode"]) == (token.device["serial"], "normal")


def test_the_clock_is_set(lock_step, token, ticktap):
    """A new module's clock is set to the computer's time."""
    ticktap("clock", "sync", presses=["clock.allow"])
    assert abs(token.clock_error()) < SYNC_S


def test_accounts_and_codes(token, ticktap):
    ticktap("account", "add", "--default", stdin=URI, presses=["account.add"])
    (account,) = ticktap("--json", "account", "list").json["data"]
    assert (account["issuer"], account["name"]) == ("Example", "alice")
    code = ticktap("code", presses=["code.get"]).out.strip()
    ticktap("verify", "--uri", "-", stdin=URI + code + "\n")


def test_a_code_typed_on_request(token, ticktap):
    ticktap("account", "add", "--default", stdin=COUNTED, presses=["account.add"])
    token.clear_typed()
    ticktap("type", "counted", presses=["code.type"])
    token.wait_for(lambda: len(token.typed) >= 6)
    assert token.typed in CODES[:3]


def test_doctor_finds_nothing_wrong(ticktap):
    checks = ticktap("--json", "doctor").json["data"]
    assert not [each for each in checks if each["ok"] is False]


def test_interrupted_while_it_waits_for_a_press(token, ticktap):
    """Ctrl-C: the request is withdrawn, and the next press types again."""
    token.clear_trace()
    program = ticktap.begin("code")
    token.wait_asked("code.get")
    program.signal(signal.SIGINT)
    token.wait_for(lambda: not program.running)
    assert program.done().code == NOT_PRESSED
    typed(token)


def test_a_pin(token, ticktap):
    ticktap("pin", "set", stdin=PIN, presses=["pin.set"])
    ticktap("lock")
    ticktap("account", "list", code=LOCKED)
    ticktap("unlock", stdin=PIN)
    ticktap("account", "list")
    ticktap("pin", "remove", stdin=PIN, presses=["pin.remove"])


def test_an_owner(token, ticktap):
    """With the owner key, calls need no press; without it, nothing is changed."""
    ticktap("token", "claim", presses=["token.claim"])
    ticktap("account", "rename", "counted", "--name", "renamed")
    stranger = Ticktap(token)
    assert stranger.begin("account", "rename", "renamed", "--name", "x").done().code
    assert "renamed" in ticktap("account", "list").out
    ticktap("token", "release", presses=["session.call"])


def test_two_tokens_are_made_ready_at_once(lock_step, new_token, ticktap, guest):
    """`provision` with two boards on the bus; each is pressed when it asks."""
    tokens = [new_token(unix=None, unique_id=bytes([0x7A, number] * 4)) for number in (1, 2)]
    for each in tokens:
        each.plug()
    home = ticktap.environment["HOME"]
    guest.ask(
        "write_file", path=f"{home}/box.csv", text="user,account\nalice,Example:alice\nbob,Example:bob\n"
    )
    program = ticktap.begin("--json", "provision", f"{home}/box.csv", "--wait", "30")
    press_all(tokens, program)
    done = program.done()
    assert done.code == 0, done
    for each in tokens:
        typed(each)


def press_all(tokens: list[KernelToken], program: Program) -> None:
    """Presses each token whenever it leaves a request unanswered, until the program ends."""
    pressed = dict.fromkeys(map(id, tokens))
    while program.running:
        for each in tokens:
            each.advance(STEP_MS)
            asked = each.unanswered_since
            if asked is not None and asked != pressed[id(each)] and each.ms - asked > UNANSWERED_MS:
                pressed[id(each)] = asked
                each.press()
