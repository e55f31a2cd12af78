"""Accounts in the registry: readable parameters, and a secret encrypted with its row as associated data.

verifier/ checks codes; this module ensures that each one is accepted only once.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from ticktap.files.key_file import decrypt, encrypt
from ticktap.otp.account import Account
from ticktap.registry.engine import Execute, RegistryError
from ticktap.registry.keys import Keys

_INSERT = """
insert into accounts
    (token, token_id, user_id, secret_id, issuer, name, type, algorithm, digits, period, counter, suffix,
    encrypted)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id
"""
_SELECT = """
select accounts.id, token, token_id, encrypted, used_counters.counter, drift, user_id, resync_counter,
    accounts.secret_id,
    issuer, name, type, algorithm, digits, period, accounts.counter, suffix
from accounts left join used_counters on used_counters.secret_id = accounts.secret_id
"""
_RECORD_USED = """
insert into used_counters values (?, ?)
on conflict (secret_id) do update set counter = excluded.counter
    where used_counters.counter < excluded.counter
"""


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """A stored account.

    Args:
        row: the registry's number for it.
        token: the serial number of its token.
        token_id: its number on that token.
        last_used: the highest time step or counter accepted so far with this secret.
        drift: time steps that the token's clock was off at the last accepted code; negative: behind.
        user_id: the registry's number for its user; None: it has no user.
        resync_counter: the HOTP counter whose code completes a resynchronisation; None: none is under way.
        secret_id: equal for accounts with the same secret; it does not reveal the secret. 32 bytes.
    """

    row: int
    token: str
    token_id: int
    account: Account
    last_used: int | None
    drift: int
    user_id: int | None
    resync_counter: int | None
    secret_id: bytes

    @property
    def id(self) -> int:
        """The number that is shown to people, which is `token_id`."""
        return self.token_id

    @property
    def issuer(self) -> str:
        """As in Account."""
        return self.account.issuer

    @property
    def name(self) -> str:
        """As in Account."""
        return self.account.name

    def __str__(self) -> str:
        return f"number {self.token_id}, {self.account.label} (token {self.token})"


def insert(run: Execute, keys: Keys, account: Account, token: str, token_id: int, user_id: int | None) -> int:
    """Stores an account; returns its row. It replaces one with the same token and number.

    A token uses a number again only after its store was reset, so the earlier account is no longer on it.
    """
    run("delete from accounts where token = ? and token_id = ?", (token, token_id))
    counter = as_text(account.counter)
    readable = (
        *(account.issuer, account.name, account.type, account.algorithm),
        *(account.digits, account.period, counter, account.suffix),
    )
    values = (token, token_id, user_id, _secret_id(keys, account), *readable, b"")
    row = int(run(_INSERT, values).fetchone()[0])
    run(
        "update accounts set encrypted = ? where id = ?",
        (encrypt(keys.secrets, account.secret, _identity(row, token, token_id)), row),
    )
    return row


def select(run: Execute, keys: Keys, where: str = "", values: tuple[Any, ...] = ()) -> list[StoredAccount]:
    """Returns stored accounts in order of addition.

    Raises:
        RegistryError: one was damaged or tampered with.
    """
    rows = run(f"{_SELECT} {where} order by accounts.id", values).fetchall()
    return [_stored(keys, row) for row in rows]


def record_used(run: Execute, secret_id: bytes, counter: int) -> bool:
    """Records a used time step or counter; False if it or a later one was used before.

    Of several callers with the same counter, in whatever processes, exactly one gets True.
    """
    return run(_RECORD_USED, (secret_id, as_text(counter))).rowcount == 1


def as_text(counter: int) -> str:
    """Returns a counter in the form of the tables: 20 digits."""
    return f"{counter:020d}"


def _stored(keys: Keys, row: tuple[Any, ...]) -> StoredAccount:
    number, token, token_id, encrypted, last_used, drift, user_id, resync_counter, secret_id = row[:9]
    issuer, name, kind, algorithm, digits, period, counter, suffix = row[9:]
    secret = _decrypted(keys, encrypted, number, token, token_id)
    account = Account(issuer, name, secret, kind, algorithm, digits, period, int(counter), suffix)
    used, next_one = (None if text is None else int(text) for text in (last_used, resync_counter))
    return StoredAccount(number, token, token_id, account, used, drift, user_id, next_one, secret_id)


def _decrypted(keys: Keys, encrypted: bytes, row: int, token: str, token_id: int) -> bytes:
    secret = decrypt(keys.secrets, encrypted, _identity(row, token, token_id))
    if secret is None:
        raise RegistryError(
            f"the entry {row} of the registry was tampered with or damaged",
            "Restore the registry from a backup; or move it away and store the accounts again.",
        )
    return secret


def _secret_id(keys: Keys, account: Account) -> bytes:
    """Returns the same value for accounts with the same secret and the same counters."""
    about = f"{account.type}\0{account.period}\0".encode()
    return hmac.digest(keys.secret_ids, about + account.secret, "sha256")


def _identity(row: int, token: str, token_id: int) -> bytes:
    """The associated data of an encrypted secret."""
    return f"account\0{row}\0{token_id}\0{token}".encode()
