"""Key files of mode 0600, and encryption under such a key with AES-256-GCM.

Whoever can read both files can decrypt the data; the encryption protects a copy of one of them.
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
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would convert line ends


class KeyFileError(TicktapError):
    """The key file is missing, damaged, readable by others, or does not fit."""

    kind = "key-file"


def encrypt(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """Returns nonce, ciphertext and tag. `aad`: the associated data, needed again for decryption."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, plaintext, aad)


def decrypt(key: bytes, data: bytes, aad: bytes) -> bytes | None:
    """Returns the plaintext; None if the key, the associated data or the ciphertext is wrong."""
    from cryptography.exceptions import InvalidTag

    try:
        return _cipher(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], aad)
    except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
        return None


@functools.lru_cache(maxsize=2)
def _cipher(key: bytes) -> AESGCM:
    """The expanded key, cached for sign-in servers."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def create_key(path: Path) -> None:
    """Writes a new key file atomically and durably. A file that another process created meanwhile is kept.

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
    """Reads the key from a file.

    Raises:
        KeyFileError: the file is missing, damaged, or readable by others.
        OSError: it cannot be read.
    """
    try:
        mode, key = path.stat().st_mode, path.read_bytes()
    except FileNotFoundError:
        raise KeyFileError(
            f"the key file {path} is missing; the stored secrets cannot be decrypted without it",
            "Restore it from a backup; or move the registry away and store the accounts again.",
        ) from None
    if os.name == "posix" and mode & 0o077:
        raise KeyFileError(f"others can read the key file {path}", f"Run: chmod 600 {path}")
    if len(key) != _KEY_BYTES:
        raise KeyFileError(f"the key file {path} is damaged", "Restore it from a backup.")
    return key
