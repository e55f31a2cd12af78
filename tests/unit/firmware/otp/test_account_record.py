"""An account as bytes to be encrypted: there and back, its bytes for ever, and records that make no sense."""

import itertools

import pytest

from fob.otp.account import (
    ALGORITHMS,
    SUFFIXES,
    TYPES,
    Account,
    has_default_parameters,
    labels,
    unpack_account,
)

FIELDS = ["id", "issuer", "name", "type", "algorithm", "digits", "period", "counter", "suffix", "secret"]


def fields(account):
    return {name: getattr(account, name) for name in FIELDS}


def account(**changes):
    usual = {"id": 1, "issuer": "Example", "name": "alice", "type": "totp", "algorithm": "SHA1", "digits": 6}
    usual |= {"period": 30, "counter": 0, "suffix": "none", "secret": b"12345678901234567890"}
    return Account(**(usual | changes))


@pytest.mark.parametrize(
    ("type_", "algorithm", "suffix"), list(itertools.product(TYPES, ALGORITHMS, SUFFIXES))
)
def test_every_kind(type_, algorithm, suffix):
    before = account(type=type_, algorithm=algorithm, suffix=suffix)
    assert fields(unpack_account(before.id, before.pack())) == fields(before)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 65535, "digits": 10, "period": 3600},
        {"issuer": "", "name": ""},
        {"issuer": "é" * 32, "name": "🙂" * 16},
        {"secret": bytes(range(128))},
        {"secret": b"\xff" * 10},
        {"type": "hotp", "period": 0, "counter": 0},
        {"type": "hotp", "period": 0, "counter": 2**64 - 1},
    ],
)
def test_the_ends_of_every_field(changes):
    before = account(**changes)
    assert fields(unpack_account(before.id, before.pack())) == fields(before)


def test_a_counter_is_kept_for_hotp_only():
    assert unpack_account(1, account(counter=5).pack()).counter == 0
    assert len(account(type="hotp").pack()) == len(account().pack()) + 8


def test_the_bytes_are_for_ever():
    """Stores out there have to read the same: little endian, id, kinds, lengths, text, counter, secret."""
    record = bytes.fromhex("0300 25 0080 01 02 49 6e6d 0700000000000000") + bytes(range(10))
    hotp = account(id=3, issuer="I", name="nm", type="hotp", algorithm="SHA256", digits=8, period=0)
    hotp.counter, hotp.suffix, hotp.secret = 7, "tab", bytes(range(10))
    assert hotp.pack() == record
    assert fields(unpack_account(3, record)) == fields(hotp)


@pytest.mark.parametrize("kinds", [0x03, 0x0C, 0x30])
def test_a_kind_that_does_not_exist(kinds):
    record = bytearray(account().pack())
    record[2] = kinds
    with pytest.raises(ValueError, match="kind"):
        unpack_account(1, bytes(record))


def test_default_parameters_are_recognised():
    assert has_default_parameters(account(secret=b"\xff" * 10).pack())
    for changes in (
        {"type": "hotp"},
        {"type": "steam"},
        {"algorithm": "SHA512"},
        {"digits": 8},
        {"period": 60},
        {"suffix": "tab"},
    ):
        assert not has_default_parameters(account(**changes).pack())


@pytest.mark.parametrize(("issuer", "name"), [("Example", "alice"), ("", "alice"), ("é" * 32, "🙂" * 16)])
def test_labels_are_slices_of_the_bytes(issuer, name):
    body = memoryview(account(issuer=issuer, name=name).pack())
    assert [bytes(each).decode() for each in labels(body)] == [issuer, name, issuer + name]
