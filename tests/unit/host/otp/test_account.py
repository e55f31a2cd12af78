"""Limits of an account, what it says of itself, and how people name one."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from ticktap.errors import BadInput, NotFound
from ticktap.otp.account import Account, Listed, match

SECRET = b"12345678901234567890"
ALICE = Account("Example", "alice", SECRET)


def listed(number: int, issuer: str, name: str) -> Listed:
    return Listed(number, issuer, name, "totp", "SHA1", 6, 30, 0, "none", False)


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "x" * 64, "name": "y" * 64},
        {"issuer": "é" * 32},
        {"issuer": "", "name": ""},
        {"secret": b"s" * 10},
        {"secret": b"s" * 128},
        {"digits": 5},
        {"digits": 10},
        {"period": 1},
        {"period": 3600},
        {"type": "hotp", "counter": 2**64 - 1},
        {"type": "hotp", "period": 0},
    ],
)
def test_limits_themselves_are_accepted(changes: dict[str, object]) -> None:
    account = replace(ALICE, **changes)
    assert {key: getattr(account, key) for key in changes} == changes


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "x" * 65},
        {"issuer": "é" * 33},
        {"name": "y" * 65},
        {"name": "a\nb"},
        {"issuer": "a\x7fb"},
        {"name": "\ud800"},
        {"name": None},
        {"secret": b"s" * 9},
        {"secret": b"s" * 129},
        {"secret": "s" * 20},
        {"digits": 4},
        {"digits": 11},
        {"digits": 6.0},
        {"digits": True},
        {"period": 0},
        {"period": 3601},
        {"type": "hotp", "counter": -1},
        {"type": "hotp", "counter": 2**64},
        {"type": "motp"},
        {"algorithm": "MD5"},
        {"algorithm": "sha1"},
        {"suffix": "space"},
    ],
)
def test_what_is_past_a_limit_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        replace(ALICE, **changes)


def test_steam_has_five_characters_and_sha1() -> None:
    account = Account("Steam", "alice", SECRET, type="steam", algorithm="SHA512", digits=8)
    assert (account.digits, account.algorithm) == (5, "SHA1")


def test_what_does_not_apply_is_zero() -> None:
    assert replace(ALICE, type="hotp", counter=7).period == 0
    assert replace(ALICE, counter=7).counter == 0


def test_blanks_around_names_are_dropped() -> None:
    account = replace(ALICE, issuer=" Example\t", name="  alice smith ")
    assert (account.issuer, account.name) == ("Example", "alice smith")


def test_the_secret_is_in_neither_repr_nor_errors() -> None:
    secret = b"topsecret-topsecret" * 8
    with pytest.raises(BadInput) as caught:
        Account("Example", "alice", secret)
    texts = repr(ALICE) + str(ALICE) + caught.value.message + caught.value.remedy
    assert "1234567890" not in texts
    assert "topsecret" not in texts


def test_label() -> None:
    assert ALICE.label == "Example:alice"
    assert replace(ALICE, issuer="").label == "alice"
    assert replace(ALICE, name="").label == "Example"


def test_params_of_account_add() -> None:
    secret = base64.b64encode(SECRET).decode()
    usual = {"issuer": "Example", "name": "alice", "secret": secret, "algorithm": "SHA1", "suffix": "none"}
    assert ALICE.to_params() == usual | {"type": "totp", "digits": 6, "period": 30}
    hotp = replace(ALICE, type="hotp", counter=9)
    assert hotp.to_params() == usual | {"type": "hotp", "digits": 6, "counter": 9}
    steam = replace(ALICE, type="steam")
    assert steam.to_params() == usual | {"type": "steam", "digits": 5, "period": 30}


def test_a_usual_account_has_no_warnings() -> None:
    assert ALICE.warnings() == []
    assert replace(ALICE, type="hotp").warnings() == []
    assert replace(ALICE, type="steam").warnings() == []


def test_warnings() -> None:
    (short,) = replace(ALICE, secret=b"s" * 15).warnings()
    assert "120 bits" in short
    assert replace(ALICE, secret=b"s" * 16).warnings() == []
    (unusual,) = replace(ALICE, algorithm="SHA256", digits=8, period=60).warnings()
    assert all(part in unusual for part in ("SHA256", "8 digits", "60 s"))


def test_listed_from_a_reply() -> None:
    reply = {"id": 3, "issuer": "Example", "name": "alice", "type": "totp", "algorithm": "SHA1", "digits": 6}
    reply |= {"period": 30, "counter": 0, "suffix": "none", "default": False, "added later": 1}
    assert Listed.from_reply(reply) == listed(3, "Example", "alice")
    assert str(Listed.from_reply(reply)) == "number 3, Example:alice"


TOKEN = [
    listed(1, "Example", "alice"),
    listed(2, "Example", "bob"),
    listed(3, "example", "ALICE"),
    listed(4, "Bank", "alice@bank.example"),
    listed(5, "", "straße"),
    listed(6, "Bank", "#1"),
]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("Example:alice", 1),  # exactly, although #3 is the same in another case
        ("example:ALICE", 3),
        ("#2", 2),
        ("#1", 1),  # a number before a name that looks like one
        ("Bank:#1", 6),
        ("EXAMPLE:BOB", 2),
        ("bob", 2),
        ("  Bob ", 2),
        ("STRASSE", 5),
        ("bo", 2),
        ("alice@", 4),
        ("k:ali", 4),
    ],
)
def test_match(query: str, number: int) -> None:
    assert match(TOKEN, query).id == number


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("example", [1, 2, 3]),
        ("alice", [1, 3]),
        ("EXAMPLE:ALICE", [1, 3]),
        ("ex", [1, 2, 3]),
        ("ali", [1, 3, 4]),
        ("bank", [4, 6]),
    ],
)
def test_several_that_fit_are_listed(query: str, numbers: list[int]) -> None:
    with pytest.raises(BadInput) as caught:
        match(TOKEN, query)
    shown = "".join(f"\n  {one}" for one in TOKEN if one.id in numbers)
    assert caught.value.message == f"{query!r} matches several accounts:{shown}"
    assert "#" not in caught.value.remedy, "a shell takes it for a comment"


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert match([listed(1, "", "caf\u00e9")], "cafe\u0301").id == 1


@pytest.mark.parametrize("query", ["carol", "#9", "#", "9"])
def test_none_fits(query: str) -> None:
    accounts = [listed(1, "Example", "alice"), listed(2, "Example", "bob")]
    with pytest.raises(NotFound) as caught:
        match(accounts, query)
    assert caught.value.remedy == "There are: number 1, Example:alice, number 2, Example:bob."


def test_a_bare_number_is_an_account_unless_one_is_called_so() -> None:
    accounts = [listed(1, "Example", "alice"), listed(2, "Example", "1"), listed(3, "Example", "bob")]
    assert [match(accounts, query).id for query in ("3", "#1", "1")] == [3, 1, 2]


@pytest.mark.parametrize("query", ["", "  "])
def test_no_query_means_no_account(query: str) -> None:
    with pytest.raises(BadInput):
        match([listed(1, "Example", "alice")], query)
