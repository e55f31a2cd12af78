"""andOTP's encrypted backups have no mark: the limits by which they are told from other bytes."""

import hashlib
import json
import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ticktap.formats import andotp, registry
from ticktap.formats.result import InputFile, WrongPassword

ENTRY = {
    "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "issuer": "Example",
    "label": "alice",
    "digits": 8,
    "type": "TOTP",
    "algorithm": "SHA256",
    "period": 60,
}
SALT, NONCE = bytes(range(100, 112)), bytes(range(200, 212))


def encrypted(rounds):
    """As andOTP's document of the format has it: big-endian rounds, salt, nonce, AES-256-GCM."""
    key = hashlib.pbkdf2_hmac("sha1", b"pass", SALT, rounds, 32)
    return (
        struct.pack(">I", rounds)
        + SALT
        + NONCE
        + AESGCM(key).encrypt(NONCE, json.dumps([ENTRY]).encode(), None)
    )


def of_old_version(nonce):
    return nonce + AESGCM(hashlib.sha256(b"pass").digest()).encrypt(nonce, json.dumps([ENTRY]).encode(), None)


def account(data):
    (found,) = registry.read(data, "pass")[1].accounts
    return found.issuer, found.name, found.digits, found.period, found.algorithm, found.secret


EXPECTED = ("Example", "alice", 8, 60, "SHA256", b"12345678901234567890")


@pytest.mark.parametrize("rounds", [1000, 1001, 145_776])
def test_a_backup_of_this_many_rounds(rounds):
    assert account(encrypted(rounds)) == EXPECTED


def test_ten_million_rounds_are_the_most(monkeypatch):
    """Nothing is derived here; it would take seconds."""
    asked = []
    monkeypatch.setattr(
        andotp, "pbkdf2", lambda digest, password, salt, rounds: asked.append(rounds) or bytes(32)
    )
    for rounds in (10_000_000, 10_000_001):
        data = struct.pack(">I", rounds) + SALT + NONCE + bytes(64)
        with pytest.raises(WrongPassword):
            andotp.read_encrypted(InputFile(data), "pass")
    assert asked == [10_000_000]


def test_fewer_rounds_are_the_nonce_of_an_old_backup():
    with pytest.raises(WrongPassword):
        registry.read(encrypted(999), "pass")


@pytest.mark.parametrize("first", [0, 999, 1000, 50_000, 10_000_001, 0xFFFFFFFF])
def test_an_old_backup_whose_nonce_begins_like_any_number(first):
    assert account(of_old_version(struct.pack(">I", first) + b"8 bytes.")) == EXPECTED


@pytest.mark.parametrize(("size", "may"), [(91, False), (92, True), (256, True)])
def test_the_shortest_bytes_that_may_be_one(size, may):
    assert andotp.may_be_encrypted(InputFile(bytes(range(256 - size, 256)))) is may


def test_bytes_with_few_different_values_are_none():
    """Of 256 random bytes about 162 differ, and half of them are 80.9."""
    few, enough = bytes(range(176, 256)), bytes(range(175, 256))
    assert not andotp.may_be_encrypted(InputFile((few * 4)[:256]))
    assert andotp.may_be_encrypted(InputFile((enough * 4)[:256]))


@pytest.mark.parametrize(("at", "may"), [(4095, True), (4096, False)])
def test_only_the_first_4096_bytes_count(at, may):
    """Of so many random bytes all 256 values occur, and half of them are a little less than 128."""
    values = bytes(range(128, 255))  # 127 of them
    data = bytearray((values * 40)[:5000])
    data[at] = 255
    assert andotp.may_be_encrypted(InputFile(bytes(data))) is may


def test_an_entry_that_is_refused_is_named():
    data = json.dumps([ENTRY | {"secret": "1"}]).encode()
    (refused,) = registry.read(data)[1].refused
    assert (refused.name, "'1'" in refused.reason) == ("Example:alice", True)


def test_text_is_none():
    assert not andotp.may_be_encrypted(InputFile(bytes(range(32, 127)) * 2))


def test_every_unknown_part_of_an_entry_is_named():
    found = registry.read(json.dumps([ENTRY | {"colour": "red", "tags": ["a"]}]).encode())[1]
    assert [each.name for each in found.accounts] == ["alice"]
    (note,) = found.notes
    assert note.startswith("Not understood and ignored: 'colour' (Example:alice).")


@pytest.mark.parametrize(
    ("entry", "issuer", "name"),
    [
        ({"label": "Example - alice"}, "Example", "alice"),
        ({"label": "Example - alice - two"}, "Example", "alice - two"),
        ({"label": "Example-alice"}, "", "Example-alice"),
        ({"label": "Example - alice", "issuer": ""}, "", "Example - alice"),
    ],
)
def test_old_entries_have_the_issuer_in_the_label(entry, issuer, name):
    data = json.dumps([{"secret": ENTRY["secret"], "type": "TOTP"} | entry]).encode()
    (found,) = registry.read(data)[1].accounts
    assert (found.issuer, found.name, found.digits, found.period) == (issuer, name, 6, 30)
