"""The token's calls as methods: one request, one reply (docs/protocol.md has the shapes of both).

Finds no ports and asks nobody anything. Every error is one of ticktap.errors; none holds a secret or a code.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from ticktap.device import connection_loss, jsonrpc, owner_session
from ticktap.device.transport import Port, SharedRead
from ticktap.errors import BadInput, NoAnswer, TicktapError, TokenError
from ticktap.otp.account import Hidden, Params

if TYPE_CHECKING:
    from ticktap.device.pin import Stretch

Data = dict[str, Any]

TOKEN_NAME_BYTES = 32  # in UTF-8
QUICK = 5.0  # seconds; for calls that need nobody's finger
HELLO = 1.0  # seconds; a port that is no token should not hold up the others
PRESS = 30  # seconds a person has to press
CHANGE = 30.0  # for what is kept: a full log of a full token has everything moved first
PRESS_SLACK = 20.0  # past the press until the reply must be here
SEAL_SLACK = 120.0  # a new PIN has every account sealed anew
ENDING = 1.0  # for a token that is told good-bye
UNLOCK = 30.0  # unlocking opens every account once
TYPE_SLACK = 60.0  # for a code: the token may wait out its guard (30 s) and its start delay (5 s)


class Recovery(Protocol):
    """Finds the token again when its port was lost."""

    def path(self) -> str | None:
        """Where its port is again, after a short wait; None when it stays away."""

    def port(self, path: str) -> Port | None:
        """That port, open to the same token; None when it cannot be had."""


class Client:
    """A conversation with one token over an open port. Use as a context manager to close the port.

    Reply times are the port's: a port with simulated time needs no real seconds. While the owner's session is
    open (`prove_owner`), calls that need it go through it.
    """

    def __init__(self, port: Port) -> None:
        self.port = port
        self.recovery: Recovery | None = None  # without one, a lost port is a token that is gone
        self.session: owner_session.Session | None = None
        self.unlocked = False  # by a PIN given over this connection
        self._pressed = False  # a press may have allowed changes
        self.late: Any = None  # the result of a call that was left by Ctrl-C, if it came all the same
        # A random start keeps an answer to an earlier program from passing for one to us.
        self._number = secrets.randbelow(1 << 24)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends what this connection was allowed, and closes the port.

        The token would see the port closed, but not if another program opens it within milliseconds.
        """
        self.recovery = None
        try:
            if self._allowed:
                with contextlib.suppress(TicktapError):  # it may be gone
                    self.call("session.close", timeout=ENDING)
        finally:  # Ctrl-C
            self.port.close()

    @property
    def _allowed(self) -> bool:
        return bool(self.session or self.unlocked or self._pressed)

    def call(self, method: str, params: Mapping[str, Any] | None = None, timeout: float = QUICK) -> Any:
        """Sends one request and waits up to `timeout` seconds for its result; skips stale replies.

        When the port is lost and comes back, a request that changes nothing is repeated.

        Raises:
            TicktapError: of the class that fits the token's error.
            NoAnswer: nothing came in time.
            TokenGone: the port is lost.
            PortShared: another program took the reply.
        """
        try:
            message = self._exchange(method, params, timeout)
        except OSError as error:
            message = self._after_loss(error, method, params, timeout)
        return _result(message, method, params)

    def begin(self, method: str, params: Mapping[str, Any] | None = None) -> int:
        """Sends a request and waits for nothing; `poll` takes its number. No other call may come in between.

        Raises:
            TokenGone
        """
        try:
            return self._send(method, params)
        except OSError as error:
            raise self._lost(error, method) from None

    def poll(self, number: int, method: str, timeout: float) -> Any:
        """The result of request `number`, or None when it has not come within `timeout` seconds.

        Raises:
            TicktapError: as `call`.
        """
        try:
            message = self._reply_to(number, timeout)
        except TimeoutError:
            return None
        except OSError as error:
            raise self._lost(error, method) from None
        return _result(message, method)

    def _exchange(self, method: str, params: Mapping[str, Any] | None, timeout: float) -> Data:
        return self._reply_to(self._send(method, params), timeout)

    def _send(self, method: str, params: Mapping[str, Any] | None) -> int:
        self._number += 1
        self.port.write(self._request(method, params or {}))
        return self._number

    def _after_loss(
        self, error: OSError, method: str, params: Mapping[str, Any] | None, timeout: float
    ) -> Data:
        """The reply to a request that was repeated over a port that came back."""
        recovery, name = self.recovery, self.port.name
        may_repeat = method in connection_loss.READS and not self._allowed
        if isinstance(error, (TimeoutError, SharedRead)) or recovery is None or not may_repeat:
            raise self._lost(error, method) from None
        path = self._returned()
        if path is None:
            raise connection_loss.gone(name, method) from None
        port = recovery.port(path)
        if port is None:
            raise connection_loss.interrupted(name, method) from None
        self.port, self.recovery = port, recovery
        try:
            return self._exchange(method, params, timeout)
        except OSError as again:
            raise self._lost(again, method) from None

    def _lost(self, error: OSError, method: str) -> TicktapError:
        """Why no reply comes."""
        name = self.port.name
        if isinstance(error, TimeoutError):
            return self._silent(method)
        if isinstance(error, SharedRead):
            return connection_loss.shared(name, method)
        if self._returned() is None:
            return connection_loss.gone(name, method)
        return connection_loss.interrupted(name, method)

    def _returned(self) -> str | None:
        """Where the port is again. Closes the lost one first, so that the system can use its name again."""
        recovery, self.recovery = self.recovery, None  # this connection is over, and is waited for once
        if recovery is None:
            return None
        self.port.close()
        return recovery.path()

    def _silent(self, method: str) -> TicktapError:
        name = self.port.name
        return connection_loss.shared_silence(name, method) or NoAnswer(
            f"the token at {name} did not answer {method}",
            "Unplug it and plug it in again; 'ticktap doctor' helps when that does not.",
        )

    def _request(self, method: str, params: Mapping[str, Any]) -> bytes:
        if self.session and method in owner_session.CARRIED:
            return jsonrpc.request(self._number, "session.call", self.session.seal(method, params))
        return jsonrpc.request(self._number, method, params)

    def _reply_to(self, number: int, timeout: float) -> Data:
        deadline = time.monotonic() + timeout
        while True:
            message = jsonrpc.reply(self.port.read_line(max(0.0, deadline - time.monotonic())))
            if message is not None and message.get("id") == number:
                return message
            if message is not None and message.get("id") == number - 1:
                self.late = message.get("result")

    def _after_press(self, method: str, params: Mapping[str, Any], timeout: int, slack: float) -> Any:
        """A call that ends with a press; leaving early (Ctrl-C) takes the request back, or finds it done."""
        self._pressed = True
        try:
            return self.call(method, Params({**params, "timeout": timeout}), timeout + slack)
        except KeyboardInterrupt:
            self.late = None
            with contextlib.suppress(TicktapError):  # the token may be the reason for leaving
                self.cancel()
            raise

    # --- who is there -------------------------------------------------------------------------------

    def hello(self) -> Data:
        """Who is there; asked twice, because the first line may join on to what an earlier program left.

        Raises:
            TokenError: nothing answers, it is no ticktap, or it speaks a newer protocol.
        """
        try:
            who = self.call("hello", timeout=HELLO)
        except TokenError:
            who = self.call("hello", timeout=2 * HELLO)
        return checked_hello(who, self.port.name)

    def status(self) -> Data:
        """STATUS: clock, store, host, what became of the last press."""
        return self._dict("status")

    # --- accounts -----------------------------------------------------------------------------------

    def accounts(self) -> list[Data]:
        """Every account in the token's order, all pages of them, as ACCOUNT dicts (never a secret)."""
        found: list[Data] = []
        start: int | None = 0
        while start is not None:
            page = self._dict("account.list", {"start": start})
            found += [complete(account) for account in page["accounts"]]
            following = page["next"]
            if following is not None and following <= start:
                raise TokenError("the token's list of accounts has no end", "Update the token's firmware.")
            start = following
        return found

    def add(self, params: Mapping[str, Any]) -> int:
        """Stores an account (Account.to_params(), with its secret in base64); returns its id."""
        return int(self._dict("account.add", Params(params), CHANGE)["id"])

    def rename(self, account: int, issuer: str, name: str) -> None:
        """Gives account `account` another issuer and name."""
        self.call("account.rename", {"id": account, "issuer": issuer, "name": name}, CHANGE)

    def add_proved(self, params: Mapping[str, Any], timeout: int = PRESS) -> Data:
        """Stores an account after a press: {"id"} and its first code as `code` has it."""
        return dict(self._after_press("account.add", {**params, "prove": True}, timeout, PRESS_SLACK))

    def remove(self, account: int, timeout: int = PRESS) -> None:
        """Forgets an account after a press; at once if it was added on this connection."""
        self._after_press("account.remove", {"id": account}, timeout, PRESS_SLACK)

    def move(self, account: int, position: int) -> None:
        """Moves an account to `position`, 1 being the first."""
        self.call("account.move", {"id": account, "position": position}, CHANGE)

    def default(self, account: int) -> None:
        """Makes this the account that a click types."""
        self.call("account.default", {"id": account}, CHANGE)

    def set_suffix(self, account: int, suffix: str) -> None:
        """What is typed after the code: "none", "enter" or "tab"."""
        self.call("account.set", {"id": account, "suffix": suffix}, CHANGE)

    # --- with a press of the button -----------------------------------------------------------------

    def code(self, account: int, timeout: int = PRESS) -> Data:
        """A code after a press: {"code", "unix", "remaining"} or, for HOTP, {"code", "counter"}.

        With too little time left in its step the token waits for the next one.
        """
        return dict(self._after_press("code.get", {"id": account}, timeout, TYPE_SLACK))

    def type(self, account: int, timeout: int = PRESS) -> Data:
        """Has a code typed after a press: {"typed": True} when the computer took the last report."""
        return dict(self._after_press("code.type", {"id": account}, timeout, TYPE_SLACK))

    def compact(self, timeout: int = PRESS) -> None:
        """After a press, rewrites the store without what is no longer needed."""
        self._after_press("store.compact", {}, timeout, PRESS_SLACK)

    def reset(self, timeout: int = PRESS) -> None:
        """After a press, forgets every account, setting and counter, the PIN and the owner."""
        self._after_press("store.reset", {}, timeout, PRESS_SLACK)
        self.session = None

    def allow_changes(self, timeout: int = PRESS) -> None:
        """After a press, changes need no other one until the port is closed; for tokens without an owner."""
        self._after_press("session.allow", {}, timeout, PRESS_SLACK)

    def allow_clock(self, timeout: int = PRESS) -> None:
        """After a press, the clock may be set to any time for 30 seconds."""
        self._after_press("clock.allow", {}, timeout, PRESS_SLACK)

    def cancel(self) -> bool:
        """Takes a request back that waits for a press; whether there was one."""
        return bool(self._dict("press.cancel")["cancelled"])

    # --- owner and PIN ------------------------------------------------------------------------------

    def claim(self, key: bytes, timeout: int = PRESS) -> None:
        """After a press, `key` (32 bytes) is the owner's."""
        __tracebackhide__ = True  # pytest would show the key
        self._after_press("token.claim", Params(key=owner_session.encoded(key)), timeout, PRESS_SLACK)

    def prove_owner(self, key: bytes, serial: str) -> None:
        """Opens the owner's session: from now on calls are the owner's.

        Raises:
            NotOwner: it is not the owner's key, or the token has no owner.
            TokenError: the token cannot prove that it is the owner's.
        """
        self.session = None
        self.session = owner_session.open_session(self._dict, Hidden(key), serial)

    def end_session(self) -> None:
        """Ends the owner's session, and whatever else this connection was allowed."""
        self.call("session.close")
        self.session, self.unlocked, self._pressed = None, False, False

    def release(self, timeout: int = PRESS) -> None:
        """After a press, the token has no owner."""
        self._after_press("token.release", {}, timeout, PRESS_SLACK)
        self.session = None

    def pin(self) -> Data:
        """PIN, and how the key is made from it: {"salt", "memory", "passes", "lanes"} when one is set."""
        return self._dict("pin.info")

    def unlock(self, key: bytes) -> Data:
        """Unlocks with the key of the PIN (pin.key); returns PIN.

        Raises:
            WrongPin: it is another's; a try was used up.
            Locked: it takes no more tries, or the accounts are erased.
        """
        __tracebackhide__ = True
        state = dict(self.call("pin.unlock", Params(key=owner_session.encoded(key)), UNLOCK))
        self.unlocked = True
        return state

    def lock(self) -> Data:
        """Has the token forget the key; returns PIN."""
        self.unlocked = False
        return self._dict("pin.lock")

    def set_pin(self, key: bytes, stretch: Stretch, old: bytes | None = None, timeout: int = PRESS) -> Data:
        """After a press, `key`, made by `stretch`, unlocks; `old` is the key until then. Returns PIN."""
        __tracebackhide__ = True
        params = Params(
            key=owner_session.encoded(key),
            salt=owner_session.encoded(stretch.salt),
            memory=stretch.memory,
            passes=stretch.passes,
            lanes=stretch.lanes,
        )
        if old is not None:
            params["old"] = owner_session.encoded(old)
        return dict(self._after_press("pin.set", params, timeout, SEAL_SLACK))

    def remove_pin(self, old: bytes, timeout: int = PRESS) -> Data:
        """After a press, the token has no PIN; returns PIN."""
        __tracebackhide__ = True
        return dict(
            self._after_press("pin.remove", Params(old=owner_session.encoded(old)), timeout, SEAL_SLACK)
        )

    def set_pin_keys(self, digits: str | None, timeout: int = PRESS) -> Data:
        """After a press, these digits, entered with the buttons, unlock; None for none. Returns PIN."""
        __tracebackhide__ = True
        return dict(self._after_press("pin.keys", Params(digits=digits), timeout, PRESS_SLACK))

    # --- clock, settings, name ----------------------------------------------------------------------

    def clock(self) -> Data:
        """CLOCK: {"state", "unix", "temperature", "aging", "sets", "moved_ms", "budget_ms"}."""
        return self._dict("clock.get")

    def set_clock(self, unix: int) -> Data:
        """Sets the clock to `unix` on receipt; returns CLOCK. Use clock.sync for an aligned second."""
        return self._dict("clock.set", {"unix": unix}, CHANGE)

    def trim_clock(self, aging: int) -> Data:
        """Sets the clock chip's aging register (-128 to 127, positive is slower); returns CLOCK.

        Raises:
            ClockGuarded: no press has allowed it (allow_clock).
        """
        return self._dict("clock.trim", {"aging": aging})

    def note_sync(self, note: str) -> None:
        """Has the token remember a sync, as clock/sync_note.py writes it."""
        self.call("clock.note", {"note": note})

    def noted_sync(self) -> Data:
        """What it remembers of the last one: {"unix", "sets", "note"}, each None when there was none."""
        return self._dict("clock.noted")

    def settings(self) -> Data:
        """Every setting by name."""
        return self._dict("settings.get")

    def set_settings(self, changes: Mapping[str, Any]) -> Data:
        """Changes settings, all or none; returns every setting after the change."""
        return self._dict("settings.set", changes, CHANGE)

    def identify(self) -> None:
        """Flashes the token's light for three seconds."""
        self.call("token.identify")

    def rename_token(self, name: str) -> None:
        """Names the token itself."""
        self.call("token.rename", {"name": name}, CHANGE)

    def _dict(self, method: str, params: Mapping[str, Any] | None = None, timeout: float = QUICK) -> Data:
        result = self.call(method, params, timeout)
        if not isinstance(result, dict):
            raise TokenError(f"the token's answer to {method} has the wrong form", "Update its firmware.")
        return result


