"""Signs files as minisign does, for tests: a key pair of its own, and the text of a .minisig file."""

from __future__ import annotations

import base64
import hashlib
import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Signer:
    """A new key pair. `public` is the key as minisign prints it."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self._id = os.urandom(8)
        raw = self._key.public_key().public_bytes_raw()
        self.public = base64.b64encode(b"Ed" + self._id + raw).decode()

    def sign(self, data: bytes, comment: str = "ticktap 0.1.0") -> str:
        """The text of the signature file."""
        signature = self._key.sign(hashlib.blake2b(data).digest())
        whole = self._key.sign(signature + comment.encode())
        lines = (
            "untrusted comment: a test",
            base64.b64encode(b"ED" + self._id + signature).decode(),
            f"trusted comment: {comment}",
            base64.b64encode(whole).decode(),
        )
        return "\n".join(lines) + "\n"
