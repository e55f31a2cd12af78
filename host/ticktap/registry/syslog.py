"""Sends events of the audit log to a syslog receiver as RFC 5424 messages.

A message is one datagram, to a socket of this computer or over UDP (RFC 5426), or one counted frame over TCP
(RFC 6587 section 3.4.1). A thread sends them, so that no sign-in waits for the receiver. A message that
cannot be sent is dropped, without an error; the audit log has all events.

A message contains the facts of the event: no secret, no code, no unknown name.
"""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from ticktap import __version__
from ticktap.errors import BadInput

PORTS = {"udp": 514, "tcp": 601}  # RFC 5426 section 3.3; IANA: syslog-conn
_FACILITY = 10  # RFC 5424 section 6.2.1: security and authorization messages
_SEVERITIES = {"signed-in": 6, "sign-in-refused": 4}  # informational, warning
_OTHERS = 5  # notice: an action of an administrator
_LONGEST = 2048  # bytes; receivers should accept this length (RFC 5424 section 6.1)
_BOM = "\ufeff"
_PRINTABLE = re.compile(r"[!-~]+")
_WAITING = 1000  # messages that may wait for the thread
_TIMEOUT = 2.0  # seconds, of a connection and of one message
_PAUSE = 10.0  # seconds between a failed connection and the next one


class Event(Protocol):
    """An event; audit_chain.Event is one."""

    @property
    def at(self) -> int: ...
    @property
    def who(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def detail(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a receiver: the path of a socket, or host and port."""

    kind: Literal["unix", "udp", "tcp"]
    place: str
    port: int = 0

    @classmethod
    def of(cls, text: str) -> Address:
        """Parses `/dev/log`, `udp://HOST[:PORT]` or `tcp://HOST[:PORT]`.

        Raises:
            BadInput: it is not an address of one of these forms.
        """
        if text.startswith("/"):
            return cls("unix", text)
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise _no_address() from None
        extra = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
        if parts.scheme == "udp" and parts.hostname and not extra:
            return cls("udp", parts.hostname, port or PORTS["udp"])
        if parts.scheme == "tcp" and parts.hostname and not extra:
            return cls("tcp", parts.hostname, port or PORTS["tcp"])
        raise _no_address()


class Syslog:
    """Sends events to one receiver. Several threads may use it; a process must create it after a fork.

    Attributes:
        problem: the last failure, as text; empty: none.
    """

    def __init__(self, address: Address) -> None:
        self.problem = ""
        self._address = address
        self._messages: deque[bytes] = deque()
        self._sending = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._socket: socket.socket | None = None
        self._failed_at: float | None = None

    def send(self, user: str | None, event: Event) -> None:
        """Sends an event, in another thread. It never waits and never fails."""
        data = message(user, event, socket.gethostname(), os.getpid())
        with self._changed:
            if len(self._messages) >= _WAITING:
                self.problem = "events came faster than the receiver took them"
                return
            self._messages.append(data)
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="syslog", daemon=True)
                self._thread.start()

    def flush(self, timeout: float = _TIMEOUT) -> None:
        """Waits until all messages are sent or dropped, at most `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._messages and not self._sending, timeout):
                self.problem = "it takes too long"

    # --- in the thread

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._messages)
                data = self._messages.popleft()
                self._sending = True
            try:
                self._deliver(data)
            except (OSError, UnicodeError) as error:  # UnicodeError: the host name is not valid
                self._close()
                self._failed_at = time.monotonic()
                self.problem = getattr(error, "strerror", None) or type(error).__name__
            with self._changed:
                self._sending = False
                self._changed.notify_all()

    def _deliver(self, data: bytes) -> None:
        if self._failed_at is not None and time.monotonic() - self._failed_at < _PAUSE:
            return
        self._failed_at = None
        if self._socket is not None and self._address.kind == "tcp" and _ended(self._socket):
            self._close()
        if self._socket is None:
            self._socket = self._connect()
        if self._address.kind == "tcp":
            self._socket.sendall(b"%d %s" % (len(data), data))
        else:
            self._socket.send(data)

    def _connect(self) -> socket.socket:
        address = self._address
        if address.kind == "tcp":
            return socket.create_connection((address.place, address.port), _TIMEOUT)
        family: int = socket.AF_UNIX
        place: Any = address.place
        if address.kind == "udp":
            family, *_, place = socket.getaddrinfo(address.place, address.port, type=socket.SOCK_DGRAM)[0]
        made = socket.socket(family, socket.SOCK_DGRAM)
        try:
            made.settimeout(_TIMEOUT)
            made.connect(place)
        except BaseException:
            made.close()
            raise
        return made

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def message(user: str | None, event: Event, host: str, process: int) -> bytes:
    """Formats an event as an RFC 5424 message. `user`: the user it is about; None: not a known user."""
    priority = 8 * _FACILITY + _SEVERITIES.get(event.what, _OTHERS)
    at = datetime.fromtimestamp(event.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    software = f'[origin software="ticktap" swVersion="{__version__}"]'  # section 7.2
    head = f"<{priority}>1 {at} {_word(host, 255)} ticktap {process} {_word(event.what, 32)} {software} "
    facts: dict[str, Any] = {"user": user, "by": event.who, "from": event.origin, **event.detail}
    body = " ".join(
        [_plain(event.what), *(f"{_plain(key)}={_quoted(value)}" for key, value in facts.items())]
    )
    if not body.isascii():
        body = _BOM + body  # section 6.4
    room = _LONGEST - len(head.encode())
    return head.encode() + body.encode()[:room].decode("utf-8", "ignore").encode()


def _word(text: str, longest: int) -> str:
    """Returns a header field, or "-" if the text is not valid as one."""
    return text[:longest] if _PRINTABLE.fullmatch(text) else "-"


def _quoted(value: Any) -> str:
    if value is None:
        text = ""
    else:
        text = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return '"' + _plain(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _plain(text: str) -> str:
    """Replaces control characters and other unprintable ones."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _ended(connection: socket.socket) -> bool:
    """Whether the receiver has closed the connection. A receiver sends nothing, so any read means an end."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(_TIMEOUT)


def _no_address() -> BadInput:
    return BadInput(
        "this is not the address of a syslog receiver",
        "Give /dev/log, udp://HOST[:PORT] or tcp://HOST[:PORT].",
    )
