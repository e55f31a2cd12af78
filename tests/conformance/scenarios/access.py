"""Who may do what: a press before changes, the PIN, the owner."""

from __future__ import annotations

import base64
import json
from typing import Any

from conformance.desk import SECRET, Desk
from support.owner_proofs import Proofs

STORE_FILE = True  # to set a PIN needs one


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


RIGHT, OTHER, WRONG = (_base64(bytes([n]) * 64) for n in (1, 2, 3))  # as if made from PINs
STRETCHED = {"salt": _base64(bytes(range(16))), "memory": 65536, "passes": 3, "lanes": 4}
DIGITS = "1121"
STRETCH_S = 30
OWNER = bytes(range(0x40, 0x60))
HOST_NONCE = bytes(range(16))
PRESS, OWNERS, LOCKED, PIN, ERASED, REPLUG = 12, 11, 10, 14, 15, 18
ADD, BOB = "account.add", {"name": "bob", "secret": _base64(SECRET)}
CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    (ADD, BOB),
    ("account.rename", {"id": 1, "issuer": "", "name": "renamed"}),
    ("account.set", {"id": 1, "suffix": "tab"}),
    ("account.move", {"id": 1, "position": 1}),
    ("account.default", {"id": 1}),
    ("settings.set", {"inter_key_ms": 1}),
    ("token.rename", {"name": "desk"}),
)


def a_press_before_changes(desk: Desk) -> None:
    desk.add()
    desk.reopen()
    for method, params in CHANGES:
        assert desk.note(method, desk.ask(method, **params))["error"] == PRESS
    desk.note("held", desk.waiting("session.allow", press_ms=1000))
    desk.note("nobody pressed", desk.ask("session.allow", key=_base64(bytes(32)), timeout=1))
    assert desk.note("still not", desk.ask(ADD, **BOB))["error"] == PRESS
    desk.note("a press", desk.waiting("session.allow"))
    for method, params in CHANGES:
        assert "result" in desk.note(f"{method}, allowed", desk.ask(method, **params))
    desk.note("what was added here", desk.ask("account.remove", id=2))
    desk.reopen()
    assert desk.note("another connection", desk.ask(ADD, **BOB))["error"] == PRESS
    desk.to_second(5)
    proved = desk.note("added with a press", desk.waiting(ADD, prove=True, **BOB))
    assert "result" in proved and len(proved["result"]["code"]) == 6, proved
    desk.note("status", desk.ask("status"))


def locked(desk: Desk) -> None:
    desk.add()
    desk.add("counted", type="hotp")
    _set_pin(desk)
    desk.replug()
    assert desk.note("hello", desk.ask("hello"))["result"]["locked"]
    desk.note("status", desk.ask("status"))
    content = (("account.list", {}), ("code.get", {"id": 1}), ("code.type", {"id": 2}), *CHANGES[:3])
    for method, params in content:
        assert desk.note(method, desk.ask(method, **params))["error"] == LOCKED
    desk.to_second(5)
    assert desk.note("a press", desk.click()) == []
    wrong = desk.note("a wrong PIN", desk.ask("pin.unlock", key=WRONG))
    assert (wrong["error"], wrong["data"]) == (PIN, 7)
    assert not desk.note("the PIN", desk.ask("pin.unlock", key=RIGHT))["result"]["locked"]
    desk.note("accounts", desk.ask("account.list"))
    desk.to_second(5)
    assert len(desk.note("a press, unlocked", desk.click())) >= 7
    desk.note("locked again", desk.ask("pin.lock"))
    assert desk.note("a press, locked again", desk.click()) == []


def three_wrong_pins(desk: Desk) -> None:
    """It takes no more until it was unplugged, and still knows how many there were."""
    desk.add()
    _set_pin(desk)
    desk.ask("pin.lock")
    for _ in range(3):
        assert desk.note("a wrong PIN", desk.ask("pin.unlock", key=WRONG))["error"] == PIN
    assert desk.note("the PIN", desk.ask("pin.unlock", key=RIGHT))["error"] == REPLUG
    desk.note("pin.info", desk.ask("pin.info"))
    desk.replug()
    desk.note("pin.info, plugged in anew", desk.ask("pin.info"))
    assert desk.note("the PIN, plugged in anew", desk.ask("pin.unlock", key=RIGHT))["result"]["tries"] == 8


def the_last_try_erases(desk: Desk) -> None:
    desk.add()
    desk.client.set_settings({"max_pin_failures": 3, "inter_key_ms": 1})
    desk.client.rename_token("desk")
    _set_pin(desk)
    desk.ask("pin.lock")
    for error in (PIN, PIN, ERASED):
        assert desk.note("a wrong PIN", desk.ask("pin.unlock", key=WRONG))["error"] == error
    assert desk.note("status", desk.ask("status"))["result"]["accounts"] == 0
    desk.note("hello", desk.ask("hello"))
    desk.note("settings", desk.ask("settings.get"))
    assert desk.note("a press", desk.click()) == []


