"""Request lines: well-formed ones for every method, hostile values in them, broken JSON, raw bytes.

All from one `random.Random`, so that a seed gives the same lines again. Nothing here knows the firmware; the
methods and their parameters are those of docs/protocol.md.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from copy import copy, deepcopy
from random import Random
from typing import Any

from support.canaries import Canary
from ticktap.device.owner_key import token_key
from ticktap.device.owner_session import Session

LONGEST = 1536
FIRST_ID = 5  # those below it are bystanders, which only a firmware that confuses types would change

# Values that are not what is asked for, or only nearly. 1, True, 1.0 and "1" are equal somewhere.
HOSTILE: list[Any] = [
    *(None, True, False, 0, -1, 1.0, 2.0, 1.5, -0.0, 1e308, "", "1", "#1", "\u0000", "\ud7ff", "\U0001f511"),
    *(
        [],
        [1],
        {},
        {"id": "1"},
        {"id": True},
        [[[]]],
        "a" * 64,
        "a" * 65,
        "\u00e9" * 32,
        "\u00e9" * 33,
        "\U0001f511" * 16,
    ),
    *(0xFFFF, 0x10000, 1 << 31, 1 << 32, (1 << 53) + 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 64),
    *(-(1 << 63), -(1 << 63) - 1, 10**300, "x" * 900, "\x7f", "\x1b[2J", '"\\\\"', "__class__", "secret"),
    *("AAAA", "AAAAAAAAAAAAAAAAAAAAAA==", "A" * 172, "A" * 171 + "=", "====", "\n", "\r\n", "totp\u0000"),
]
RAW_JSON = [
    *(
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e999",
        b"-",
        b"01",
        b"0x10",
        b'"\\u"',
        b'"\\ud800"',
        b"'a'",
        b"//",
    ),
    *(
        b"nul",
        b"truefalse",
        b'{"a":1,}',
        b"[1,]",
        b'{"a" 1}',
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
    ),
    *(b"[" * 400, b'{"a":' * 150, b"[" * 30 + b"]" * 30, b"9" * 700, b"1." + b"0" * 600, b'"' + b"\\" * 501),
]
NEEDS_PRESS = (
    *(
        "code.get",
        "code.type",
        "store.compact",
        "store.reset",
        "account.remove",
        "session.allow",
        "clock.allow",
    ),
    *("token.claim", "token.release", "pin.set", "pin.remove", "pin.keys"),
)
# With a value spoilt they could lock everybody out who knows the keys below.
LOCKING = ("token.claim", "pin.set")
ENDING = ("session.allow", "clock.allow", "session.close")
CHANGES = (
    "account.add",
    "account.rename",
    "account.set",
    "account.default",
    "account.remove",
    "settings.set",
)
OWNER = Canary("owner of the harness", 32)
SALT = base64.b64encode(bytes(16)).decode()
SERIAL = "DE6348109F2A4C17"  # a virtual token's
OWNER_KEY = base64.b64encode(token_key(OWNER.secret, SERIAL, bytes(16))).decode()
PRESS_KEY = bytes(range(32))
PIN_KEYS = [Canary(f"key of PIN {number} of the harness", 64) for number in (1, 2)]
WRONG_KEY = Canary("key of no PIN", 64)
BUTTONS_PIN = "241391425361"
SETTINGS: dict[str, list[Any]] = {
    "digits": ["auto", "keypad", "switch", "row"],
    "layout": ["us", "uk", "de", "ch", "fr", "be", "cz", "sk", "hu", "jp", "dvorak"],
    "inter_key_ms": [0, 1, 200],
    "start_delay_ms": [0, 10, 5000],
    "min_remaining_s": [0, 2, 30],
    "debounce_ms": [5, 30, 200],
    "long_press_ms": [300, 800, 5000],
    "menu_timeout_ms": [1000, 4000, 30000],
    "menu": ["hold", "off"],
    "max_pin_failures": [0, 8, 20],
}


class Grammar:
    """Lines by chance; `canaries` are secrets that may be enrolled.

    `reset`: the store may be asked to. `guard`: the token may get an owner and a PIN, with the keys above.
    """

    def __init__(
        self, chance: Random, canaries: list[Canary], reset: bool = False, guard: bool = False
    ) -> None:
        self.chance = chance
        self.canaries = canaries
        self._number = 0
        self._methods: dict[str, Callable[[], dict[str, Any]]] = {
            "hello": dict,
            "status": dict,
            "clock.get": dict,
            "clock.set": lambda: {"unix": chance.choice((1_800_000_000, 1_900_000_017, 4_102_444_799))},
            "account.list": lambda: (
                {"start": chance.choice((0, 1, 5, 0xFFFF))} if chance.random() < 0.7 else {}
            ),
            "account.add": self._account,
            "account.rename": lambda: {"id": self._id(), "issuer": self._text(), "name": self._text()},
            "account.set": lambda: {"id": self._id(), "suffix": chance.choice(("none", "enter", "tab"))},
            "account.action": lambda: {"id": self._id(), "position": chance.randrange(1, 12)},
            "account.default": lambda: {"id": self._id()},
            "account.remove": lambda: {"id": self._id(), "timeout": chance.choice((1, 2, 30))},
            "code.get": lambda: {"id": self._any_id(), "timeout": chance.choice((1, 2, 30, 300))},
            "code.type": lambda: {"id": self._any_id(), "timeout": chance.choice((1, 2, 30, 300))},
            "press.cancel": dict,
            "settings.get": dict,
            "settings.set": self._settings,
            "token.rename": lambda: {"name": self._text()[:8]},
            "token.identify": dict,
            "store.compact": lambda: {"timeout": chance.choice((1, 30))},
            "session.allow": lambda: self._keyed({"timeout": chance.choice((2, 30))}),
            "clock.allow": lambda: self._keyed({"timeout": chance.choice((2, 30))}),
            "session.open": lambda: {"nonce": self._bytes(16)},
            "session.prove": lambda: {"mac": self._bytes(32)},
            "session.call": self._call,
            "session.close": dict,
            "pin.info": dict,
            "pin.unlock": lambda: {"key": chance.choice([*PIN_KEYS, PIN_KEYS[0], WRONG_KEY]).base64},
            "pin.lock": dict,
        }
        if guard:
            self._methods |= {
                "token.claim": lambda: {"key": OWNER_KEY, "salt": SALT, "timeout": 30},
                "token.release": lambda: {"timeout": 30},
                "pin.set": self._pin,
                "pin.remove": lambda: {"old": chance.choice(PIN_KEYS).base64, "timeout": 30},
                "pin.keys": lambda: {"digits": chance.choice((BUTTONS_PIN, None)), "timeout": 30},
            }
        if reset:
            self._methods["store.reset"] = lambda: {"timeout": chance.choice((1, 30))}
        self.names = sorted(self._methods)
        self._session = Session(PRESS_KEY)

    def line(self) -> bytes:
        """One line of any kind, with its newline."""
        kind = self.chance.random()
        if kind < 0.45:
            return encoded(self.request()) + b"\n"
        if kind < 0.75:
            return self.hostile() + b"\n"
        if kind < 0.93:
            return self.broken() + b"\n"
        return self.raw()

    def request(self, method: str = "") -> dict[str, Any]:
        """A request that is right in form and in its values."""
        session, by_chance = self._session, not method
        method = method or self._any_method(self.names)
        self._number += 1
        request: dict[str, Any] = {"jsonrpc": "2.0", "id": self._number, "method": method}
        given = self._methods[method]()
        if by_chance:
            self._session = session  # a request for another session gets no press, but by chance
        if method in CHANGES and self.chance.random() < 0.8:
            request |= {"method": "session.call", "params": dict(self._session.wrap(method, given))}
            return request
        if given or self.chance.random() < 0.2:
            request["params"] = given
        return request

    def hostile(self) -> bytes:
        """A request with one to three values replaced, members added or left out."""
        request = self._worthless(self._spare())
        for _ in range(self.chance.choice((1, 1, 1, 2, 3))):
            params = request.get("params")
            inside = isinstance(params, dict) and params and self.chance.random() < 0.7
            self._spoil(params if inside else request)
        return encoded(request)

    def _spoil(self, members: dict[str, Any]) -> None:
        chance = self.chance
        if not members:
            members["params"] = self._value()
            return
        name = chance.choice(sorted(members))
        act = chance.random()
        if act < 0.7:
            members[name] = self._value()
        elif act < 0.85:
            del members[name]
        else:
            members[str(chance.choice(HOSTILE))[:90]] = self._value()

    def _value(self) -> Any:
        """A hostile value, a new one each time: it may be spoilt further."""
        return deepcopy(self.chance.choice(HOSTILE))

    def broken(self) -> bytes:
        """The bytes of a request with some of them changed, or a value that is no JSON."""
        line = bytearray(encoded(self._worthless(self._spare())))
        chance = self.chance
        for _ in range(chance.choice((1, 1, 2, 4))):
            at = chance.randrange(len(line) + 1)
            act = chance.randrange(6)
            if act == 0:
                line[at : at + chance.choice((1, 1, 5, 30))] = b""
            elif act == 1:
                line[at:at] = chance.randbytes(chance.choice((1, 2, 9)))
            elif act == 2:
                line[at : at + 1] = bytes((chance.randrange(256),))
            elif act == 3:
                line[at:at] = line[: chance.choice((5, 40))]
            elif act == 4:
                line[at:at] = chance.choice(RAW_JSON)
            else:
                line[at:at] = b"\r" if chance.random() < 0.5 else b" " * chance.choice((1, 200, 1100))
        return bytes(line).replace(b"\n", b"")

    def raw(self) -> bytes:
        """Bytes of no kind; sometimes without an end, sometimes with many, sometimes near the limit."""
        chance = self.chance
        size = chance.choice((0, 1, 3, 20, 200, LONGEST - 1, LONGEST, LONGEST + 1, 3 * LONGEST))
        body = chance.randbytes(size) if chance.random() < 0.5 else bytes((chance.randrange(256),)) * size
        return body + b"\n" * chance.choice((1, 1, 1, 2, 5))

    def _harmless(self) -> dict[str, Any]:
        """A request that locks nobody out when it is spoilt."""
        return self.request(self._any_method([name for name in self.names if name not in LOCKING]))

    def _any_method(self, names: list[str]) -> str:
        """One of them; seldom one after which changes are refused until another press."""
        method = self.chance.choice(names)
        return self.chance.choice(names) if method in ENDING and self.chance.random() < 0.9 else method

    def _spare(self) -> dict[str, Any]:
        """A harmless request that is going to be spoilt: the session's next call has its number."""
        session = self._session
        self._session = copy(session)
        request = self._harmless()
        self._session = session
        return request

    def _worthless(self, request: dict[str, Any]) -> dict[str, Any]:
        """Without a marked secret: what is going to be spoilt may have it echoed as an unknown name."""
        params = request.get("params")
        if isinstance(params, dict):
            for name, worthless in (("secret", 20), ("key", 88), ("old", 88)):
                if name in params:
                    params[name] = "A" * worthless
        return request

    def _account(self) -> dict[str, Any]:
        chance = self.chance
        kind = chance.choice(("totp", "totp", "hotp", "steam"))
        given: dict[str, Any] = {
            "name": self._text(),
            "secret": chance.choice(self.canaries).base64,
            "type": kind,
        }
        if kind != "steam":
            given["algorithm"] = chance.choice(("SHA1", "SHA256", "SHA512"))
            given["digits"] = chance.randrange(5, 11)
        if kind == "hotp":
            given["counter"] = chance.choice((0, 7, (1 << 64) - 2, (1 << 64) - 1))
        else:
            given["period"] = chance.choice((1, 2, 30, 60, 3600))
        if chance.random() < 0.5:
            given["issuer"] = self._text()
        if chance.random() < 0.2:
            given |= {"prove": True, "timeout": chance.choice((1, 2, 30))}
        return given

    def _pin(self) -> dict[str, Any]:
        given: dict[str, Any] = {"key": self.chance.choice(PIN_KEYS).base64, "salt": self._bytes(16)}
        given |= {"memory": 65536, "passes": 3, "lanes": 4, "timeout": 30}
        return given | ({"old": self.chance.choice(PIN_KEYS).base64} if self.chance.random() < 0.6 else {})

    def _keyed(self, given: dict[str, Any]) -> dict[str, Any]:
        """A request whose press allows a session, in which later changes are sent."""
        self._session = Session(PRESS_KEY)
        return given | {"key": base64.b64encode(PRESS_KEY).decode()}

    def _call(self) -> dict[str, Any]:
        """A call of a session that nobody has."""
        inner = encoded(self._harmless()).decode("utf-8", "replace")[:1024]
        return {"seq": self.chance.choice((1, 2, 1 << 31)), "call": inner, "mac": self._bytes(16)}

    def _bytes(self, size: int) -> str:
        return base64.b64encode(self.chance.randbytes(size)).decode()

    def _settings(self) -> dict[str, Any]:
        names = self.chance.sample(sorted(SETTINGS), self.chance.choice((1, 1, 2, 10)))
        return {name: self.chance.choice(SETTINGS[name]) for name in names}

    def _text(self) -> str:
        return self.chance.choice(
            ("", "a", "alice@example.com", 'q"\\', "\u00fc\u00df", "\U0001f511" * 16, "b" * 64)
        )

    def _id(self) -> int:
        """An account that may be changed, if it is there."""
        return FIRST_ID + self.chance.randrange(60)

    def _any_id(self) -> int:
        return self._id() if self.chance.random() < 0.5 else self.chance.randrange(1, FIRST_ID)


def encoded(request: dict[str, Any]) -> bytes:
    """As a host writes it; what is no Unicode (a lone surrogate) goes out as its three bytes."""
    return json.dumps(request, ensure_ascii=False).encode("utf-8", "surrogatepass")
