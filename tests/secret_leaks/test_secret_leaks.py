"""The leak campaign in short, and what errors and accounts say of themselves."""

import inspect
import pickle
import subprocess
import sys
import traceback

import pytest

from secret_leaks import search
from secret_leaks.process_watch import Watch
from support.canaries import Canary, found
from ticktap import errors, registry
from ticktap.cli import verify
from ticktap.files import key_file
from ticktap.formats import base32, otpauth
from ticktap.otp.account import Account

MARK = Canary("in scope")
ERRORS = sorted(
    {
        kind
        for module in (errors, registry, key_file, verify)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, errors.TicktapError)
    },
    key=lambda kind: kind.__name__,
)
BAD_ACCOUNTS = [
    {"digits": 99},
    {"period": "x"},
    {"algorithm": "MD5"},
    {"issuer": "x" * 65},
    {"name": "\x00"},
    {"suffix": "space"},
    {"counter": -1, "type": "hotp"},
]


def test_nothing_leaks(tmp_path):
    with search.stage(tmp_path) as scene:
        search.some(scene)
    assert scene.leaks == []
    assert scene.codes >= {0, 1, 2, 3, 4, 7}
    assert {"registry.db", "registry.key"} <= scene.watch.files
    assert len(scene.watch.processes) > scene.runs
    assert list(scene.temporary.iterdir()) == []


def test_the_watch_sees_what_it_looks_for(tmp_path):
    with Watch([MARK], [tmp_path]) as watch:
        with subprocess.Popen(
            [sys.executable, "-c", "print(flush=True); input()", MARK.base32],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            process.stdout.readline()
            watch.look_at(str(process.pid))
            process.communicate(b"\n")
        (tmp_path / "registry.db-journal").write_bytes(b"..." + MARK.secret)
    assert {leak.partition(":")[0] for leak in watch.seen} >= {
        "arguments or environment",
        "registry.db-journal",
    }


def told_by(error):
    """Everything a program can print about an exception without looking into its frames."""
    texts = [repr(error), str(error), *traceback.format_exception(error), repr(vars(error))]
    return "\n".join(texts).encode() + pickle.dumps(error.args)


def test_an_account_does_not_show_its_secret():
    account = Account("Example", "alice", MARK.secret)
    shown = f"{account} {account!r} {[account]} {account.label} {account.warnings()}"
    assert found([MARK], shown.encode()) == []


# What else some are made of: remedy, and data or reason; the extra's name.
MORE = {"ClockNotSettled": ("", {}), "MissingExtra": ("web",), "PortUnavailable": ("", "absent")}


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_an_error_holds_what_it_was_given_and_no_more(kind):
    def fail(secret):
        account = Account("Example", "alice", secret)
        if kind is verify.CodeRejected:
            raise kind({"message": account.label, "reason": "no"})
        raise kind(account.label, *MORE.get(kind.__name__, ()))

    with pytest.raises(kind) as caught:
        fail(MARK.secret)
    assert found([MARK], told_by(caught.value)) == []


@pytest.mark.parametrize("wrong", BAD_ACCOUNTS, ids=str)
def test_a_refused_account_does_not_tell_its_secret(wrong):
    with pytest.raises(errors.BadInput) as caught:
        Account(**{"issuer": "Example", "name": "alice", "secret": MARK.secret} | wrong)
    assert found([MARK], told_by(caught.value)) == []


@pytest.mark.parametrize("number", range(len(list(search.bad_uris()))))
def test_a_refused_uri_is_not_repeated(number):
    with pytest.raises(errors.TicktapError) as caught:
        otpauth.parse(list(search.bad_uris())[number].strip())
    assert found(search.CANARIES, told_by(caught.value)) == []


def test_a_refused_secret_is_not_repeated():
    with pytest.raises(errors.BadInput) as caught:
        base32.decode(MARK.base32 + "!")
    assert found([MARK], told_by(caught.value)) == []