def check_token_name(name: str) -> None:
    """Whether a token may be called so.

    Raises:
        BadInput: it is too long, or has a character that cannot be shown.
    """
    size = len(name.encode("utf-8", "replace"))
    if size > TOKEN_NAME_BYTES:
        raise BadInput(
            f"the name takes {size} bytes; the token has room for {TOKEN_NAME_BYTES}",
            "Choose a shorter name.",
        )
    if not name.isprintable():
        raise BadInput("the name has a character in it that cannot be shown", "Choose a name of plain text.")


def checked_hello(who: Any, where: str) -> Data:
    """HELLO, as what is at `where` sent it.

    Raises:
        TokenError: it is no ticktap, or it speaks a newer protocol.
    """
    if not isinstance(who, dict) or who.get("product") != "ticktap":
        raise TokenError(f"what answers at {where} is not a ticktap token", "Choose another port.")
    if who.get("protocol") != jsonrpc.PROTOCOL:
        raise TokenError(
            f"the token speaks protocol {who.get('protocol')!r:.12} and this ticktap {jsonrpc.PROTOCOL}",
            "Update the older of the two: ticktap, or the token's firmware.",
        )
    return who


_USUAL = {
    "type": "totp",
    "algorithm": "SHA1",
    "digits": 6,
    "period": 30,
    "counter": 0,
    "suffix": "none",
    "default": False,
}


def complete(account: Data) -> Data:
    """An ACCOUNT with what the token left out because it is as usual."""
    return {**_USUAL, **account}


def _result(message: Data, method: str, params: Mapping[str, Any] | None = None) -> Any:
    if "error" in message:
        raise jsonrpc.exception(message["error"], method, params)
    return message["result"]
