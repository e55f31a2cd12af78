"""Users, backup codes, app passwords and the audit log, as an administrator uses them."""

import json
import os
import sqlite3
from contextlib import closing

import pytest

from ticktap.cli.framework.operator import operator
from ticktap.otp.account import Account
from ticktap.otp.code_check import code_at
from ticktap.registry import Registry

COUNTED = Account("Example", "ann", b"09876543210987654321", type="hotp", counter=5)


@pytest.fixture
def registry(ticktap):
    """The command's registry, with one user who has a token that counts."""
    with Registry.open(ticktap.home / "kept" / "registry.db") as registry:
        registry.users.add("ann")
        registry.keep(COUNTED, "A1", 1, "ann")
        yield registry


def test_a_user_from_nothing_to_a_lost_token_and_a_spare(ticktap):
    nothing = ticktap("user", "list")
    assert nothing.code == 5 and "'ticktap user add' creates one" in nothing.err
    assert ticktap("user", "add", "ann").out == "Added ann. 'ticktap user enrol' gives them a token.\n"
    done = ticktap("user", "enrol", "ann", "--hotp", "--issuer", "Desk")
    assert done.code == 0 and "ann signs in with" in done.out
    assert ticktap("user", "list", "--json").data[0]["accounts"] == ["Desk:ann"]
    lost = ticktap("user", "lost", "ann")
    assert "codes are no longer accepted (1 account)" in lost.out
    assert ticktap("user", "lost", "ann").code == 5
    assert ticktap("user", "enrol", "ann", "--hotp", "--issuer", "Spare").code == 0
    assert ticktap("user", "show", "ann", "--json").data["accounts"] == ["Spare:ann"]
    what = [line["what"] for line in ticktap("audit", "show", "--user", "ann", "--json").data]
    assert what == [
        "user-added", "account-added", "token-recorded", "token-lost", "account-added", "token-recorded",
    ]  # fmt: skip


def test_exit_codes_of_sign_ins(ticktap, registry):
    right = ticktap("verify", "--user", "ann", "--json", stdin=code_at(COUNTED, 5))
    assert (right.code, right.data["method"], right.data["token"]) == (0, "token", "A1")
    wrong = ticktap("verify", "--user", "ann", stdin="000000")
    assert wrong.code == 7 and wrong.out == ""
    stranger = ticktap("verify", "--user", "bob", stdin="000000")
    assert (stranger.code, stranger.err) == (wrong.code, wrong.err)


def test_backup_codes_are_shown_once(ticktap, registry):
    *codes, last = ticktap("backup-codes", "new", "ann").out.splitlines()
    assert len(codes) == 5 and "once" in last
    assert (
        ticktap("verify", "--user", "ann", stdin=codes[0].lower()).out
        == "Accepted. 4 backup codes are left.\n"
    )
    assert ticktap("backup-codes", "show-left", "ann").out == "ann has 4 backup codes left.\n"
    for code in codes[1:3]:
        assert ticktap("verify", "--user", "ann", stdin=code).code == 0
    left = ticktap("backup-codes", "show-left", "ann")
    assert "has 2 backup codes left" in left.out and "backup-codes new ann" in left.err


@pytest.mark.parametrize("command", ["new ann", "print ann PAGE"])
def test_new_backup_codes_ask_before_old_ones_stop_working(ticktap, registry, tmp_path, command):
    words = ["backup-codes", *command.replace("PAGE", str(tmp_path / "page.html")).split()]
    first = ticktap("backup-codes", "new", "ann", "--json").data["codes"]
    asked = ticktap(*words)
    assert asked.code == 6 and asked.out == ""
    assert "ann has 5 backup codes left that will stop working. Make new ones? [y/N]:" in asked.err
    assert f"In a script give --yes: 'ticktap {' '.join(words)} --yes'." in asked.err
    assert ticktap(*words, stdin="n").code == 6
    assert ticktap("verify", "--user", "ann", stdin=first[0]).code == 0
    assert "ann has 4 backup codes left" in ticktap(*words, stdin="y").err
    assert ticktap("verify", "--user", "ann", stdin=first[1]).code == 7
    assert ticktap(*words, *(["--force"] if "print" in words else []), "--yes").code == 0


def test_used_backup_codes_are_replaced_without_a_question(ticktap, registry):
    registry.set_policy("backup_codes", 1)
    (code,) = ticktap("backup-codes", "new", "ann", "--json").data["codes"]
    assert ticktap("verify", "--user", "ann", stdin=code).code == 0
    done = ticktap("backup-codes", "new", "ann")
    assert done.code == 0 and done.err == ""


