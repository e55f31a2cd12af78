"""The token's protocol as methods: one request and one response each (docs/protocol.md describes both).

It does not search for ports and does not prompt. Every error is one of ticktap.errors; none contains a secret
or a code.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from ticktap.device import connection_loss, jsonrpc, owner_session
from ticktap.device.transport import Port, SharedRead
from ticktap.errors import BadInput, NoAnswer, TicktapError, TokenError
from ticktap.otp.account import Hidden, Params

if TYPE_CHECKING:
    from ticktap.device.pin import KdfParams

Data = dict[str, Any]

TOKEN_NAME_BYTES = 32  # in UTF-8
QUICK = 5.0  # time-out in seconds for requests that need no button press
HELLO = 1.0  # seconds; short, so that a port without a token does not delay the others
PRESS = 30  # seconds that the user has for the press
CHANGE = 30.0  # seconds for requests that write: a full log is compacted first
PRESS_SLACK = 20.0  # seconds after the press within which the response must arrive
SEAL_SLACK = 120.0  # a new PIN re-encrypts every account
ENDING = 1.0  # seconds for session.close
UNLOCK = 30.0  # unlocking decrypts every account once
TYPE_SLACK = (
    60.0  # seconds for a code: the token may wait for the next time step (30 s) and its start delay (5 s)
)


class PressInterrupted(KeyboardInterrupt):
    """Ctrl-C while a request waited for a press; the request was cancelled.

    Attributes:
        result: what the token did instead, if the press came before the cancellation; else None.
    """

    def __init__(self, result: Any) -> None:
        super().__init__()
        self.result = result


class Recovery(Protocol):
    """Finds the token again after its port was lost."""

    def path(self) -> str | None:
        """Waits briefly for the port and returns its path; None if it does not return."""

    def port(self, path: str) -> Port | None:
        """Opens that port to the same token; None if that fails."""


class Client:
    """A connection to one token over an open port. As a context manager, it closes the port.

    Time-outs use the port's time, so a port with simulated time needs no real seconds. While an owner session
    is open (`prove_owner`), the methods that require it are sent through it.

    Attributes:
        trace: called with ">" and each sent line, "<" and each received line (wire_log.py).
    """

    trace: Callable[[str, bytes], None] | None = None

    def __init__(self, port: Port) -> None:
        self.port = port
        self.recovery: Recovery | None = None  # None: a lost port raises TokenGone
        self.session: owner_session.Session | None = None
        self.unlocked = False  # with a PIN sent over this connection
        self._pressed = False  # a press may have permitted changes
        # The random start prevents that a response to an earlier program is taken for one to this one.
        self._number = secrets.randbelow(1 << 24)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends this connection's permissions and closes the port.

        The token notices a closed port, but not if another program opens it within milliseconds.
        """
        self.recovery = None
        try:
            if self._allowed:
                with contextlib.suppress(TicktapError):  # it may be unplugged
                    self.call("session.close", timeout=ENDING)
        finally:  # Ctrl-C
            self.port.close()

    @property
    def _allowed(self) -> bool:
        return bool(self.session or self.unlocked or self._pressed)

    def call(self, method: str, params: Mapping[str, Any] | None = None, timeout: float = QUICK) -> Any:
        """Sends one request and waits up to `timeout` seconds for its result. Stale responses are skipped.

        If the port is lost and returns, a request that changes nothing is repeated.

        Raises:
            TicktapError: the token's error, as the class of its code.
            NoAnswer: no response arrived in time.
            TokenGone: the port was lost.
            PortShared: another program read the response.
        """
        try:
            message = self._exchange(method, params, timeout)
        except OSError as error:
            message = self._after_loss(error, method, params, timeout)
        return _result(message, method, params)

    def begin(self, method: str, params: Mapping[str, Any] | None = None) -> int:
        """Sends a request without waiting and returns its number for `poll`. No other request may come
        between.

        Raises:
            TokenGone
        """
        try:
            return self._send(method, params)
        except OSError as error:
            raise self._lost(error, method) from None

    def poll(self, number: int, method: str, timeout: float) -> Any:
        """Returns the result of request `number`, or None if it has not arrived within `timeout` seconds.

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
        line = self._request(method, params or {})
        if self.trace:
            self.trace(">", line)
        self.port.write(line)
        return self._number

    def _after_loss(
        self, error: OSError, method: str, params: Mapping[str, Any] | None, timeout: float
    ) -> Data:
        """Repeats a request over a port that returned, and returns the response."""
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
        """Returns the error that explains a missing response."""
        name = self.port.name
        if isinstance(error, TimeoutError):
            return self._silent(method)
        if isinstance(error, SharedRead):
            return connection_loss.shared(name, method)
        if self._returned() is None:
            return connection_loss.gone(name, method)
        return connection_loss.interrupted(name, method)

    def _returned(self) -> str | None:
        """Returns the path of the returned port. Closes the lost one first, so that the system can reuse its
        name.
        """
        recovery, self.recovery = (
            self.recovery,
            None,
        )  # this connection has ended; wait for the port once only
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
        if self.session and method in owner_session.SESSION_METHODS:
            return jsonrpc.request(self._number, "session.call", self.session.wrap(method, params))
        return jsonrpc.request(self._number, method, params)

    def _reply_to(self, number: int, timeout: float) -> Data:
        return next(each for each in self._replies(timeout) if each.get("id") == number)

    def _replies(self, timeout: float) -> Iterator[Data]:
        """Yields every response; raises TimeoutError after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            line = self.port.read_line(max(0.0, deadline - time.monotonic()))
            if self.trace:
                self.trace("<", line)
            message = jsonrpc.reply(line)
            if message is not None:
                yield message

    def _after_press(self, method: str, params: Mapping[str, Any], timeout: int, slack: float) -> Any:
        """Sends a request that needs a press.

        Raises:
            PressInterrupted: on Ctrl-C. The request was cancelled, or had been carried out already.
        """
        self._pressed = True
        try:
            return self.call(method, Params({**params, "timeout": timeout}), timeout + slack)
        except KeyboardInterrupt:
            raise PressInterrupted(self._cancelled()) from None

    def _cancelled(self) -> Any:
        """Cancels the last request; returns its result if it was carried out already, else None."""
        waiting, result = self._number, None
        with contextlib.suppress(OSError, TicktapError):  # the token may not respond
            cancelling = self._send("press.cancel", None)
            for message in self._replies(QUICK):
                if message.get("id") == waiting:
                    result = message.get("result")
                elif message.get("id") == cancelling:
                    break
        return result

    # --- identification -----------------------------------------------------------------------------

    def hello(self) -> Data:
        """Returns HELLO. Asks twice, because the first line may be appended to an earlier program's
        incomplete one.

        Raises:
            TokenError: nothing responds, it is not a ticktap token, or its protocol is newer.
        """
        try:
            who = self.call("hello", timeout=HELLO)
        except TokenError:
            who = self.call("hello", timeout=2 * HELLO)
        return checked_hello(who, self.port.name)

    def status(self) -> Data:
        """Returns STATUS: clock, store, host, and the result of the last press."""
        return self._dict("status")

    # --- accounts -----------------------------------------------------------------------------------

    def accounts(self) -> list[Data]:
        """Returns every account in the token's order, from all pages, as ACCOUNT dicts (never a secret)."""
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
        """Stores an account (Account.to_params(), with the secret in base64) and returns its id."""
        return int(self._dict("account.add", Params(params), CHANGE)["id"])

    def rename(self, account: int, issuer: str, name: str) -> None:
        """Changes the issuer and the name of an account."""
        self.call("account.rename", {"id": account, "issuer": issuer, "name": name}, CHANGE)

    def add_proved(self, params: Mapping[str, Any], timeout: int = PRESS) -> Data:
        """Stores an account after a press. Returns {"id"} and its first code, as `code` does."""
        return dict(self._after_press("account.add", {**params, "prove": True}, timeout, PRESS_SLACK))

    def remove(self, account: int, timeout: int = PRESS) -> None:
        """Removes an account after a press; without one if it was added on this connection."""
        self._after_press("account.remove", {"id": account}, timeout, PRESS_SLACK)

    def move(self, account: int, position: int) -> None:
        """Moves an account to `position`; 1 is the first."""
        self.call("account.move", {"id": account, "position": position}, CHANGE)

    def default(self, account: int) -> None:
        """Makes this the default account, whose code a click types."""
        self.call("account.default", {"id": account}, CHANGE)

    def set_suffix(self, account: int, suffix: str) -> None:
        """Sets the key typed after the code: "none", "enter" or "tab"."""
        self.call("account.set", {"id": account, "suffix": suffix}, CHANGE)

    # --- with a press of the button -----------------------------------------------------------------

    def code(self, account: int, timeout: int = PRESS) -> Data:
        """Returns a code after a press: {"code", "unix", "remaining"} or, for HOTP, {"code", "counter"}.

        If too little of the time step remains, the token waits for the next one.
        """
        return dict(self._after_press("code.get", {"id": account}, timeout, TYPE_SLACK))

    def type(self, account: int, timeout: int = PRESS) -> Data:
        """Types a code after a press. Returns {"typed": True} if the computer accepted the last report."""
        return dict(self._after_press("code.type", {"id": account}, timeout, TYPE_SLACK))

    def compact(self, timeout: int = PRESS) -> None:
        """Compacts the store after a press."""
        self._after_press("store.compact", {}, timeout, PRESS_SLACK)

    def reset(self, timeout: int = PRESS) -> None:
        """Erases every account, setting and counter, the PIN and the owner, after a press."""
        self._after_press("store.reset", {}, timeout, PRESS_SLACK)
        self.session = None

    def allow_changes(self, timeout: int = PRESS) -> None:
        """Permits changes without further presses until the port is closed, after one press. For tokens
        without an owner.
        """
        self._after_press("session.allow", {}, timeout, PRESS_SLACK)

    def allow_clock(self, timeout: int = PRESS) -> None:
        """Permits any setting of the clock for 30 seconds, after a press."""
        self._after_press("clock.allow", {}, timeout, PRESS_SLACK)

    def cancel(self) -> bool:
        """Cancels a request that waits for a press; returns whether there was one."""
        return bool(self._dict("press.cancel")["cancelled"])

    # --- owner and PIN ------------------------------------------------------------------------------

    def claim(self, key: bytes, timeout: int = PRESS) -> None:
        """Makes `key` (32 bytes) the owner key, after a press."""
        __tracebackhide__ = True  # pytest would show the key
        self._after_press("token.claim", Params(key=owner_session.encoded(key)), timeout, PRESS_SLACK)

    def prove_owner(self, key: bytes, serial: str) -> None:
        """Opens an owner session; later requests are the owner's.

        Raises:
            NotOwner: `key` is not the owner key, or the token has no owner.
            TokenError: the token cannot prove that it has the key.
        """
        self.session = None
        self.session = owner_session.open_session(self._dict, Hidden(key), serial)

    def end_session(self) -> None:
        """Ends the owner session and all other permissions of this connection."""
        self.call("session.close")
        self.session, self.unlocked, self._pressed = None, False, False

    def release(self, timeout: int = PRESS) -> None:
        """Removes the owner, after a press."""
        self._after_press("token.release", {}, timeout, PRESS_SLACK)
        self.session = None

    def pin(self) -> Data:
        """Returns PIN and, if one is set, the Argon2id parameters: {"salt", "memory", "passes", "lanes"}."""
        return self._dict("pin.info")

    def unlock(self, key: bytes) -> Data:
        """Unlocks the token with the key made from the PIN (pin.key); returns PIN.

        Raises:
            WrongPin: the PIN was wrong; this used one attempt.
            Locked: the token accepts no more attempts, or has erased its accounts.
        """
        __tracebackhide__ = True
        state = dict(self.call("pin.unlock", Params(key=owner_session.encoded(key)), UNLOCK))
        self.unlocked = True
        return state

    def lock(self) -> Data:
        """Locks the token: it forgets the key. Returns PIN."""
        self.unlocked = False
        return self._dict("pin.lock")

    def set_pin(self, key: bytes, kdf: KdfParams, old: bytes | None = None, timeout: int = PRESS) -> Data:
        """Sets the key that unlocks the token, after a press. Returns PIN.

        Args:
            key: made from the new PIN with `kdf`.
            old: the key that unlocks the token until now.
        """
        __tracebackhide__ = True
        params = Params(
            key=owner_session.encoded(key),
            salt=owner_session.encoded(kdf.salt),
            memory=kdf.memory,
            passes=kdf.passes,
            lanes=kdf.lanes,
        )
        if old is not None:
            params["old"] = owner_session.encoded(old)
        return dict(self._after_press("pin.set", params, timeout, SEAL_SLACK))

    def remove_pin(self, old: bytes, timeout: int = PRESS) -> Data:
        """Removes the PIN, after a press; returns PIN."""
        __tracebackhide__ = True
        return dict(
            self._after_press("pin.remove", Params(old=owner_session.encoded(old)), timeout, SEAL_SLACK)
        )

    def set_pin_keys(self, digits: str | None, timeout: int = PRESS) -> Data:
        """Sets the PIN that is entered with the token's buttons, after a press; None removes it. Returns
        PIN.
        """
        __tracebackhide__ = True
        return dict(self._after_press("pin.keys", Params(digits=digits), timeout, PRESS_SLACK))

    # --- clock, settings, name ----------------------------------------------------------------------

    def clock(self) -> Data:
        """Returns CLOCK: state, unix, temperature, aging, sets, moved_ms, adjustment_left_ms."""
        return self._dict("clock.get")

    def set_clock(self, unix: int) -> Data:
        """Sets the clock to `unix` when the request arrives; returns CLOCK. clock.sync aligns the second
        too.
        """
        return self._dict("clock.set", {"unix": unix}, CHANGE)

    def trim_clock(self, aging: int) -> Data:
        """Sets the clock chip's aging offset (-128 to 127, positive is slower); returns CLOCK.

        Raises:
            ClockGuarded: no press has permitted it (allow_clock).
        """
        return self._dict("clock.trim", {"aging": aging})

    def note_sync(self, note: str) -> None:
        """Stores a sync note on the token (clock/sync_note.py)."""
        self.call("clock.note", {"note": note})

    def noted_sync(self) -> Data:
        """Returns the stored sync note: {"unix", "sets", "note"}, each None if there is none."""
        return self._dict("clock.noted")

    def settings(self) -> Data:
        """Returns every setting by name."""
        return self._dict("settings.get")

    def set_settings(self, changes: Mapping[str, Any]) -> Data:
        """Changes all of the given settings or none; returns every setting after the change."""
        return self._dict("settings.set", changes, CHANGE)

    def identify(self) -> None:
        """Flashes the token's LED for three seconds."""
        self.call("token.identify")

    def rename_token(self, name: str) -> None:
        """Sets the token's name."""
        self.call("token.rename", {"name": name}, CHANGE)

    def _dict(self, method: str, params: Mapping[str, Any] | None = None, timeout: float = QUICK) -> Data:
        result = self.call(method, params, timeout)
        if not isinstance(result, dict):
            raise TokenError(f"the token's answer to {method} has the wrong form", "Update its firmware.")
        return result


