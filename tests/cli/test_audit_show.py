"""What happened, in words, in order, and as a table."""

import csv
import re
import time

import pytest

from ticktap.registry import Actor, Registry
from ticktap.verifier.sign_in import SignIn

NOW = 1_795_003_600  # 2026-11-18 12:06:40 UTC
NOTHING = "0 accounts, codes and passwords forgotten"


@pytest.fixture
def registry(ticktap):
    """A registry in which something happened, an hour apart."""
    clock = [NOW]
    with Registry.open(
        ticktap.home / "kept" / "registry.db", actor=Actor("admin", "desk"), time=lambda: clock[0]
    ) as registry:
        registry.users.add("ann")
        sign_in = SignIn(registry)
        clock[0] += 3600
        sign_in.verify("ann", "000000", origin="192.0.2.7")
        clock[0] += 3600
        registry.users.rename("ann", "anna")
        registry.users.delete("anna")
        registry.users.add("anna")
        yield registry


def test_each_event_is_told_once_in_words_and_with_its_zone(ticktap, registry):
    lines = ticktap("audit", "show", TZ="Europe/Berlin").out.splitlines()
    assert [re.split("  +", line) for line in lines] == [
        ["when", "user", "what", "by", "from"],
        ["2026-11-18 13:06:40 CET", "anna (deleted)", "added", "admin", "desk"],
        ["2026-11-18 14:06:40 CET", "anna (deleted)", "refused: a wrong code", "ann", "192.0.2.7"],
        ["2026-11-18 15:06:40 CET", "anna (deleted)", "renamed from ann to anna", "admin", "desk"],
        ["2026-11-18 15:06:40 CET", "anna (deleted)", f"deleted ({NOTHING})", "admin", "desk"],
        ["2026-11-18 15:06:40 CET", "anna", "added", "admin", "desk"],
    ]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--last", "2"], ["user-deleted", "user-added"]),
        (["--since", "2026-11-18 14:00"], ["user-renamed", "user-deleted", "user-added"]),
        (["--since", "2026-11-18 14:00", "--last", "1"], ["user-added"]),
        (["--until", "2026-11-18 13:06"], ["user-added", "sign-in-refused"]),
        (["--until", "2026-11-17"], []),
        (["--since", "2026-11-18 13:00", "--until", "2026-11-18 13:30"], ["sign-in-refused"]),
        (["--what", "user-added"], ["user-added", "user-added"]),
        (["--what", "sign-in-refused", "--what", "user-renamed"], ["sign-in-refused", "user-renamed"]),
        (["--user", "ANNA", "--what", "signed-in"], []),
    ],
)
def test_what_is_chosen(ticktap, registry, options, what):
    assert [line["what"] for line in ticktap("audit", "show", *options, "--json").data] == what


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--since", "yesterday"], 2, "2026-11-30"),
        (["--since", "8h", "--until", "9h"], 2, "Give the earlier time with --since"),
        (["--what", "signed_in"], 5, "There are: signed-in,"),
        (["--user", "bob"], 5, "'ticktap user list'"),
    ],
)
def test_what_cannot_be_chosen(ticktap, registry, options, code, said):
    done = ticktap("audit", "show", *options)
    assert done.code == code and said in done.err


def test_another_programs_events_can_be_chosen(ticktap, registry):
    registry.audit.add("picture-taken", user=None, who="desk-3", origin="lobby")
    assert [line["what"] for line in ticktap("audit", "show", "--what", "picture-taken", "--json").data] == [
        "picture-taken"
    ]


def test_a_table(ticktap, registry, tmp_path):
    table = tmp_path / "audit.csv"
    done = ticktap("audit", "show", "--csv", str(table), TZ="Europe/Berlin")
    assert done.err == f"Wrote {table}.\n" and table.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert len(rows) == 5
    assert (rows[1]["at"], rows[1]["what"], rows[1]["origin"]) == (
        "2026-11-18T13:06:40Z", "sign-in-refused", "192.0.2.7",
    )  # fmt: skip
    assert rows[1]["words"] == "refused: a wrong code"
    assert ticktap("audit", "show", "--csv", str(table)).code == 6


def test_a_user_in_words(ticktap, registry):
    now = [time.time()]
    registry.time = lambda: now[0]
    for name, value in {"failures_before_delay": 6, "wait": 3000, "longest_wait": 3000}.items():
        registry.set_policy(name, value)
    sign_in = SignIn(registry)
    for _ in range(7):
        sign_in.verify("anna", "000000")
    shown = ticktap("user", "show", "anna").out
    assert "may try again in " in shown and " s (7 wrong codes in a row)" in shown
    assert "last sign-in:  never" in shown
    data = ticktap("user", "show", "anna", "--json").data
    assert data["state"] == "waiting" and 2000 < data["retry_after"] <= 3000
    now[0] += 3000
    sign_in.verify("anna", "000000")
    locked = ticktap("user", "show", "anna")
    assert "locked since 20" in locked.out and "'ticktap user unlock anna'" in locked.out
    registry.users.disable("anna")
    assert "'ticktap user enable anna' undoes it" in ticktap("user", "show", "anna").out


def test_the_last_sign_in_in_local_time(ticktap, registry):
    code, _ = registry.factors.issue_code("anna")
    assert SignIn(registry).verify("anna", code).ok
    assert ticktap("user", "show", "anna", "--json").data["last_sign_in"] == NOW + 7200
    assert "2026-11-18 15:06 CET" in ticktap("user", "show", "anna", TZ="Europe/Berlin").out
    assert "2026-11-18 15:06 CET" in ticktap("user", "list", TZ="Europe/Berlin").out
