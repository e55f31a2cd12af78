"""Backup codes, temporary codes and app passwords: what is drawn, recognised, shown and stored."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ticktap.registry import Registry, one_time_codes
from ticktap.registry.keys import Keys

KEY = bytes(range(32))
SALT = bytes(range(16))
DRAWS = 2000
LETTERS = set("ABCDEFGHJKMNPQRSTUVWXYZ23456789")

# Computed with the command line of OpenSSL 3 (`openssl mac` and `openssl kdf`), not with Python:
#   factors = HMAC-SHA256(KEY, "ticktap registry factors")
#   salt    = HMAC-SHA256(factors, "salt" 00 "backup-code" 00 hex(SALT) 00)
#   stretched = scrypt(code, salt, n=16384, r=8, p=1, 32 bytes); other kinds: the code itself
#   stored  = HMAC-SHA256(factors, kind 00 hex(SALT) 00 label 00 stretched)
STORED = [
    ("backup-code", "", "ABCDEFGHJKMN", "72539d4fc06e4487fb8d6dad61c1e8c9eb86ce41d4ac3ff4005fc02e089c05de"),
    ("issued-code", "", "12345678", "445e9ab1a609d75af73e63316c20df81e0292213b6e036fd8441f3e5cd482769"),
    (
        *("app-password", "imap", "ABCDEFGHJKMNPQRSTUVW"),
        "bcad23b31300482039b363c9cd2c6e25d906809323db937dbab2a5e366db945f",
    ),
]


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    """HMAC by the package cryptography."""
    made = HMAC(key, SHA256())
    made.update(data)
    return made.finalize()


@pytest.mark.parametrize(("kind", "label", "code", "stored"), STORED)
def test_the_stored_hash_is_the_known_one(kind: str, label: str, code: str, stored: str) -> None:
    assert one_time_codes.hashed(Keys.of(KEY), kind, SALT, label, code).hex() == stored


def test_a_row_of_the_database_is_scrypt_of_the_code_with_the_users_salt(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    path.with_suffix(".key").write_bytes(KEY)
    path.with_suffix(".key").chmod(0o600)
    with Registry.open(path) as registry:
        registry.users.add("ann")
        registry.set_policy("backup_codes", 1)
        (code,) = registry.factors.new_backup_codes("ann")
    with closing(sqlite3.connect(path)) as connection:
        (salt,) = connection.execute("select salt from users where name = 'ann'").fetchone()
        ((stored,),) = connection.execute("select hash from factors").fetchall()
    assert len(salt) == 16
    factors = hmac_sha256(KEY, b"ticktap registry factors")
    scrypt_salt = hmac_sha256(factors, b"salt\0backup-code\0" + salt.hex().encode() + b"\0")
    stretched = Scrypt(scrypt_salt, 32, n=16384, r=8, p=1).derive(code.replace("-", "").encode())
    assert stored == hmac_sha256(factors, b"backup-code\0" + salt.hex().encode() + b"\0\0" + stretched)


@pytest.mark.parametrize(
    ("kind", "length", "characters"),
    [
        ("backup-code", 12, LETTERS),
        ("issued-code", 8, set("0123456789")),
        ("app-password", 20, LETTERS),
    ],
)
def test_every_character_occurs_at_every_position(kind: str, length: int, characters: set[str]) -> None:
    # A character is missing by chance with a probability below 10^-24.
    drawn = [one_time_codes.draw(kind) for _ in range(DRAWS)]
    assert {len(code) for code in drawn} == {length}
    assert [set(column) for column in zip(*drawn, strict=True)] == [characters] * length


def test_issued_codes_come_from_a_large_space() -> None:
    # Of 10^8 values, 2000 have 0.02 equal pairs on average; ten or more by chance: below 10^-23.
    assert len({one_time_codes.draw("issued-code") for _ in range(DRAWS)}) > DRAWS - 10


@pytest.mark.parametrize(
    ("choose", "code"),
    [(lambda end: end - 1, "99999999"), (lambda _: 0, "00000000"), (lambda _: 7, "00000007")],
)
def test_issued_codes_are_the_numbers_below_ten_to_the_eighth(monkeypatch, choose, code: str) -> None:
    monkeypatch.setattr(secrets, "randbelow", choose)
    assert one_time_codes.draw("issued-code") == code


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("ABCDEFGHJKMN", "backup-code"),
        ("PQRSTUVWXYZ2", "backup-code"),
        ("3456789AAAAA", "backup-code"),
        ("ABCDEFGHJKMNPQRSTUVW", "app-password"),
        ("00000000", "issued-code"),
        ("99999999", "issued-code"),
        *((f"AAAAAAAAAAA{odd}", None) for odd in "ILO01a-"),
        *(("A" * length, None) for length in (8, 11, 13, 19, 21)),
        *(("0" * length, None) for length in (6, 7, 9)),
    ],
)
def test_inputs_are_recognised(typed: str, kind: str | None) -> None:
    assert one_time_codes.recognised(typed) == kind


def test_codes_are_shown_in_groups_of_four() -> None:
    assert one_time_codes.shown("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"
    assert one_time_codes.shown("ABCDEFGHJKMNPQRSTUVW") == "ABCD-EFGH-JKMN-PQRS-TUVW"