def test_a_page_of_backup_codes(ticktap, registry, tmp_path):
    page = tmp_path / "codes.html"
    done = ticktap("backup-codes", "print", "ann", str(page))
    assert done.code == 0 and page.stat().st_mode & 0o777 == 0o600
    before = page.read_text()
    assert "Backup codes of ann" in before
    again = ticktap("backup-codes", "print", "ann", str(page))
    assert again.code == 6 and page.read_text() == before
    code = before.split('class="secret">')[1].split("<")[0]
    assert ticktap("verify", "--user", "ann", stdin=code).code == 0  # the refused one made no new ones


def test_app_passwords(ticktap, registry):
    password = ticktap("app-password", "new", "ann", "imap", "--json").data["password"]
    assert ticktap("verify", "--user", "ann", "--service", "imap", stdin=password).code == 0
    assert ticktap("verify", "--user", "ann", stdin=password).code == 7
    assert ticktap("app-password", "list", "ann", "--json").data[0]["last_used"] is not None
    number = ticktap("app-password", "list", "ann", "--json").data[0]["number"]
    assert ticktap("app-password", "revoke", "ann", str(number)).code == 0
    assert ticktap("verify", "--user", "ann", "--service", "imap", stdin=password).code == 7
    assert ticktap("app-password", "list", "ann").out == "There are none.\n"


def test_an_issued_code(ticktap, registry):
    code = ticktap("user", "issue-code", "ann", "--json").data["code"]
    assert ticktap("verify", "--user", "ann", stdin=code).code == 0
    assert ticktap("verify", "--user", "ann", stdin=code).code == 7


def test_a_reset_asks_first(ticktap, registry):
    refused = ticktap("user", "reset", "ann", stdin="n")
    assert refused.code == 6 and "In a script give --yes: 'ticktap user reset ann --yes'." in refused.err
    assert ticktap("user", "show", "ann", "--json").data["accounts"] == ["Example:ann"]
    assert ticktap("user", "reset", "ann", stdin="y").code == 0
    assert ticktap("user", "show", "ann", "--json").data["accounts"] == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("user add a:b", 2, "cannot be a user's name"),
        ("user add ann", 6, "already"),
        ("user show bob", 5, "no user bob"),
        ("user add bob --network 10.0.0.0/99", 2, "'10.0.0.0/99' is not a network"),
        ("user settings tries 0", 2, "1 to 100"),
        ("user settings colour 1", 5, "no setting"),
        ("user settings tries", 2, "SETTING and VALUE"),
        ("backup-codes new bob", 5, "no user bob"),
        ("app-password revoke ann 99", 5, "no app password 99"),
        ("verify ann --user ann", 2, "Give one of"),
        ("verify --pam", 2, "not started by pam_exec"),
        ("user list --registry postgresql://me:hunter2@db/x", 2, ".pgpass"),
        ("user list --registry postgresql://db/x?password=hunter2", 2, ".pgpass"),
    ],
)
def test_errors_name_the_remedy(ticktap, registry, words, code, said):
    done = ticktap(*words.split())
    assert done.code == code
    assert said in done.err and "hunter2" not in done.err


def test_a_name_in_the_environment_is_recorded_as_a_claim(ticktap, registry):
    done = ticktap("user", "issue-code", "ann", LOGNAME="ceo", USER="ceo")
    assert done.code == 0
    (line,) = ticktap("audit", "show", "--what", "code-issued", "--json").data
    assert line["who"] != "ceo" and line["who"] == operator().who
    assert line["detail"]["claimed"] == "ceo" and line["detail"]["uid"] == os.getuid()
    assert "(claimed to be ceo)" in ticktap("audit", "show", "--what", "code-issued").out


def test_a_server_that_is_not_there(ticktap):
    done = ticktap("user", "list", "--registry", f"postgresql://ann@/x?host={ticktap.home}")
    assert done.code == 1
    assert "cannot be used" in done.err and "server is running" in done.err


def test_the_trail_shows_tampering(ticktap, registry, tmp_path):
    anchor = str(tmp_path / "anchor.json")
    assert ticktap("audit", "anchor", anchor).code == 0
    assert ticktap("audit", "verify", "--anchor", anchor).code == 0
    registry.close()
    with closing(sqlite3.connect(ticktap.home / "kept" / "registry.db")) as connection, connection:
        connection.execute("update audit_log set who = 'eve' where what = 'account-added'")
    done = ticktap("audit", "verify", "--json")
    assert done.code == 9
    assert done.data["faults"] == ["ann: entry 2 was changed, or what was before it"]
    (tmp_path / "no-anchor").write_text(json.dumps({"ticktap": "something else"}))
    assert ticktap("audit", "verify", "--anchor", str(tmp_path / "no-anchor")).code == 2
