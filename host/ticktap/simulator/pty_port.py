"""A pseudo-terminal as the token's data port, for ordinary serial programs.

A terminal has no DTR: the port counts as open while a program has the slave side open, where the system
reports that (Linux and the BSDs report a hang-up on the master).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import termios
import tty
from pathlib import Path

from ticktap.simulator.parts.cdc import CdcChannel

_CHUNK = 4096
_MOST_WAITING = 1 << 16  # bytes for a reader that does not read


class PtyPort:
    """Transfers bytes between a channel of the chip and a pty. `path`: the pty; `link`: a link to it."""

    def __init__(self, channel: CdcChannel, link: Path | None = None) -> None:
        self._channel = channel
        self._link = link
        self._out = bytearray()
        self._open()

    def _open(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self.master, False)
        self._poll = select.poll()
        self._poll.register(self.master, select.POLLIN)
        if self._link is not None:
            _point(self._link, self.path)

    @property
    def in_use(self) -> bool:
        """Whether a program has the port open."""
        return not any(events & select.POLLHUP for _, events in self._poll.poll(0))

    def exchange(self) -> None:
        """Transfers waiting bytes in both directions; opens and closes the channel with the programs."""
        if not self.in_use:
            if self._channel.dtr:
                self._channel.close()
                self._allow_others()
            self._out.clear()
            return
        if not self._channel.dtr:
            self._channel.open()
        with contextlib.suppress(BlockingIOError, OSError):  # OSError: closed since we looked
            self._channel.host_write(os.read(self.master, _CHUNK))
        self._send()

    def _allow_others(self) -> None:
        """Ends the exclusive use (TIOCEXCL) that a program has left behind when it was killed.

        A serial port forgets it with its last user, a pseudo-terminal does not. Where this program may not
        end it, the port gets another pseudo-terminal.
        """
        try:
            slave = os.open(self.path, os.O_RDWR | os.O_NOCTTY)
        except OSError:
            os.close(self.master)
            self._open()
            return
        fcntl.ioctl(slave, termios.TIOCNXCL)
        os.close(slave)

    def _send(self) -> None:
        self._out += self._channel.received[: _MOST_WAITING - len(self._out)]
        del self._channel.received[:]
        with contextlib.suppress(BlockingIOError, OSError):
            while self._out:
                del self._out[: os.write(self.master, self._out)]

    def close(self) -> None:
        """Removes the port, as an unplugged one; programs that have it open get an error."""
        if self._channel.dtr:
            self._channel.close()
        os.close(self.master)
        if self._link is not None and _points_to(self._link, self.path):
            self._link.unlink()


def _points_to(link: Path, path: str) -> bool:
    return link.is_symlink() and os.fspath(link.readlink()) == path


def _point(link: Path, path: str) -> None:
    """Makes `link` a symbolic link to `path`; replaces another link, never a file."""
    if link.is_symlink():
        link.unlink()
    link.symlink_to(path)
