"""A token that speaks the protocol and nothing else, for tests of the client side.

It follows docs/protocol.md and not the firmware, so that both are tested against the same text.
Time is simulated: reading and writing take `latency` seconds each, and nothing else lets time pass.
"""

import base64
import json

from ticktap import verifier
from ticktap.accounts import Account

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
    "limits": {"line": 1024, "reply": 2048, "text": 64, "secret": 128},
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


class Fault(Exception):
    """An error reply: code and data."""


class FakeToken:
    """The state behind the calls. Attributes are set by tests to what they need."""

    def __init__(self, time=None):
        self.time = time or FakeTime()
        self.hello = dict(HELLO)
        self.clock_state = "ok"
        self.clock_error = 0.0  # token seconds minus host seconds
        self.accounts = {}
        self.order = []
        self.default = None
        self.last_id = 0
        self.settings = {"digits": "keypad", "layout": "us", "pace": 0}
        self.finger = "press"  # or "none", or "wrong": a code that is not the account's
        self.calls = []
        self.clock_sets = []

    def answer(self, line):
        """The reply line to a request line, as bytes without a newline."""
        message = json.loads(line)
        self.calls.append((message["method"], message.get("params", {})))
        reply = {"jsonrpc": "2.0", "id": message["id"]}
        try:
            method = getattr(self, "do_" + message["method"].replace(".", "_"), None)
            if method is None:
                raise Fault(-32601, None)
            reply["result"] = method(**message.get("params", {}))
        except Fault as fault:
            reply["error"] = {"code": fault.args[0], "message": "for people", "data": fault.args[1]}
        return json.dumps(reply).encode()

    def unix(self):
        """Whole seconds on the token's clock."""
        return int(self.time.now + self.clock_error)

    def do_hello(self):
        return self.hello

    def do_status(self):
        return {
            "clock": self.do_clock_get(),
            "accounts": len(self.order),
            "default": self.default,
            "store": {"state": "ok", "size": 4096, "used": 310, "live": 290, "damaged": 0},
            "host": {"connected": True, "num_lock": None, "caps_lock": None},
            "last": "none",
            "free_heap": 90000,
            "uptime": 12,
            "reset": "POWER_ON",
            "faults": 0,
            "fault": "",
        }

    def do_clock_get(self):
        good = self.clock_state == "ok"
        return {
            "state": self.clock_state,
            "unix": self.unix() if good else None,
            "temperature": 25.25,
            "aging": 0,
        }

    def do_clock_set(self, unix):
        self.clock_sets.append(unix)
        self.clock_error = unix - self.time.now
        if self.clock_state in ("stopped", "early"):
            self.clock_state = "ok"
        return self.do_clock_get()

    def do_account_list(self, start):
        page = [self.listed(number) for number in self.order[start : start + PAGE]]
        return {"accounts": page, "next": start + PAGE if start + PAGE < len(self.order) else None}

    def listed(self, number):
        """ACCOUNT for one id."""
        fields = {key: value for key, value in self.accounts[number].items() if key != "secret"}
        return fields | {"id": number, "default": number == self.default}

    def do_account_add(self, name, secret, **given):
        usual = {"issuer": "", "type": "totp", "algorithm": "SHA1", "digits": 6, "period": 30, "counter": 0}
        self.last_id += 1
        self.accounts[self.last_id] = usual | {"suffix": "none"} | given | {"name": name, "secret": secret}
        self.order.append(self.last_id)
        self.default = self.default or self.last_id
        return {"id": self.last_id}

    def known(self, number):
        """The account of that id, or error 1."""
        if number not in self.accounts:
            raise Fault(1, None)
        return self.accounts[number]

    def do_account_remove(self, id):
        self.known(id)
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
        """Error 5 unless there is a finger."""
        if self.finger == "none":
            raise Fault(5, None)

    def do_code_get(self, id, timeout):
        fields = dict(self.known(id))
        if fields["type"] != "hotp" and self.clock_state != "ok":
            raise Fault(4, self.clock_state)
        self.press()
        account = Account(**fields | {"secret": base64.b64decode(fields["secret"])})
        hotp = account.type == "hotp"
        code = verifier.code_at(account, account.counter if hotp else self.unix() // account.period)
        if self.finger == "wrong":
            code = str((int(code[0]) + 1) % 10) + code[1:]
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
        self.accounts, self.order, self.default = {}, [], None
        return {}


class FakePort:
    """A ticktap.transport.Port to a FakeToken. Lines put into `extra` are read before any answer."""

    name = "fake"

    def __init__(self, token=None, latency=0.001):
        self.token = token or FakeToken()
        self.latency = latency
        self.extra = []
        self.answers = []
        self.written = []
        self.closed = False

    def write(self, data):
        """Takes one or more whole request lines."""
        self.token.time.sleep(self.latency)
        self.written.append(data)
        for line in data.splitlines():
            self.answers.append(self.token.answer(line))

    def read_line(self, timeout):
        """The next line; TimeoutError when there is none, `timeout` seconds later."""
        waiting = self.extra or self.answers
        self.token.time.sleep(self.latency if waiting else timeout)
        if not waiting:
            raise TimeoutError
        return waiting.pop(0)

    def close(self):
        """Notes that it was closed."""
        self.closed = True
