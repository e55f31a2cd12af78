"""Reports at the command line: as text, as a table and as JSON."""

import csv

import pytest

from ticktap.cli import report as command
from ticktap.provisioning.report import KINDS
from ticktap.registry import Registry


@pytest.fixture
def registry(ticktap):
    """Two users without a token."""
    with Registry.open(ticktap.home / "kept" / "registry.db") as registry:
        registry.users.add("ann", full_name="Ann Example", email="ann@example.com")
        registry.users.add("bob", methods=["backup-code"])
        yield registry


def test_text(ticktap, registry):
    *_, counts = ticktap("report").out.splitlines()
    assert counts == "no-token 1, never-signed-in 2, locked 0, few-backup-codes 2, clock-due 0"
    done = ticktap("report", "no-token", "locked").out.splitlines()
    assert done[0].split()[:3] == ["report", "user", "full"]
    assert done[1].startswith("no-token  ann   Ann Example  ann@example.com  none was enrolled")
    assert done[2:] == ["no-token 1, locked 0"]
    assert ticktap("report", "locked").out == "locked 0\n"


def test_json_and_a_table(ticktap, registry, tmp_path):
    table = tmp_path / "report.csv"
    data = ticktap("report", "few-backup-codes", "--csv", str(table), "--json").data
    assert data["counts"] == {"few-backup-codes": 2} and data["file"] == str(table)
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [row["user"] for row in rows] == [row["user"] for row in data["rows"]] == ["ann", "bob"]
    assert rows[0]["email"] == "ann@example.com" and table.stat().st_mode & 0o777 == 0o600
    assert ticktap("report", "--csv", str(table)).code == 6


def test_what_cannot_be_reported(ticktap, registry):
    done = ticktap("report", "tall-users")
    assert done.code == 2 and "few-backup-codes" in done.err
    assert ticktap("report", "--registry", str(ticktap.home / "none.db")).code == 5


def test_the_command_offers_every_kind():
    assert command._KINDS == KINDS
