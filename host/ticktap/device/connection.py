"""Requests and responses over one open port: numbers, time-outs, lost ports, the owner session.

It does not search for ports and does not prompt. Every error is one of ticktap.errors; none contains a secret
or a code.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, Self, TypeVar, cast

from ticktap.device import connection_loss, jsonrpc, owner_session, protocol, results, timeouts
from ticktap.device.transport import Port, SharedRead
from ticktap.errors import NoAnswer, TicktapError, TokenError
from ticktap.otp.account import Params

Result = TypeVar("Result")


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


class Connection:
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

    def __enter__(self) -> Self:
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
                    self.call("session.close", timeout=timeouts.ENDING)
        finally:  # Ctrl-C
            self.port.close()

    @property
    def _allowed(self) -> bool:
        return bool(self.session or self.unlocked or self._pressed)

    def call(
        self, method: str, params: Mapping[str, Any] | None = None, timeout: float = timeouts.QUICK
    ) -> Any:
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

    def _exchange(self, method: str, params: Mapping[str, Any] | None, timeout: float) -> dict[str, Any]:
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
    ) -> dict[str, Any]:
        """Repeats a request over a port that returned, and returns the response."""
        recovery, name = self.recovery, self.port.name
        may_repeat = method in protocol.REPEATABLE and not self._allowed
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
        recovery, self.recovery = self.recovery, None  # the connection has ended; wait for the port once only
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
        if self.session and method in protocol.SESSION_METHODS:
            return jsonrpc.request(self._number, "session.call", self.session.wrap(method, params))
        return jsonrpc.request(self._number, method, params)

    def _reply_to(self, number: int, timeout: float) -> dict[str, Any]:
        return next(each for each in self._replies(timeout) if each.get("id") == number)

    def _replies(self, timeout: float) -> Iterator[dict[str, Any]]:
        """Yields every response; raises TimeoutError after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            line = self.port.read_line(max(0.0, deadline - time.monotonic()))
            if self.trace:
                self.trace("<", line)
            message = jsonrpc.reply(line)
            if message is not None:
                yield message

    def _after_press(
        self, kind: type[Result], method: str, params: Mapping[str, Any], timeout: int, slack: float
    ) -> Result:
        """Sends a request that needs a press.

        Raises:
            PressInterrupted: on Ctrl-C. The request was cancelled, or had been carried out already.
        """
        self._pressed = True
        try:
            return self._get(kind, method, Params({**params, "timeout": timeout}), timeout + slack)
        except KeyboardInterrupt:
            raise PressInterrupted(self._cancelled()) from None

    def _with_session(
        self, kind: type[Result], method: str, params: Mapping[str, Any], timeout: int
    ) -> Result:
        """Sends a request whose press also opens a session; an owner session remains."""
        __tracebackhide__ = True
        if self.session and self.session.is_owner:
            return self._after_press(kind, method, params, timeout, timeouts.PRESS_SLACK)
        before, self.session = self.session, None
        session, key = owner_session.pressed_session()
        try:
            result = self._after_press(
                kind, method, Params({**params, "key": key}), timeout, timeouts.PRESS_SLACK
            )
        except PressInterrupted as error:
            self.session = before if error.result is None else session
            raise
        except BaseException:
            self.session = before
            raise
        self.session = session
        return result

    def _cancelled(self) -> Any:
        """Cancels the last request; returns its result if it was carried out already, else None."""
        waiting, result = self._number, None
        with contextlib.suppress(OSError, TicktapError):  # the token may not respond
            cancelling = self._send("press.cancel", None)
            for message in self._replies(timeouts.QUICK):
                if message.get("id") == waiting:
                    result = message.get("result")
                elif message.get("id") == cancelling:
                    break
        return result

    def cancel(self) -> bool:
        """Cancels a request that waits for a press; returns whether there was one."""
        return self._get(results.Cancelled, "press.cancel")["cancelled"]

    def _get(
        self,
        kind: type[Result],
        method: str,
        params: Mapping[str, Any] | None = None,
        timeout: float = timeouts.QUICK,
    ) -> Result:
        """Sends a request whose result is an object. `kind` is the type of that (results.py).

        Raises:
            TicktapError: as `call`; TokenError if the result is not an object.
        """
        result = self.call(method, params, timeout)
        if not isinstance(result, dict):
            raise TokenError(f"the token's answer to {method} has the wrong form", "Update its firmware.")
        return cast("Result", result)


def _result(message: dict[str, Any], method: str, params: Mapping[str, Any] | None = None) -> Any:
    if "error" in message:
        raise jsonrpc.exception(message["error"], method, params)
    return message["result"]
