"""Exit codes are an interface: each of them, and what is said with it."""

import os
import subprocess

import pytest

from cli.command import HOTP_URI, NEW_PIN, URI
from cli.guarded import give_pin
from support.fake_port import Fault
from ticktap import errors


def add(ticktap, uri=URI, *options):
    done = ticktap("account", "add", "--no-confirm", *options, stdin=uri)
    assert done.code == 0, done.err


def says(done, code, *words):
    """The code, and on stderr the words; stdout is left for results."""
    assert (done.code, done.out) == (code, ""), done.err
    for word in words:
        assert word in done.err
    return done


def test_0_all_is_well(ticktap):
    assert ticktap("info").code == 0
    assert ticktap("--help").code == 0
    assert ticktap("--version").out == "ticktap 0.1.0\n"


def test_1_the_token_does_not_answer_well(ticktap, token):
    def fail():
        raise Fault(-32603, "MemoryError")

    token.do_status = fail
    says(ticktap("info"), 1, "The token had an internal error (MemoryError).\n", "doctor")


def test_1_a_reader_that_goes_away_is_no_drama(ticktap):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*ticktap.python, "settings", "show"],
        stdout=writer,
        stderr=subprocess.PIPE,
        env=ticktap.environment(),
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_1_unexpected_errors_hide_everything_but_their_name(ticktap, token):
    token.do_status = lambda: {"clock": None}
    done = says(ticktap("token", "compact"), 1, "Unexpected error (KeyError).", "--debug")
    assert "store" not in done.err


def test_1_unexpected_errors_show_their_place_with_debug(ticktap, token):
    token.do_status = lambda: {"clock": None}
    says(ticktap("token", "compact", "--debug"), 1, 'File "', "KeyError", "Unexpected error")


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["code", "--timeout", "0"],
        ["account", "suffix", "alice", "space"],
        ["account", "rename", "alice"],
        ["account", "add", "--qr", "x.png", "--manual"],
        ["account", "add", "extra"],
        ["settings", "set", "inter_key_ms"],
        ["settings", "set", "inter_key_ms=fast"],
        ["verify"],
    ],
)
def test_2_usage(ticktap, words):
    assert says(ticktap(*words), 2).err.count("\n") >= 2


def test_2_bytes_that_are_no_text(ticktap):
    says(
        ticktap("account", "add", stdin=b"\xff\xfe\x00\n", PYTHONIOENCODING="utf-8:strict"), 2, "not in UTF-8"
    )


@pytest.mark.parametrize("device", ["/dev/ticktap-none", "nobody", "nonsense://x"])
def test_3_no_token(ticktap, device):
    says(ticktap("info", "--device", device), 3)


def test_4_locked(ticktap, token):
    add(ticktap)
    give_pin(token)
    for words in (
        "account list",
        "code alice",
        "type",
        "account remove alice --force",
        "settings set inter_key_ms=1",
    ):
        says(ticktap(*words.split()), 4, "The token is locked.\n", "'ticktap unlock'")
    says(ticktap("account", "add", stdin=URI), 4)
    says(ticktap("unlock", stdin=NEW_PIN), 4, "PIN (8 tries left): \n", "Wrong PIN (tries left: 7).")
    assert ticktap("info").code == ticktap("clock", "show").code == ticktap("settings", "show").code == 0


def test_5_not_found(ticktap, tmp_path):
    add(ticktap)
    says(ticktap("code", "nobody"), 5, "nobody")
    says(ticktap("settings", "set", "colour=red"), 5, "colour", "layout")
    says(ticktap("account", "add", "--qr", str(tmp_path / "none.png")), 5, "There is no file")
    says(ticktap("verify", "alice", stdin="123456"), 5, "--keep")


def test_6_refused(ticktap, token):
    add(ticktap)
    token.finger = "none"
    says(ticktap("code", "alice"), 6, "The button was not pressed in time.")
    says(ticktap("type", "alice"), 6, "not pressed in time")
    says(ticktap("account", "remove", "alice", stdin="n\n"), 6, "nothing was changed", "--force")
    says(ticktap("account", "remove", "alice"), 6, "nothing was changed")
    says(ticktap("token", "reset", stdin="another\n"), 6, "nothing was erased")
    says(ticktap("account", "add", "--no-confirm", stdin=URI), 6, "already", "--force")
    says(ticktap("account", "add", "--no-confirm", "--force", stdin=URI), 6, "not pressed in time")
    says(
        ticktap("settings", "set", "inter_key_ms=3"),
        6,
        "Press the button to allow changes",
        "not pressed in time",
    )
    says(ticktap("token", "rename", "shelf"), 6, "not pressed in time")
    assert len(token.order) == 1


@pytest.mark.parametrize(
    ("code", "data"), [(2, 7), (3, None), (6, None), (7, None), (8, None), (9, "asleep")]
)
def test_6_the_token_refuses(ticktap, token, code, data):
    def refuse(**params):
        raise Fault(code, data)

    add(ticktap)
    token.do_code_get = refuse
    says(ticktap("code", "alice"), 6)


def test_7_not_verified(ticktap, token):
    says(ticktap("verify", "--uri", "-", stdin=f"{URI}\n12345\n"), 7, "digits")
    token.finger = "wrong"
    says(ticktap("account", "add", stdin=URI), 7, "removed from the token")
    assert token.order == []


@pytest.mark.parametrize("state", ["absent", "bus", "stopped", "early"])
def test_8_clock(ticktap, token, state):
    token.clock_state = state
    says(ticktap("account", "add", stdin=URI), 8, state)
    assert token.order == []
    assert ticktap("account", "add", stdin=HOTP_URI).code == 0, "a counter needs no clock"
    add(ticktap)
    says(ticktap("code", "alice"), 8, state, "clock sync" if state in ("stopped", "early") else "wires")


def test_9_part_failed(ticktap, token):
    token.clock_state = "stopped"
    done = ticktap("doctor")
    assert done.code == 9
    assert "BAD token clock: not trusted: stopped\n      Set it with 'ticktap clock sync'" in done.out
    assert "1 of " in done.err


def test_the_classes_have_the_codes_of_the_table():
    codes = {each.kind: each.exit_code for each in errors.TicktapError.__subclasses__()}
    assert {
        "usage": 2,
        "no-token": 3,
        "locked": 4,
        "not-found": 5,
        "refused": 6,
        "not-verified": 7,
        "clock": 8,
        "partial": 9,
        "token": 1,
    }.items() <= codes.items()
