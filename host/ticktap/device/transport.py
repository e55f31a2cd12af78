"""Serial ports: finds those that may be a token's, opens one, sends and receives lines of bytes.

It handles USB descriptors, pyserial and the ports of running simulators, and no JSON. token_choice.py asks
whether a port really is a token's.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ticktap.device import device_node, simulated_ports
from ticktap.errors import PortUnavailable, TokenError

PRODUCT = "ticktap"
BAUD = 115200  # USB CDC ignores it; a serial bridge may not
SLICE = 0.25  # seconds; short reads, so that Ctrl-C takes effect on every system
LONGEST_LINE = 4096  # bytes; twice the longest response: a longer line is not from a token

_TERMINAL_ERRORS: tuple[type[BaseException], ...] = ()
if os.name == "posix":
    import termios

    _TERMINAL_ERRORS = (termios.error,)
_OPEN_ERRORS: tuple[type[BaseException], ...] = (OSError, ValueError, *_TERMINAL_ERRORS)


class SharedRead(OSError):
    """The port reported bytes that were gone when they were read: another program read them."""


class Port(Protocol):
    """A byte connection to one token."""

    @property
    def name(self) -> str:
        """The port's name in messages: a path or a URL."""

    def write(self, data: bytes) -> None:
        """Sends all of `data`. Raises TimeoutError if nothing is accepted, OSError if the port is gone."""

    def read_line(self, timeout: float) -> bytes:
        """Returns the next line. Raises TimeoutError after `timeout` seconds, OSError if the port is gone.

        Raises SharedRead, an OSError, if another program reads the port.
        """

    def close(self) -> None:
        """Closes the port; a second call does nothing."""


@dataclass(frozen=True)
class Candidate:
    """A serial port of this computer, and why it cannot be a token's, if so.

    `serial`, `product` and `interface` are USB strings, "" if the system does not report them. `simulated`:
    it is the port of a running simulator.
    """

    path: str
    serial: str = ""
    product: str = ""
    interface: str = ""
    why_rejected: str = ""
    simulated: bool = False

    @property
    def is_console(self) -> bool:
        """Whether it is a token's other port: CircuitPython's console."""
        return (
            PRODUCT in self.product.lower()
            and "cdc" in self.interface.lower()
            and "cdc2" not in self.interface.lower()
        )


def find() -> list[Candidate]:
    """Lists every serial port by path; those that may be a token's have no `why_rejected`.

    The ports of running simulators come last.
    """
    from serial.tools import list_ports  # type: ignore[import-untyped]

    found = [_candidate(info) for info in sorted(list_ports.comports(), key=lambda info: str(info.device))]
    return found + [
        Candidate(each.port, each.serial, PRODUCT, simulated=True)
        for each in simulated_ports.running()
        if Path(each.port).exists()  # not while the token is unplugged
    ]


def _candidate(info: Any) -> Candidate:
    product, interface = info.product or "", info.interface or ""
    maker = info.manufacturer or ""
    described = product or (info.description if info.description != "n/a" else "") or "no USB device"
    why = ""
    if PRODUCT not in f"{product} {maker} {info.description or ''}".lower():
        why = f"its product name is not {PRODUCT!r} ({described})"
    elif interface and "cdc2" not in interface.lower():
        why = f"it is not the data channel ({interface})"
    return Candidate(info.device, info.serial_number or "", product, interface, why)


def is_address(choice: str) -> bool:
    """Whether a choice of token is a port path or a pyserial URL, not a name or serial number."""
    return "://" in choice or os.sep in choice or "/" in choice or bool(re.fullmatch(r"(?i)com\d+", choice))