def check_token_name(name: str) -> None:
    """Checks a name for a token.

    Raises:
        BadInput: it is too long or contains a non-printable character.
    """
    size = len(name.encode("utf-8", "replace"))
    if size > TOKEN_NAME_BYTES:
        raise BadInput(
            f"the name is {size} bytes long; the limit is {TOKEN_NAME_BYTES}",
            "Choose a shorter name.",
        )
    if not name.isprintable():
        raise BadInput(
            "the name contains a non-printable character", "Choose a name of printable characters."
        )


def checked_hello(who: Any, where: str) -> Data:
    """Checks a HELLO response and returns it.

    Raises:
        TokenError: it is not from a ticktap token, or the protocol is newer.
    """
    if not isinstance(who, dict) or who.get("product") != "ticktap":
        raise TokenError(f"what answers at {where} is not a ticktap token", "Choose another port.")
    if who.get("protocol") != jsonrpc.PROTOCOL:
        raise TokenError(
            f"the token uses protocol {who.get('protocol')!r:.12} and this ticktap {jsonrpc.PROTOCOL}",
            "Update the older of the two: ticktap, or the token's firmware.",
        )
    return who


_DEFAULTS = {
    "type": "totp",
    "algorithm": "SHA1",
    "digits": 6,
    "period": 30,
    "counter": 0,
    "suffix": "none",
    "default": False,
}


def complete(account: Data) -> Data:
    """Returns an ACCOUNT with the defaults that the token omits."""
    return {**_DEFAULTS, **account}


def _result(message: Data, method: str, params: Mapping[str, Any] | None = None) -> Any:
    if "error" in message:
        raise jsonrpc.exception(message["error"], method, params)
    return message["result"]
