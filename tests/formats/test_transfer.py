"""Transfer codes of Google Authenticator: messages made by hand, parts, and what the format cannot say."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.people import ALICE, BOB, CAROL, DORA, EMIL
from ticktap.errors import BadInput
from ticktap.formats import google_migration
from ticktap.formats.result import ImportResult
from ticktap.otp.account import Account

WITH_PLUS = b".." + b"\xfb\xef\xbe" * 4  # where a secret stands in a message, base64 of it has a +


def code(message, escaped=True):
    data = base64.b64encode(message).decode()
    return "otpauth-migration://offline?data=" + (quote(data, safe="") if escaped else data)


def entry(secret=b"1234567890", name=b"Example:alice", issuer=b"Example", rest=b""):
    whole = b"\x0a" + bytes([len(secret)]) + secret + b"\x12" + bytes([len(name)]) + name
    whole += b"\x1a" + bytes([len(issuer)]) + issuer + rest
    return b"\x0a" + bytes([len(whole)]) + whole


def settled(*codes):
    found = ImportResult(parts=[google_migration.parse(each) for each in codes])
    google_migration.merge_parts(found)
    return found


def test_a_message_made_by_hand():
    rest = b"\x20\x02\x28\x02\x30\x01\x38\xac\x02"  # SHA256, eight digits, HOTP, counter 300
    found = settled(code(entry(rest=rest) + b"\x10\x01\x18\x01\x20\x00\x28\x05"))
    assert found.refused == []
    assert found.accounts == [
        Account("Example", "alice", b"1234567890", type="hotp", algorithm="SHA256", digits=8, counter=300)
    ]


def test_a_negative_number_of_a_transfer_and_unknown_fields():
    negative = b"\x28" + b"\xff" * 9 + b"\x01"
    part = google_migration.parse(code(entry() + negative + b"\x3d1234\x41" + b"12345678"))
    assert (part.batch, len(part.entries)) == (0xFFFFFFFF, 1)


def test_a_raw_plus_survives_as_a_blank():
    message = entry(secret=WITH_PLUS)
    assert "+" in base64.b64encode(message).decode()
    text = code(message, escaped=False)
    for variant in (text, text.replace("+", " ")):
        assert settled(variant).accounts[0].secret == WITH_PLUS


@pytest.mark.parametrize(
    ("rest", "word"), [(b"\x20\x04", "algorithm"), (b"\x28\x07", "type"), (b"\x30\x09", "type")]
)
def test_what_the_token_cannot_do_is_refused_by_name(rest, word):
    found = settled(code(entry(rest=rest) + entry()))
    assert [each.name for each in found.refused] == ["Example:Example:alice"]
    assert word in found.refused[0].reason
    assert len(found.accounts) == 1


@pytest.mark.parametrize(
    "text",
    [
        "otpauth-migration://offline",
        "otpauth-migration://offline?data=%%%",
        code(b"\x0a\xff"),
        code(b"\x0a"),
        code(b"\xff" * 11),
        code(b"\x18\x02\x20\x05"),
        code(b"\x0b"),
    ],
)
def test_damaged_codes(text):
    with pytest.raises(BadInput, match="damaged"):
        google_migration.parse(text)


def test_parts_come_in_any_order_and_more_than_once():
    accounts = [Account("E", f"user{number}", b"1234567890") for number in range(25)]
    codes = google_migration.format(accounts)
    assert len(codes) == 3
    found = settled(codes[2], codes[0], codes[2], codes[1])
    assert (found.accounts, found.refused) == (accounts, [])


def test_two_transfers_at_once_are_told_apart():
    one = google_migration.format([Account("E", f"one{number}", b"1234567890") for number in range(11)])
    two = google_migration.format([Account("E", f"two{number}", b"1234567890") for number in range(11)])
    found = settled(one[0], two[1], one[1])
    assert len(found.accounts) == 12
    assert [each.name for each in found.refused] == ["transfer code 1 of 2"]


@pytest.mark.parametrize(
    ("account", "word"), [(EMIL, "Steam"), (CAROL, "digits"), (BOB, "period"), (ALICE, ""), (DORA, "")]
)
def test_what_the_format_cannot_say(account, word):
    assert word in google_migration.unfit(account)
    if word:
        with pytest.raises(BadInput):
            google_migration.format([account])


@given(
    st.lists(
        st.builds(
            Account,
            issuer=st.text("ab é", max_size=8),
            name=st.text("cd@", min_size=1, max_size=8),
            secret=st.binary(min_size=10, max_size=40),
            type=st.sampled_from(["totp", "hotp"]),
            algorithm=st.sampled_from(["SHA1", "SHA256", "SHA512"]),
            digits=st.sampled_from([6, 8]),
            counter=st.integers(0, 2**63 - 1),
        ),
        max_size=25,
    )
)
@settings(deadline=None, max_examples=60)
def test_what_is_written_is_read(accounts):
    found = settled(*google_migration.format(accounts))
    assert found.refused == []
    assert [each.secret for each in found.accounts] == [each.secret for each in accounts]
    assert [each.counter for each in found.accounts] == [each.counter for each in accounts]