class SerialPort:
    """A Port over pyserial: a device path, or any URL pyserial knows (socket://, rfc2217://, spy://).

    How pyserial 3.5 reports on Linux that a port is lost: reading fails at once ("device reports readiness to
    read but returned no data"), writing with EIO, changing settings with EIO or termios.error, which is no
    OSError. Reading fails with the same message if another program read the bytes; only then is the port
    still a terminal.

    Raises:
        PortUnavailable: the port does not exist, is in use, or may not be opened.
    """

    def __init__(self, url: str) -> None:
        import serial  # type: ignore[import-untyped]

        self.name = url
        self._pending = b""
        self._serial: Any = None
        try:
            self._serial = serial.serial_for_url(url, do_not_open=True, baudrate=BAUD, write_timeout=2)
            if os.name == "posix":
                self._serial.exclusive = True
            self._serial.open()
            self._set_exclusive(True)
        except _OPEN_ERRORS as error:
            if self._serial is not None:
                self._serial.close()
            raise _not_opened(url, error) from None
        if others := device_node.programs(url):
            self.close()
            raise _in_use(url, others)

    def _set_exclusive(self, on: bool) -> None:
        """Sets TIOCEXCL, with which the system refuses to open the port again, except to root; or clears it.

        pyserial's `exclusive` is a lock (flock), which only programs that ask for it respect.
        """
        if os.name != "posix" or not device_node.is_path(self.name):
            return
        import fcntl

        fcntl.ioctl(self._serial.fileno(), termios.TIOCEXCL if on else termios.TIOCNXCL)

    def write(self, data: bytes) -> None:
        """Sends all of `data`. Raises TimeoutError if the port accepts nothing for 2 s, OSError if it is
        gone.
        """
        import serial

        try:
            self._serial.write(data)
        except serial.SerialTimeoutException:
            raise TimeoutError from None

    def read_line(self, timeout: float) -> bytes:
        """Returns the next line without its newline.

        Raises:
            TimeoutError: `timeout` seconds passed without one.
            SharedRead: another program read what was received.
            OSError: the port is gone.
            TokenError: more than LONGEST_LINE bytes came without a newline.
        """
        deadline = time.monotonic() + timeout
        while b"\n" not in self._pending:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._pending += self._read(min(left, SLICE))
            if len(self._pending) > LONGEST_LINE:
                self._pending = b""
                raise TokenError(
                    f"what answers at {self.name} is not a ticktap token", "Choose another port."
                )
        line, self._pending = self._pending.split(b"\n", 1)
        return line.rstrip(b"\r")

    def _read(self, seconds: float) -> bytes:
        try:
            self._serial.timeout = seconds
            first: bytes = self._serial.read(1)
            waiting = self._serial.in_waiting if first else 0
            return first + (self._serial.read(waiting) if waiting else b"")
        except OSError:
            if self._is_terminal():
                raise SharedRead from None
            raise
        except _TERMINAL_ERRORS as error:
            raise OSError(*error.args) from None

    def _is_terminal(self) -> bool:
        """Whether the port is still a terminal; the system hangs up the port of a removed device."""
        return os.name == "posix" and bool(self._serial.is_open) and os.isatty(self._serial.fileno())

    def close(self) -> None:
        """Closes the port. The token drops an incomplete line and a request that waits for a press."""
        if self._serial.is_open:
            with contextlib.suppress(OSError):  # the port of a removed device
                self._set_exclusive(False)  # a pseudo-terminal would keep it
        self._serial.close()


def _not_opened(url: str, error: BaseException) -> PortUnavailable:
    number = getattr(error, "errno", None)
    if isinstance(error, ValueError):
        return PortUnavailable(
            f"{url} is not a port that pyserial can open", "Give a device path or a pyserial URL.", "address"
        )
    if number == errno.ENOENT or (number is None and "FileNotFoundError" in str(error)):
        return PortUnavailable(f"there is no port {url}", "'ticktap doctor' lists the ports.", "absent")
    if number in (errno.EACCES, errno.EPERM) or "PermissionError" in str(error):
        return PortUnavailable(f"no permission to open {url}", permission_remedy(url), "denied")
    if number in (errno.EBUSY, errno.EAGAIN) or "lock" in str(error):
        return _in_use(url, device_node.programs(url))
    return PortUnavailable(
        f"{url} cannot be opened ({type(error).__name__})", "Unplug the token and plug it in again.", "failed"
    )


def _in_use(url: str, others: list[device_node.Program]) -> PortUnavailable:
    return PortUnavailable(
        f"{url} is in use by {device_node.named(others) or 'another program'}",
        "Close that program (another ticktap that waits for a press, a serial monitor, ModemManager).",
        "busy",
    )


def permission_remedy(path: str) -> str:
    """Returns the remedy if this user may not open `path`."""
    if not sys.platform.startswith("linux"):
        return "Close other programs that use the port."
    return (
        "'ticktap firmware udev' prints udev rules that grant access, and where to install them; or join the "
        "group that "
        f"owns it ('ls -l {path}'; usually 'sudo usermod -aG dialout $USER', then sign in again)."
    )
