"""An owner at the desk: sessions of docs/protocol.md, by the standard library and a library's CMAC."""

from __future__ import annotations

import base64
import json

from support.owner_proofs import Proofs
from support.virtual_desk import Desk

OWNER_KEY = bytes(range(0x40, 0x60))
HOST_NONCE = bytes(range(16))
SALT = bytes(range(16, 32))


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def claim(desk: Desk, key: bytes = OWNER_KEY) -> None:
    assert desk.pressed("token.claim", key=base64_of(key), salt=base64_of(SALT)) == {}
    desk.session = None


class Owner:
    """Calls of one session. `seal` makes the parameters of session.call without sending them."""

    def __init__(self, desk: Desk, key: bytes = OWNER_KEY, nonce: bytes = HOST_NONCE) -> None:
        self.desk = desk
        self.sequence = 0
        fresh = base64.b64decode(desk.call("session.open", nonce=base64_of(nonce))["nonce"])
        self.proofs = Proofs(key, desk.token.serial, fresh, nonce)
        told = desk.call("session.prove", mac=base64_of(self.proofs.host))
        assert told == {"mac": base64_of(self.proofs.token)}

    def seal(self, method: str, **params) -> dict:
        self.sequence += 1
        text = json.dumps({"method": method, "params": params}, ensure_ascii=False)
        return {
            "seq": self.sequence,
            "call": text,
            "mac": base64_of(self.proofs.call(self.sequence, text)),
        }

    def send(self, method: str, **params) -> int:
        return self.desk.send("session.call", **self.seal(method, **params))

    def call(self, method: str, **params) -> dict:
        return self.desk.result(self.send(method, **params))

    def pressed(self, method: str, **params) -> dict:
        number = self.send(method, **params)
        self.desk.press(method)
        return self.desk.result(number)