def a_pin_changed_and_removed(desk: Desk) -> None:
    desk.add()
    _set_pin(desk)
    desk.note("without the old one", desk.ask("pin.set", key=OTHER, **STRETCHED))
    desk.note("with a wrong one", desk.ask("pin.set", key=OTHER, old=WRONG, **STRETCHED))
    assert "result" in desk.note("with it", desk.waiting("pin.set", key=OTHER, old=RIGHT, **STRETCHED))
    desk.note("pin.info", desk.ask("pin.info"))
    assert desk.note("removed by the earlier", desk.ask("pin.remove", old=RIGHT))["error"] == PIN
    assert "result" in desk.note("removed", desk.waiting("pin.remove", old=OTHER))
    desk.replug()
    desk.to_second(5)
    assert len(desk.note("a press", desk.click())) >= 7
    desk.note("status", desk.ask("status"))


def the_buttons_unlock(desk: Desk) -> None:
    desk.add()
    _set_pin(desk)
    desk.note("for the buttons", desk.waiting("pin.keys", answer_s=STRETCH_S, digits=DIGITS))
    desk.ask("pin.lock")
    for digit in DIGITS:
        for _ in range(int(digit)):
            desk.token.press()
            desk.token.advance(150)
        desk.token.advance(1400)
    desk.token.hold()
    unlocked = desk.token.advance_until(lambda: not desk.client.hello()["locked"], STRETCH_S * 1000, 500)
    assert unlocked
    desk.to_second(5)
    assert len(desk.note("a press", desk.click())) >= 7
    desk.note("status", desk.ask("status"))


def an_owner(desk: Desk) -> None:
    desk.add()
    desk.spent = True
    desk.note("claimed", desk.waiting("token.claim", key=_base64(OWNER), salt=_base64(bytes(16))))
    for method, params in (
        ("account.list", {}),
        ("session.allow", {"key": _base64(bytes(32))}),
        ("account.remove", {"id": 1}),
        *CHANGES,
    ):
        assert desk.note(f"{method} by a stranger", desk.ask(method, **params))["error"] == OWNERS
    desk.note("claimed by another", desk.ask("token.claim", key=_base64(bytes(32)), salt=_base64(bytes(16))))
    desk.to_second(5)
    assert len(desk.note("a press", desk.click())) >= 7
    assert _Owner(desk, bytes(32)).told == {"error": OWNERS, "data": None}
    owner = _Owner(desk)
    desk.note("proved", owner.told)
    added = owner.sealed(ADD, **BOB)
    assert "result" in desk.note("account.add", desk.ask("session.call", **added))
    assert desk.note("the same again", desk.ask("session.call", **added))["error"] == OWNERS
    early = {**owner.sealed("account.list"), "seq": owner.sequence + 1}
    assert desk.note("out of order", desk.ask("session.call", **early))["error"] == OWNERS
    owner = _Owner(desk)
    desk.note("accounts", desk.ask("session.call", **owner.sealed("account.list")))
    desk.note("removed", desk.waiting("session.call", **owner.sealed("account.remove", id=1)))
    desk.note("closed", desk.ask("session.close"))
    assert desk.note("after it", desk.ask("session.call", **owner.sealed("account.list")))["error"] == OWNERS
    desk.replug()
    desk.note("status", desk.ask("status"))
    desk.note("released", desk.waiting("session.call", **_Owner(desk).sealed("token.release")))
    assert desk.note("nobody's", desk.ask(ADD, **BOB))["error"] == PRESS


def _set_pin(desk: Desk) -> None:
    assert "result" in desk.note("the PIN is set", desk.waiting("pin.set", key=RIGHT, **STRETCHED))


class _Owner:
    """A session that has been proved with a key, or not: `told` is the token's answer."""

    def __init__(self, desk: Desk, key: bytes = OWNER) -> None:
        self.sequence = 0
        nonce = base64.b64decode(desk.client.call("session.open", {"nonce": _base64(HOST_NONCE)})["nonce"])
        self._proofs = Proofs(key, desk.client.hello()["serial"], nonce, HOST_NONCE)
        self.told = desk.ask("session.prove", mac=_base64(self._proofs.host))

    def sealed(self, method: str, **params: Any) -> dict[str, Any]:
        """The parameters of session.call for the next call."""
        self.sequence += 1
        text = json.dumps({"method": method, "params": params})
        return {"seq": self.sequence, "call": text, "mac": _base64(self._proofs.call(self.sequence, text))}
