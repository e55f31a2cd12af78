"""Users' names and data, one by one and as tables."""

import csv

import pytest

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
        registry.tokens.record("A1", label="A-001", holder="ann", seen=1)
        yield registry


def test_capitals_make_no_difference(ticktap, registry):
    assert ticktap("user", "add", "ANN").code == 6
    codes = ticktap("backup-codes", "new", "Ann", "--json").data["codes"]
    assert ticktap("verify", "--user", "aNN", stdin=codes[0]).code == 0
    assert ticktap("user", "lost", "ANN").out.startswith("A1: codes are no longer accepted")


def test_another_name(ticktap, registry):
    codes = ticktap("backup-codes", "new", "ann", "--json").data["codes"]
    done = ticktap("user", "rename", "ann", "Anna")
    assert (
        done.out
        == "ann is called anna from now on, in services too. Accounts keep their names: Example:ann.\n"
    )
    assert ticktap("verify", "--user", "anna", stdin=codes[0]).code == 0
    assert ticktap("verify", "--user", "ann", stdin=codes[1]).code == 7
    assert ticktap("user", "show", "ann").code == 5
    taken = ticktap("user", "rename", "anna", "ANNA")
    assert taken.code == 6 and "capitals make no difference" in taken.err


def test_a_user_is_deleted_after_a_question(ticktap, registry):
    asked = ticktap("user", "delete", "ann")
    assert asked.code == 6 and "'ticktap user delete ann --yes'" in asked.err
    assert "Delete ann with 1 account, 0 backup codes, 0 app passwords?" in asked.err
    assert ticktap("user", "delete", "ann", stdin="n").code == 6
    assert ticktap("user", "show", "ann").code == 0
    done = ticktap("user", "delete", "ann", stdin="y")
    assert done.out.startswith("Deleted ann (1 forgotten). A-001 has no user now: 'ticktap token reset'")
    assert ticktap("user", "delete", "ann", "--yes").code == 5
    assert ticktap("user", "rm", "ann", "--yes").code == 5
    assert ticktap("verify", "--user", "ann", stdin=code_at(COUNTED, 5)).code == 7
    assert ticktap("user", "list").out.startswith("There are no users.")
    assert ticktap("audit", "verify").code == 0


def test_data_of_a_user(ticktap, registry):
    ticktap(
        "user", "edit", "ann", "--full-name", "Ann Example", "--email", "ann@example.com", "--group", "staff"
    )
    shown = ticktap("user", "show", "ann").out
    for line in ("full name:     Ann Example", "e-mail:        ann@example.com", "groups:        staff"):
        assert line in shown
    assert "Ann Example" in ticktap("user", "list").out
    assert "staff" not in ticktap("user", "edit", "ann", "--no-groups").out
    assert ticktap("user", "edit", "ann").code == 2
    assert ticktap("user", "edit", "ann", "--group", "a", "--no-groups").code == 2
    wrong = ticktap("user", "edit", "ann", "--email", "ann")
    assert wrong.code == 2 and "Give one like ann@example.com" in wrong.err


def test_a_table_of_users_goes_out_and_in_again(ticktap, registry, tmp_path):
    registry.users.edit("ann", full_name="=Ann", email="ann@example.com", groups=["staff", "vpn"])
    table = tmp_path / "users.csv"
    done = ticktap("user", "list", "--csv", str(table))
    assert done.code == 0 and done.err == f"Wrote {table}.\n" and table.stat().st_mode & 0o777 == 0o600
    (row,) = csv.DictReader(table.read_text().splitlines())
    assert (row["user"], row["full_name"], row["groups"], row["tokens"]) == (
        "ann",
        "'=Ann",
        "staff vpn",
        "A-001",
    )
    assert ticktap("user", "list", "--csv", str(table)).code == 6
    assert ticktap("user", "import", str(table)).out == "1 unchanged.\n"
    table.write_text(table.read_text().replace("ann@", "a.example@") + "bob,Bob,,,,\n")
    dry = ticktap("user", "import", str(table), "--dry-run")
    assert dry.out.splitlines() == [
        "line  user  what              changes",
        "2     ann   would be changed  email",
        "3     bob   would be added",
        "1 would be added, 1 would be changed; nothing was done (--dry-run).",
    ]
    assert ticktap("user", "show", "bob").code == 5
    assert ticktap("user", "import", str(table)).out.endswith("1 added, 1 changed.\n")
    assert ticktap("user", "show", "ann", "--json").data["email"] == "a.example@example.com"
    assert ticktap("user", "show", "bob", "--json").data["full_name"] == "Bob"


def test_a_dry_run_makes_no_registry(ticktap, tmp_path):
    table = tmp_path / "users.csv"
    table.write_text("user\nann\n")
    assert ticktap("user", "import", str(table), "--dry-run").out.startswith("line  user")
    assert not (ticktap.home / "kept" / "registry.db").exists()


def test_a_table_that_cannot_be_used_changes_nothing(ticktap, registry, tmp_path):
    table = tmp_path / "users.csv"
    table.write_text("user,email\nbob,bob@example.com\na b,x\n")
    done = ticktap("user", "import", str(table))
    assert done.code == 2
    assert "line 3: user: that cannot be a user's name" in done.err
    assert "line 3: email: that is not an e-mail address" in done.err
    assert done.err.endswith("Nothing was changed. Correct the file.\n")
    assert ticktap("user", "show", "bob").code == 5
    assert ticktap("user", "import", str(tmp_path / "none.csv")).code == 5
