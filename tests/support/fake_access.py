"""The permissions of a FakeToken: presses, the owner session and the PIN, as in docs/protocol.md."""

import base64
import hmac
import json
import os

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

READS = {"account.list", "settings.get", "clock.note"}
CHANGES = {
    *("account.add", "account.rename", "account.set", "account.move", "account.default"),
    *("settings.set", "token.rename"),
}
PRESSED = {
    *("clock.allow", "clock.trim", "account.remove", "store.compact", "store.reset", "token.release"),
    *("pin.remove", "pin.keys"),
}
SEALED = {
    *("account.list", "account.add", "account.rename", "account.set", "code.get", "code.type"),
    *("settings.set", "pin.keys"),
}
TRIES = 8
BEFORE_REPLUG = 3


class Fault(Exception):
    """An error reply: code and data."""


class Access:
    """The part of a FakeToken that refuses calls."""

    def __init__(self):
        self.owner = None  # its key
        self.salt = bytes(range(16))  # from which the owner derived it
        self.pin_key = None
        self.kdf = {}
        self.locked = False
        self.tries = TRIES
        self.wrong_here = 0  # since it was plugged in
        self.buttons_pin = None
        self.hang_up()

    def hang_up(self):
        """Closes the port: the permissions of this connection end."""
        self.allowed = self.clock_allowed = self.unlocked_here = False
        self.added_here = set()
        self.nonces = self.session = None  # session: key, number of the last call, whether it is the owner's

    def replug(self):
        """Unplugs the token and plugs it in again."""
        self.hang_up()
        self.locked = self.pin_key is not None
        self.wrong_here = 0

    def press(self):
        """Raises Fault 5 unless the button is pressed."""
        if self.finger == "none":
            raise Fault(5, None)

    def changes(self):
        """`access.changes` of `status`."""
        return "owner" if self.owner else "open" if self.allowed else "press"

    def check(self, name, params, owner):
        """Raises the Fault of a call that this connection may not make."""
        if self.locked and name in SEALED:
            raise Fault(10, None)
        first_pin = name == "pin.set" and self.pin_key is None
        if self.owner and not owner:
            if name == "clock.set" and self.clock_allowed:
                raise Fault(11, None)
            if name in CHANGES or name in PRESSED or first_pin or (name in READS and not self.unlocked_here):
                raise Fault(11, None)
        elif not self.owner and not owner and self.needs_session(name, params):
            raise Fault(12, None)

    def needs_session(self, name, params):
        """Whether a press must have allowed the call. Tests that set `allowed` need no session."""
        if self.session is None and self.allowed:
            return False
        return (name in CHANGES and not params.get("prove")) or bool(
            name == "clock.set" and self.clock_allowed and self.session
        )

    # --- presses

    def do_session_allow(self, key, timeout):
        if self.owner:
            raise Fault(11, None)
        self.press()
        self.begin(key)
        return {}

    def do_clock_allow(self, timeout, key=None):
        self.press()
        self.begin(key)
        self.clock_allowed = True
        return {}

    def begin(self, key):
        """Begins the session that a press allows."""
        if key is not None and not self.owner:
            self.allowed, self.clock_allowed = True, False
            self.session = [base64.b64decode(key), 0]
            assert len(self.session[0]) == 32

    # --- the owner

    def do_token_claim(self, key, salt, timeout):
        if self.owner:
            raise Fault(19, None)
        self.press()
        self.owner = base64.b64decode(key)
        self.salt = base64.b64decode(salt)
        assert (len(self.owner), len(self.salt)) == (32, 16)
        self.hang_up()
        return {}

    def do_token_release(self, timeout):
        if not self.owner:
            raise Fault(19, None)
        self.press()
        self.owner = self.session = None
        return {}

    def do_session_close(self):
        self.hang_up()
        return {}

    def do_session_open(self, nonce):
        self.nonces = os.urandom(16), base64.b64decode(nonce)
        salt = base64.b64encode(self.salt).decode() if self.owner else None
        return {"nonce": base64.b64encode(self.nonces[0]).decode(), "salt": salt}

    def do_session_prove(self, mac):
        nonces, self.nonces = self.nonces, None
        self.session = None
        if not self.owner or not nonces:
            raise Fault(11, None)
        about = b"".join((self.hello["serial"].encode(), *nonces))
        if hmac.digest(self.owner, b"ticktap host" + about, "sha256") != base64.b64decode(mac):
            raise Fault(11, None)
        self.session = [hmac.digest(self.owner, b"ticktap calls" + about, "sha256"), 0]
        shown = hmac.digest(self.owner, b"ticktap token" + about, "sha256")
        return {"mac": base64.b64encode(shown).decode()}

    def do_session_call(self, seq, call, mac):
        if not self.session and not self.owner:
            inner = json.loads(call)
            return self.carry_out(inner["method"], inner.get("params", {}))
        if not self.session or seq != self.session[1] + 1:
            raise Fault(11, None)
        code = CMAC(AES(self.session[0]))
        code.update(seq.to_bytes(4, "big") + call.encode())
        if code.finalize() != base64.b64decode(mac):
            raise Fault(11, None)
        self.session[1] = seq
        inner = json.loads(call)
        return self.carry_out(inner["method"], inner.get("params", {}), owner=True)

    # --- the PIN

    def pin_state(self):
        """PIN."""
        there = self.pin_key is not None
        return {
            "set": there,
            "locked": self.locked,
            "tries": self.tries if there else None,
            "erases": True,
            "replug": self.wrong_here >= BEFORE_REPLUG,
            "keys": self.buttons_pin is not None,
        }

    def do_pin_info(self):
        return self.pin_state() | (self.kdf if self.pin_key is not None else {})

    def try_key(self, key):
        """Raises Fault 14, 15 or 18 unless it is the key."""
        if self.pin_key is None:
            raise Fault(19, None)
        if self.wrong_here >= BEFORE_REPLUG:
            raise Fault(18, None)
        self.tries -= 1
        if base64.b64decode(key) != self.pin_key:
            self.wrong_here += 1
            if not self.tries:
                self.forget_accounts()
                raise Fault(15, None)
            raise Fault(14, self.tries)
        self.tries, self.wrong_here, self.locked = TRIES, 0, False

    def do_pin_unlock(self, key):
        self.try_key(key)
        self.unlocked_here = True
        return self.pin_state()

    def do_pin_lock(self):
        self.locked = self.pin_key is not None
        return self.pin_state()

    def do_pin_set(self, key, salt, memory, passes, lanes, timeout, old=None):
        if self.pin_key is not None:
            self.try_key(old)
        self.press()
        self.pin_key = base64.b64decode(key)
        assert len(self.pin_key) == 64
        self.kdf = {"salt": salt, "memory": memory, "passes": passes, "lanes": lanes}
        self.tries, self.buttons_pin = TRIES, None
        return self.pin_state()

    def do_pin_remove(self, old, timeout):
        self.try_key(old)
        self.press()
        self.pin_key = self.buttons_pin = None
        return self.pin_state()

    def do_pin_keys(self, digits, timeout):
        if self.pin_key is None:
            raise Fault(19, None)
        self.press()
        self.buttons_pin = digits
        return self.pin_state()
