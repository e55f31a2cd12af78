"""A token that gives away what it was told: it answers `hello` well, and all else with the request."""

from __future__ import annotations

import base64
import json
import os
import select
import threading
import time
import tty
from typing import Any

SERIAL = "LIAR"
SALT = bytes(range(16))
HELLO = {"product": "ticktap", "protocol": 1, "serial": SERIAL, "name": "", "mode": "normal"}
GOOD: dict[str, Any] = {
    "clock.get": {"state": "ok", "unix": 1},
    "account.list": {"accounts": [], "next": None},
    "session.allow": {},
    "pin.info": {
        **{"set": True, "locked": True, "tries": 8, "erases": True, "replug": False, "keys": False},
        **{"salt": base64.b64encode(SALT).decode(), "memory": 65536, "passes": 3, "lanes": 4},
    },
}
GOOD["session.open"] = {name: base64.b64encode(bytes(16)).decode() for name in ("nonce", "salt")}
ANSWERS = ("echo", "error data", "error message", "unknown code", "result", "not JSON", "long", "nothing")
PROMPT_ANSWERS = ("error data", "error message", "unknown code", "result")  # nobody waits for these


class MaliciousDevice:
    """Speaks at `path` until it is closed; `how` is one of ANSWERS. `claimed`: it says it has an owner."""

    def __init__(self, how: str, claimed: bool = False) -> None:
        self._how = how
        self._hello = HELLO | {"claimed": claimed}
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        os.close(slave)  # a program that has the port open, besides the command, would be noticed
        self._over, self._stop = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="malicious device")
        self._thread.start()

    def __enter__(self) -> MaliciousDevice:
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._stop, b"x")
        self._thread.join()
        for end in (self._master, self._over, self._stop):
            os.close(end)

    def _serve(self) -> None:
        part = b""
        while self._over not in select.select([self._master, self._over], [], [])[0]:
            try:
                *lines, part = (part + os.read(self._master, 4096)).split(b"\n")
            except OSError:  # no program has the port open
                time.sleep(0.002)
                continue
            for line in lines:
                os.write(self._master, self._answer(line) + b"\n")

    def _answer(self, line: bytes) -> bytes:
        request = json.loads(line)
        reply = {"jsonrpc": "2.0", "id": request["id"]}
        method, told = request["method"], request.get("params", {})
        if method == "hello" or method in GOOD:
            return json.dumps(reply | {"result": GOOD.get(method, self._hello)}).encode()
        secret = told.get("secret") or told.get("key") or str(told)
        lies: dict[str, Any] = {
            "error data": {"error": {"code": -32602, "message": "no", "data": secret}},
            "error message": {"error": {"code": -32603, "message": secret, "data": secret[:20]}},
            "unknown code": {"error": {"code": 77, "message": secret, "data": told}},
            "result": {"result": secret},
            "long": {"result": secret * 200},
            "echo": request,
        }
        if self._how in lies:
            return json.dumps(reply | lies[self._how]).encode()
        return line + b"}" if self._how == "not JSON" else b""
