"""A token that speaks the protocol and nothing else, for tests of the client side.

It follows docs/protocol.md and not the firmware, so that both are tested against the same text.
"""

import base64
import json

from support.fake_access import Access, Fault
from ticktap.otp import code_check
from ticktap.otp.account import Account

START = 1800000000.25
HELLO = {
    "protocol": 1,
    "product": "ticktap",
    "firmware": "0.1.0",
    "circuitpython": "10.0.3",
    "board": "raspberry_pi_pico",
    "serial": "DE6312",
    "name": "desk",
    "mode": "normal",
    "limits": {"line": 1536, "reply": 2048, "text": 64, "secret": 128},
}
PAGE = 2  # accounts in a page, few enough that tests turn pages


class FakeTime:
    """Host time that passes only when someone sleeps or the wire is slow."""

    def __init__(self, now=START):
        self.now = now

    def time(self):
        """Unix seconds."""
        return self.now

    def sleep(self, seconds):
        """Lets them pass."""
        assert seconds >= 0
        self.now += seconds


class FakeToken(Access):
    """The state behind the calls. Attributes are set by tests to what they need.

    `do_...` performs a call; `answer` also checks the permission (fake_access.py).
    """

    def __init__(self, time=None):
        super().__init__()
        self.time = time or FakeTime()
        self.hello = dict(HELLO)
        self.clock_state = "ok"
        self.clock_error = 0.0  # token seconds minus host seconds
        self.accounts = {}
        self.order = []
        self.default = None
        self.last_id = 0
        self.settings = {"digits": "auto", "layout": "us", "inter_key_ms": 0}
        self.finger = "press"  # or "none", or "wrong": a code that is not the account's
        self.calls = []  # (method, params); a call inside session.call is listed separately
        self.clock_sets = []
        self.fine = False  # whether it reports the subsecond of its clock
        self.aging = 0
        self.note = None
        self.moved = 0.0  # seconds that settings without a press have moved the clock
        self.budget = 2.0

    def answer(self, line):
        """The reply line to a request line, as bytes without a newline."""
        message = json.loads(line)
        reply = {"jsonrpc": "2.0", "id": message["id"]}
        try:
            reply["result"] = self.carry_out(message["method"], message.get("params", {}))
        except Fault as fault:
            reply["error"] = {"code": fault.args[0], "message": "for people", "data": fault.args[1]}
        return json.dumps(reply).encode()

    def carry_out(self, name, params, owner=False):
        """The result of one call, if this connection may make it."""
        self.calls.append((name, params))
        method = getattr(self, "do_" + name.replace(".", "_"), None)
        if method is None:
            raise Fault(-32601, None)
        self.check(name, params, owner)
        return method(**params)

    def unix(self):
        """Whole seconds on the token's clock."""
        return int(self.time.now + self.clock_error)

    def do_hello(self):
        if not isinstance(self.hello, dict):
            return self.hello
        return {**self.hello, "claimed": self.owner is not None, "locked": self.locked}

    def do_status(self):
        return {
            "clock": self.do_clock_get(),
            "accounts": len(self.order),
            "default": self.default,
            "store": {
                "state": "ok",
                "size": 4096,
                "used": 310,
                "live": 290,
                "damaged": 0,
                "file": True,
                "file_reason": None,
            },
            "access": {"claimed": self.owner is not None, "changes": self.changes()},
            "pin": self.pin_state(),
            "host": {"connected": True, "num_lock": None, "caps_lock": None, "digits": "row"},
            "last": "none",
            "free_heap": 90000,
            "uptime": 12,
            "reset": "POWER_ON",
            "faults": 0,
            "fault": "",
            "fault_at": "",
            "form": "compiled",
        }

    def do_clock_get(self):
        good = self.clock_state == "ok"
        return {
            "state": self.clock_state,
            "unix": self.unix() if good else None,
            "ms": self.milliseconds() if good else None,
            "temperature": 25.25,
            "aging": self.aging,
            "sets": len(self.clock_sets),
            "moved_ms": round(self.moved * 1000),
            "adjustment_left_ms": round(self.budget * 1000),
        }

    def do_clock_set(self, unix):
        moved = self.moved + unix - (self.time.now + self.clock_error)
        if not self.clock_allowed and (self.clock_state in ("stopped", "early") or abs(moved) > self.budget):
            raise Fault(13, round((self.budget - abs(self.moved)) * 1000))
        self.moved = 0.0 if self.clock_allowed else moved
        self.clock_sets.append(unix)
        self.clock_error = unix - self.time.now
        if self.clock_state in ("stopped", "early"):
            self.clock_state = "ok"
        return self.do_clock_get()

    def milliseconds(self):
        """The lowest and highest subsecond, in ms."""
        ms = int((self.time.now + self.clock_error) % 1 * 1000)
        return [max(0, ms - 1), min(1000, ms + 2)] if self.fine else [0, 1000]

    def do_clock_trim(self, aging):
        if not self.clock_allowed:
            raise Fault(13, 0)
        self.aging = aging
        return self.do_clock_get()

    def do_clock_note(self, note):
        self.note = {"unix": self.unix(), "sets": len(self.clock_sets), "note": note}
        return {}

    def do_clock_noted(self):
        return self.note or {"unix": None, "sets": None, "note": None}

    def do_account_list(self, start):
        page = [self.listed(number) for number in self.order[start : start + PAGE]]
        return {"accounts": page, "next": start + PAGE if start + PAGE < len(self.order) else None}

    def listed(self, number):
        """ACCOUNT for one id."""
        fields = {key: value for key, value in self.accounts[number].items() if key != "secret"}
        return fields | {"id": number, "default": number == self.default}

    def do_account_add(self, name, secret, prove=False, timeout=30, key=None, **given):
        if prove:
            self.press()
            self.begin(key)
        usual = {"issuer": "", "type": "totp", "algorithm": "SHA1", "digits": 6, "period": 30, "counter": 0}
        self.last_id += 1
        self.accounts[self.last_id] = usual | {"suffix": "none"} | given | {"name": name, "secret": secret}
        self.order.append(self.last_id)
        self.default = self.default or self.last_id
        self.added_here.add(self.last_id)
        return {"id": self.last_id} | (self.first_code(self.last_id) if prove else {})

    def known(self, number):
        """The account of that id, or error 1."""
        if number not in self.accounts:
            raise Fault(1, None)
        return self.accounts[number]

    def do_account_remove(self, id, timeout=30):
        self.known(id)
        if id not in self.added_here:
            self.press()
        del self.accounts[id]
        self.order.remove(id)
        if self.default == id:
            self.default = self.order[0] if self.order else None
        return {}

    def do_account_rename(self, id, issuer, name):
        self.known(id).update(issuer=issuer, name=name)
        return {}

    def do_account_set(self, id, suffix):
        self.known(id)["suffix"] = suffix
        return {}

    def do_account_move(self, id, position):
        self.known(id)
        self.order.remove(id)
        self.order.insert(position - 1, id)
        return {}

    def do_account_default(self, id):
        self.known(id)
        self.default = id
        return {}

    def press(self):
        """Raises Fault 5 unless the button is pressed."""
        if self.finger == "none":
            raise Fault(5, None)

    def do_code_get(self, id, timeout):
        fields = self.known(id)
        if fields["type"] != "hotp" and self.clock_state != "ok":
            raise Fault(4, self.clock_state)
        self.press()
        return self.first_code(id)

    def first_code(self, id):
        """What `code.get` answers with after the press."""
        fields = self.accounts[id]
        account = Account(**fields | {"secret": base64.b64decode(fields["secret"])})
        hotp = account.type == "hotp"
        code = code_check.code_at(account, account.counter if hotp else self.unix() // account.period)
        if self.finger == "wrong":
            code = str((int(code[0], 36) + 1) % 10) + code[1:]
        if hotp:
            self.accounts[id]["counter"] += 1
            return {"code": code, "counter": account.counter}
        return {"code": code, "unix": self.unix(), "remaining": account.period - self.unix() % account.period}

    def do_code_type(self, id, timeout):
        self.known(id)
        self.press()
        return {"typed": True}

    def do_press_cancel(self):
        return {"cancelled": False}

    def do_settings_get(self):
        return self.settings

    def do_settings_set(self, **changes):
        self.settings.update(changes)
        return self.settings

    def do_token_rename(self, name):
        self.hello["name"] = name
        return {}

    def do_token_identify(self):
        return {}

    def do_store_compact(self, timeout):
        self.press()
        return {}

    def do_store_reset(self, timeout):
        self.press()
        self.forget_accounts()
        self.owner = None
        self.hang_up()
        return {}

    def forget_accounts(self):
        """Deletes the accounts, as a reset and the last wrong PIN do."""
        self.accounts, self.order, self.default, self.pin_key, self.locked = {}, [], None, None, False
