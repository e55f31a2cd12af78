"""A key file of mode 0600, and bytes sealed under it with AES-256-GCM.

Whoever can read both has what was sealed; this keeps secrets out of copies of one of the files. It knows
nothing of accounts.
"""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ticktap.errors import TicktapError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NONCE_BYTES = 12
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would turn every byte 10 into two


class KeyFileError(TicktapError):
    """The key file is missing, damaged, readable by others, or the key of something else."""

    kind = "key-file"


def seal(key: bytes, plain: bytes, aad: bytes) -> bytes:
    """Nonce, ciphertext and tag. Opens only with the same `bound_to` (the associated data of AES-GCM)."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, plain, aad)


def unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes | None:
    """What was sealed; None when the key, the binding or the bytes are not those of `seal`."""
    from cryptography.exceptions import InvalidTag

    try:
        return _cipher(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], aad)
    except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
        return None


@functools.lru_cache(maxsize=2)
def _cipher(key: bytes) -> AESGCM:
    """The key made ready, which a sign-in server would otherwise do for each secret."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def create_key(path: Path) -> None:
    """Writes a new key file, whole or not at all, and durably; one that another process made meanwhile stays.

    Raises:
        OSError: the folder cannot be written.
    """
    unfinished = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)  # unlike a rename, never replaces
    finally:
        unfinished.unlink()
    if os.name == "posix":  # elsewhere a folder cannot be opened
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def read_key(path: Path) -> bytes:
    """The key in a file.

    Raises:
        KeyFileError: there is none, it is damaged, or others can read it.
        OSError: it cannot be read.
    """
    try:
        mode, key = path.stat().st_mode, path.read_bytes()
    except FileNotFoundError:
        raise KeyFileError(
            f"the key file {path} is missing; the kept secrets cannot be read without it",
            "Put it back from a backup; or move the registry away and keep the accounts again.",
        ) from None
    if os.name == "posix" and mode & 0o077:
        raise KeyFileError(f"others can read the key file {path}", f"Run: chmod 600 {path}")
    if len(key) != _KEY_BYTES:
        raise KeyFileError(f"the key file {path} is damaged", "Put it back from a backup.")
    return key
