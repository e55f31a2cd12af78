"""The owner's side of a session (docs/protocol.md), by the standard library and a library's CMAC."""

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC


class Proofs:
    """`key`: the owner's. `nonces`: serial | token nonce | host nonce."""

    def __init__(self, key: bytes, serial: str, token_nonce: bytes, host_nonce: bytes) -> None:
        self._key = key
        self._nonces = serial.encode("ascii") + token_nonce + host_nonce

    def _mac(self, label: bytes) -> bytes:
        return hmac.new(self._key, label + self._nonces, hashlib.sha256).digest()

    @property
    def host(self) -> bytes:
        return self._mac(b"ticktap host")

    @property
    def token(self) -> bytes:
        return self._mac(b"ticktap token")

    def call(self, sequence: int, text: str) -> bytes:
        cmac = CMAC(AES(self._mac(b"ticktap calls")))
        cmac.update(sequence.to_bytes(4, "big") + text.encode())
        return cmac.finalize()
