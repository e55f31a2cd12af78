"""The registry's key file, and the keys derived from it for each purpose.

There is one file to keep safe. A key of one purpose reveals nothing about the others: each is an HMAC of the
file's key (key derivation as in NIST SP 800-108r1, section 4).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace

from ticktap.files.key_file import KeyFileError, create_key, decrypt, encrypt, read_key
from ticktap.registry.engine import Engine, Execute

_CHECK = b"key check"


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Keys of 32 bytes, and the origin of the registry.

    Args:
        secrets: encrypts secrets of accounts; the bytes of the file itself.
        secret_ids: recognises accounts with the same secret.
        factors: hashes backup codes, temporary codes and app passwords.
        audit_log: signs the audit log.
        names: hashes unknown names.
        rows: authenticates rows that decide sign-ins.
        origin: the random number that a registry gets with its first user, 16 bytes; empty: it has had none
            yet.
    """

    secrets: bytes
    secret_ids: bytes
    factors: bytes
    audit_log: bytes
    names: bytes
    rows: bytes
    origin: bytes = b""

    @classmethod
    def of(cls, key: bytes, origin: bytes = b"") -> Keys:
        """Derives all keys from the 32 bytes of the key file."""
        purposes = ("secret-ids", "factors", "audit-log", "names", "rows")
        derived = [hmac.digest(key, f"ticktap registry {each}".encode(), "sha256") for each in purposes]
        return replace(cls(key, *derived), origin=origin)


def load(engine: Engine, run: Execute) -> Keys:
    """Returns the keys, after a check that they are those that encrypted the registry's data.

    Raises:
        KeyFileError: the file is missing, readable by others, or another registry's.
        OSError: it cannot be read.
    """
    key = read_key(engine.key_path)
    check = run("select value from key_check").fetchone()
    origin = None if check is None else decrypt(key, bytes(check[0]), _CHECK)
    if origin is None:
        raise KeyFileError(
            f"the key file {engine.key_path} is not the one that {engine.name} was encrypted with",
            "Restore the right key file; or move both away and store the accounts again.",
        )
    return Keys.of(key, origin)


def create(engine: Engine, run: Execute) -> Keys:
    """Binds a registry without data to its key file, which is created if it is missing; returns the keys.

    If another host was faster, this loads the keys that the other host has bound.

    Raises:
        KeyFileError: the file is readable by others or damaged.
        OSError: it cannot be read or written.
    """
    if engine.lock:
        run(engine.lock)
        if in_use(run):
            return load(engine, run)
    if not engine.key_path.exists():
        create_key(engine.key_path)
    key = read_key(engine.key_path)
    _bind(run, key, b"")
    return Keys.of(key)


def begin(run: Execute, keys: Keys, origin: bytes) -> Keys:
    """Stores the origin of a registry that gets its first user; returns the keys with it."""
    _bind(run, keys.secrets, origin)
    return Keys.of(keys.secrets, origin)


def in_use(run: Execute) -> bool:
    """Whether the registry contains encrypted or signed data."""
    tables = ("accounts", "users", "decoys")
    return any(run(f"select exists (select 1 from {table})").fetchone()[0] for table in tables)


def _bind(run: Execute, key: bytes, origin: bytes) -> None:
    run("delete from key_check")
    run("insert into key_check values (?)", (encrypt(key, origin, _CHECK),))
