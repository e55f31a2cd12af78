"""The registry's key file, and the keys derived from it for each purpose.

There is one file to keep safe. A key of one purpose reveals nothing about the others: each is an HMAC of the
file's key (key derivation as in NIST SP 800-108r1, section 4).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from ticktap.files.key_file import KeyFileError, create_key, decrypt, encrypt, read_key
from ticktap.registry.engine import Engine, Execute

_CHECK = b"key check"


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Keys of 32 bytes.

    Args:
        secrets: encrypts secrets of accounts; the bytes of the file itself.
        secret_ids: recognises accounts with the same secret.
        factors: hashes backup codes, temporary codes and app passwords.
        audit_log: signs the audit log.
        names: hashes unknown names.
    """

    secrets: bytes
    secret_ids: bytes
    factors: bytes
    audit_log: bytes
    names: bytes

    @classmethod
    def of(cls, key: bytes) -> Keys:
        """Derives all keys from the 32 bytes of the key file."""
        purposes = ("secret-ids", "factors", "audit-log", "names")
        return cls(
            key, *(hmac.digest(key, f"ticktap registry {each}".encode(), "sha256") for each in purposes)
        )


def load(engine: Engine, run: Execute) -> Keys:
    """Returns the keys, after a check that they are those that encrypted the registry's data.

    Raises:
        KeyFileError: the file is missing, readable by others, or another registry's.
        OSError: it cannot be read.
    """
    key = read_key(engine.key_path)
    check = run("select value from key_check").fetchone()
    if check is None or decrypt(key, check[0], _CHECK) is None:
        raise KeyFileError(
            f"the key file {engine.key_path} is not the one that {engine.name} was encrypted with",
            "Restore the right key file; or move both away and store the accounts again.",
        )
    return Keys.of(key)


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
    run("delete from key_check")
    run("insert into key_check values (?)", (encrypt(key, b"", _CHECK),))
    return Keys.of(key)


def in_use(run: Execute) -> bool:
    """Whether the registry contains encrypted or signed data."""
    tables = ("accounts", "users", "decoys")
    return any(run(f"select exists (select 1 from {table})").fetchone()[0] for table in tables)
