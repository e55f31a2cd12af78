"""Accounts in the registry: readable parameters, and a secret encrypted with user and parameters as
associated data.

verifier/ checks codes; this module ensures that each one is accepted only once.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ticktap.files.key_file import decrypt, encrypt
from ticktap.otp.account import Account
from ticktap.registry.engine import Execute
from ticktap.registry.keys import Keys
from ticktap.registry.sealed_row import SealedRow, Tampered

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
_STATES = "select id, encrypted, drift, resync_counter from accounts where user_id = ? order by id"
_IDENTITY = "account" + "\0%s" * 13
_DECOY = Account("ticktap", "decoy", b"\0" * 20)


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
        state: what the digest of the user's accounts covers, as in `states`.
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
    state: str = field(default="", repr=False)

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


def insert(
    run: Execute,
    keys: Keys,
    account: Account,
    token: str,
    token_id: int,
    user_id: int | None,
) -> int:
    """Stores an account; returns its row."""
    secret_id = secret_id_of(keys, account)
    readable = (
        *(account.issuer, account.name, account.type, account.algorithm),
        *(account.digits, account.period, as_text(account.counter), account.suffix),
    )
    values = (token, token_id, user_id, secret_id, *readable, b"")
    row = int(run(_INSERT, values).fetchone()[0])
    run(
        "update accounts set encrypted = ? where id = ?",
        (
            encrypt(
                keys.secrets, account.secret, _identity(row, token, token_id, user_id, secret_id, *readable)
            ),
            row,
        ),
    )
    return row


def select(run: Execute, keys: Keys, where: str = "", values: tuple[Any, ...] = ()) -> list[StoredAccount]:
    """Returns stored accounts in order of addition.

    Raises:
        Tampered: one was damaged or tampered with.
    """
    rows = run(f"{_SELECT} {where} order by accounts.id", values).fetchall()
    return [_stored(keys, row) for row in rows]


def dummy(keys: Keys, number: int) -> bytes:
    """Encrypts the account of a decoy. `number`: the decoy's; 0: for users without an account."""
    return encrypt(keys.secrets, secrets.token_bytes(20), f"decoy {number}".encode())


def decrypted_dummy(keys: Keys, number: int, encrypted: bytes) -> StoredAccount:
    """Decrypts an account that `dummy` made, which takes as long as a user's."""
    secret = decrypt(keys.secrets, encrypted, f"decoy {number}".encode())
    if secret is None:
        raise Tampered("a decoy user")
    return StoredAccount(0, "", 0, replace(_DECOY, secret=secret), None, 0, None, None, b"")


def states(run: Execute, user_id: int) -> list[str]:
    """Returns what the digest in the user's row covers of each account: number, ciphertext, drift,
    resynchronisation counter. The ciphertext is bound to all else.
    """
    return [state_of(*row) for row in run(_STATES, (user_id,)).fetchall()]


def state_of(row: int, encrypted: bytes, drift: int, resync_counter: str | None) -> str:
    """Returns one text of `states`."""
    return f"{row} {bytes(encrypted).hex()} {drift} {resync_counter}"


def record_used(run: Execute, secret_id: bytes, counter: int) -> bool:
    """Records a used time step or counter; False if it or a later one was used before.

    Of several callers with the same counter, in whatever processes, exactly one gets True.
    """
    return run(_RECORD_USED, (secret_id, as_text(counter))).rowcount == 1


def used_by(row: SealedRow) -> dict[str, str]:
    """Returns the used counters of a user's secrets, as the user's row has them: counters as text, by
    `used_name` of the secret.
    """
    text = row["used"]
    return dict([each.split(":") for each in text.split(" ")]) if text else {}


def set_used(row: SealedRow, used: Mapping[str, str]) -> None:
    """Changes what `used_by` returns."""
    row.set(used=" ".join([f"{name}:{counter}" for name, counter in used.items()]))


def used_name(secret_id: bytes) -> str:
    """Returns the name of a secret in `used_by`."""
    return secret_id[:16].hex()


def as_text(counter: int) -> str:
    """Returns a counter in the form of the tables: 20 digits."""
    return f"{counter:020d}"


def _stored(keys: Keys, row: tuple[Any, ...]) -> StoredAccount:
    number, token, token_id, encrypted, last_used, drift, user_id, resync_counter, secret_id = row[:9]
    readable = row[9:]
    issuer, name, kind, algorithm, digits, period, counter, suffix = readable
    secret = decrypt(
        keys.secrets, encrypted, _identity(number, token, token_id, user_id, secret_id, *readable)
    )
    if secret is None:
        raise Tampered(f"the entry {number} of the registry")
    account = Account.of_checked(issuer, name, secret, kind, algorithm, digits, period, int(counter), suffix)
    used, next_one = (None if text is None else int(text) for text in (last_used, resync_counter))
    state = state_of(number, encrypted, drift, resync_counter)
    return StoredAccount(
        number, token, token_id, account, used, drift, user_id, next_one, bytes(secret_id), state
    )


def secret_id_of(keys: Keys, account: Account) -> bytes:
    """Returns the same value for accounts with the same secret and the same counters."""
    about = f"{account.type}\0{account.period}\0".encode()
    return hmac.digest(keys.secret_ids, about + account.secret, "sha256")


def _identity(
    row: int, token: str, token_id: int, user_id: int | None, secret_id: bytes, *readable: str | int
) -> bytes:
    """The associated data of an encrypted secret: whose it is, and all that its codes depend on."""
    return (_IDENTITY % (row, token, token_id, user_id, bytes(secret_id).hex(), *readable)).encode()
