"""The registry's key file, and the keys derived from it for each purpose.

One file to keep safe; nothing that one purpose shows helps with another (HMAC as a key derivation,
NIST SP 800-108r1 section 4).
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
        sealing: for secrets; the file's own bytes.
        twins: recognises accounts with the same secret.
        factors: for hashes of backup codes, issued codes and app passwords.
        trail: for the audit trail.
        names: for unknown names.
    """

    sealing: bytes
    secret_ids: bytes
    factors: bytes
    trail: bytes
    names: bytes

    @classmethod
    def of(cls, key: bytes) -> Keys:
        """All that are made from the key file's bytes."""
        purposes = ("twins", "factors", "trail", "names")
        return cls(
            key, *(hmac.digest(key, f"ticktap registry {each}".encode(), "sha256") for each in purposes)
        )


def keys(engine: Engine, run: Execute, may_create: bool) -> Keys:
    """The registry's keys, checked to be those that encrypted its data. New ones are made only for an empty
    registry.

    Raises:
        KeyFileError: the file is missing, readable by others, or another registry's.
        OSError: it cannot be read or written.
    """
    path = engine.key_path
    in_use = _in_use(run)
    if may_create and not in_use and engine.lock:
        run(engine.lock)  # of several hosts that come to a new registry, one seals it with its key
        in_use = _in_use(run)
    if may_create and not in_use and not path.exists():
        create_key(path)
    key = read_key(path)
    check = run("select key_check from sealing").fetchone()
    if in_use or not may_create:
        if check is None or decrypt(key, check[0], _CHECK) is None:
            raise KeyFileError(
                f"the key file {path} is not the one that {engine.name} was encrypted with",
                "Restore the right key file; or move both away and store the accounts again.",
            )
    else:
        run("delete from sealing")
        run("insert into sealing values (?)", (encrypt(key, b"", _CHECK),))
    return Keys.of(key)


def _in_use(run: Execute) -> bool:
    """Whether the registry contains encrypted or signed data."""
    tables = ("accounts", "users")
    return any(run(f"select exists (select 1 from {table})").fetchone()[0] for table in tables)
