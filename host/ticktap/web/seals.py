"""Data that the browsers of strangers store: encrypted cookies, and the CSRF tokens of forms.

Nothing about a stranger is stored in the database.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class Seals:
    """Encrypts and authenticates with a key of the registry, so that all instances accept the same values.

    Args:
        key: 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(hmac.digest(key, b"cookies", "sha256"))
        self._forms = hmac.digest(key, b"forms", "sha256")

    def seal(self, purpose: str, value: dict[str, Any], expires: int) -> str:
        """Encrypts a value for a cookie. expires: unix time."""
        nonce = os.urandom(_NONCE_BYTES)
        text = json.dumps([expires, value]).encode()
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, text, purpose.encode())).decode()

    def unseal(self, purpose: str, sealed: str, now: float) -> dict[str, Any] | None:
        """Decrypts a value; None: it was not made here for this purpose, or has expired."""
        try:
            data = base64.urlsafe_b64decode(sealed.encode("utf-8", "replace"))
            text = self._cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError):
            return None
        expires, value = json.loads(text)
        return None if now >= expires else dict(value)

    def form_token(self, browser: str) -> str:
        """Returns the token of all forms for one browser. `browser`: the value of its cookie."""
        return hmac.digest(self._forms, browser.encode("utf-8", "replace"), "sha256").hex()

    def is_form_token(self, browser: str, token: str) -> bool:
        """Whether a form was made for this browser."""
        given = token.encode("utf-8", "replace")
        return bool(browser) and hmac.compare_digest(self.form_token(browser).encode(), given)
