"""The owner key: one master key in a file or a keyring entry, from which each token's key is derived.

A token's key is HKDF-SHA-256 (RFC 5869) of the master key, a salt and its serial number. The salt is new each
time a token is claimed, and the token keeps it. So reading one token's flash reveals the key of that token
only, and a device that states another token's serial number does not get that token's key when it is claimed.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from ticktap.errors import BadInput, NotOwner, TicktapError
from ticktap.files.key_file import KeyFileError, create_key, read_key
from ticktap.otp.account import Hidden

VARIABLE = "TICKTAP_OWNER"
KEYRING = "keyring:"  # followed by the name of the entry
SERVICE = "ticktap owner"  # the keyring's service name
KEY_BYTES = 32
_INFO = b"ticktap owner|"


class KeyLocation:
    """Where an owner's master key is stored: a file or a keyring entry. `str()` describes it for messages."""

    def __init__(self, choice: str | None = None, env: Mapping[str, str] = os.environ) -> None:
        """Args:
        choice: a path or "keyring:NAME"; the default is TICKTAP_OWNER, then owner.key in the data folder.
        """
        from ticktap.files.paths import data_dir

        self._text = choice or env.get(VARIABLE) or str(data_dir(environ=env) / "owner.key")
        self.entry = self._text.removeprefix(KEYRING) if self._text.startswith(KEYRING) else None
        self.path = Path(self._text)
        if self.entry == "":
            raise BadInput("the name of the keyring entry is missing", "Give keyring:NAME.")

    def __str__(self) -> str:
        return f"the keyring's entry {self.entry!r}" if self.entry else self._text

    def master(self) -> Hidden | None:
        """Returns the master key, 32 bytes; None if there is none.

        Raises:
            KeyFileError: it exists and cannot be used.
        """
        if self.entry:
            return _from_keyring(self.entry)
        try:
            return Hidden(read_key(self.path)) if self.path.exists() else None
        except OSError as error:
            _unusable(self.path, error)

    def create(self) -> Hidden:
        """Returns the existing master key, or stores a new one durably and returns it."""
        if key := self.master():
            return key
        if self.entry:
            return _into_keyring(self.entry)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            create_key(self.path)
            return Hidden(read_key(self.path))
        except OSError as error:
            _unusable(self.path, error)

    def require(self) -> Hidden:
        """Returns the master key.

        Raises:
            NotOwner: there is no key here.
            KeyFileError: it cannot be used.
        """
        if key := self.master():
            return key
        raise NotOwner(
            f"the token has an owner, and the owner's key is not here ({self})",
            f"Give the owner's key with --owner FILE or {VARIABLE}.",
        )


def token_key(master: bytes, serial: str, salt: bytes) -> Hidden:
    """Derives the owner key of the token with that serial number, 32 bytes.

    Args:
        salt: 16 bytes, which the token keeps.
    """
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = _INFO + serial.encode("ascii", "replace")
    return Hidden(HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(bytes(master)))


def _unusable(path: Path, error: OSError) -> NoReturn:
    raise KeyFileError(
        f"the owner's key {path} cannot be used: {error.strerror}", "Look at the permissions of its folder."
    ) from error


def _from_keyring(entry: str) -> Hidden | None:
    keyring = _keyring()
    try:
        text = keyring.get_password(SERVICE, entry)
    except keyring.errors.KeyringError as error:
        raise _no_keyring(type(error).__name__) from None
    if text is None:
        return None
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"the keyring's entry {entry!r} is no owner's key", "Name another entry.")
    return Hidden(key)


def _into_keyring(entry: str) -> Hidden:
    keyring = _keyring()
    key = Hidden(os.urandom(KEY_BYTES))
    try:
        keyring.set_password(SERVICE, entry, base64.b64encode(key).decode("ascii"))
    except keyring.errors.KeyringError as error:
        raise _no_keyring(type(error).__name__) from None
    if _from_keyring(entry) != key:
        raise _no_keyring("it did not keep the key")
    return key


def _keyring() -> Any:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise TicktapError(
            "the keyring needs a package that is not installed", "Run: pip install 'ticktap[keyring]'"
        ) from None
    return keyring


def _no_keyring(why: str) -> KeyFileError:
    return KeyFileError(f"the keyring cannot be used ({why})", "Unlock it, or use a key file: --owner FILE.")
