"""A simulated token in real time: its time follows this computer's clock, and its data port is a pty.

A background thread owns the token. Others access it with `do(function)`, which runs the function
there, between two slices of time. cli/simulator_ui.py has the terminal code.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from ticktap.errors import BadInput
from ticktap.simulator import statefile
from ticktap.simulator.pty_port import PtyPort
from ticktap.simulator.token import VirtualToken

T = TypeVar("T")

SLICE_S = 0.01
HEAD_START_S = 3.0  # a token plugged in this long ago is ready
MOST_BEHIND_S = 1.0  # after a suspend of the computer the token does not catch up


class RealTimeToken:
    """Runs from construction to `close()`. `finished` is set when it should end, or has ended.

    Args:
        token: created with the real time `time.time()`; plugged in here if it is not.
        link: path of a symbolic link to the pty, which changes whenever the token is plugged in.
        state: file for the token's state, written at every change and at the end.
        maintenance: plug it in with button 1 held.

    Raises:
        BadInput: `link` is a file, or the port of another running token.
    """

    def __init__(
        self,
        token: VirtualToken,
        *,
        link: Path | None = None,
        state: Path | None = None,
        maintenance: bool = False,
    ) -> None:
        if link is not None and link.exists() and not link.is_symlink():
            raise BadInput(f"{link} exists and is not a link", "Choose another path for the port.")
        if link is not None and link.is_char_device():
            raise BadInput(
                f"{link} is the port of a running program, {link.readlink()}",
                "Stop the other simulated token, or choose another path for the port. If none is running, "
                "remove the link.",
            )
        self._token = token
        self._state_lock = -1
        self._link = link
        self._state = state
        self._maintenance = maintenance
        self._saved: tuple[int, ...] = self._changes()
        self._port: PtyPort | None = None
        self._jobs: queue.SimpleQueue[tuple[Callable[[VirtualToken], Any], Future[Any]]] = queue.SimpleQueue()
        self._wake_reader, self._wake_writer = os.pipe()
        self._stop = self._ended = False
        self._error: BaseException | None = None
        self._anchor = (time.monotonic(), token.ms)
        self.finished = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live token", daemon=True)
        self._thread.start()

    @classmethod
    def start(
        cls, *, link: Path | None = None, state: Path | None = None, maintenance: bool = False, **token: Any
    ) -> RealTimeToken:
        """Starts a token at this computer's time, with the state in the file `state`, plugged in and ready.

        The other arguments are those of `VirtualToken`. A new token's clock is not set.

        Raises:
            statefile.StateInUse: another running token uses the file.
            BadInput: the file contains something else.
        """
        lock = -1 if state is None else statefile.lock(state)
        try:
            kept = None if state is None else statefile.read(state)
            token = {"unix": time.time() - HEAD_START_S, "rtc_set": False, **token}
            live = cls(VirtualToken(state=kept, **token), link=link, state=state, maintenance=maintenance)
        except BaseException:
            if lock >= 0:
                os.close(lock)
            raise
        live._state_lock = lock
        return live

    def __enter__(self) -> RealTimeToken:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- from any thread

    def do(self, function: Callable[[VirtualToken], T]) -> T:
        """Runs `function(token)` in the token's thread; returns its result or raises its exception.

        If the function advances simulated time, the token then waits for this computer to catch up;
        `advance` skips time permanently.
        """
        if threading.current_thread() is self._thread:
            return function(self._token)
        future: Future[T] = Future()
        self._jobs.put((function, future))
        self._wake()
        if self._ended:
            self._cancel_jobs()
        return future.result()

    def press(self, button: int = 1, ms: float = 60) -> None:
        """Presses a button for `ms` of real time; returns when it is released."""
        over = threading.Event()

        def start(token: VirtualToken) -> None:
            token.press_later(0, ms, button)
            token.call_later(ms, over.set)

        self.do(start)
        over.wait(ms / 1000 + MOST_BEHIND_S + 1)

    def advance(self, ms: float) -> None:
        """Advances the token's time by `ms`, permanently."""

        def skip(token: VirtualToken) -> None:
            token.advance(ms)
            real, simulated = self._anchor
            self._anchor = (real, simulated + ms)

        self.do(skip)

    @property
    def path(self) -> str | None:
        """The path that a serial program opens; None while the token has no port."""
        port = self._port
        if port is None:
            return None
        return str(self._link) if self._link is not None else port.path

    def wait_for_port(self, timeout: float = 10.0) -> str:
        """Waits for the port, and returns its path. Raises TimeoutError."""
        end = time.monotonic() + timeout
        while (path := self.path) is None:
            if self.finished.wait(SLICE_S) or time.monotonic() > end:
                raise TimeoutError("the virtual token shows no serial port")
        return path

    def close(self) -> None:
        """Saves the state, unplugs and stops; raises the error that ended the token's thread, if any."""
        self._stop = True
        self._wake()
        self._thread.join()
        for end in (self._wake_reader, self._wake_writer, self._state_lock):
            with contextlib.suppress(OSError):
                os.close(end)
        self._wake_reader = self._wake_writer = self._state_lock = -1
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def _wake(self) -> None:
        if self._wake_writer >= 0:
            os.write(self._wake_writer, b"!")

    # --- on the token's thread

    def _run(self) -> None:
        try:
            self._start_up()
            while not self._stop:
                self._slice()
        except BaseException as error:  # raised again in close()
            self._error = error
        finally:
            self._end()

    def _start_up(self) -> None:
        """Plugs in, and advances to the present if the simulated time starts slightly in the past."""
        self._token.plug(self._maintenance, wait=False)
        late = time.time() - self._token.unix
        if 0 < late < 2 * HEAD_START_S:
            self._token.advance(late * 1000)
        self._anchor = (time.monotonic(), self._token.ms)

    def _slice(self) -> None:
        self._wait()
        self._follow_the_clock()
        self._work()
        self._carry()
        self._keep()

    def _wait(self) -> None:
        """Waits until the next slice is due, or until there is work."""
        watched = [self._wake_reader]
        if self._port is not None and self._port.in_use:
            watched.append(self._port.master)
        ready, _, _ = select.select(watched, [], [], SLICE_S)
        if self._wake_reader in ready:
            os.read(self._wake_reader, 4096)

    def _follow_the_clock(self) -> None:
        real, simulated = self._anchor
        now = time.monotonic()
        behind = (now - real) * 1000 - (self._token.ms - simulated)
        if behind > MOST_BEHIND_S * 1000:
            behind = MOST_BEHIND_S * 1000
            self._anchor = (now, self._token.ms + behind)
        if behind > 0:
            self._token.advance(behind)

    def _work(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                function, future = self._jobs.get_nowait()
                try:
                    future.set_result(function(self._token))
                except BaseException as error:
                    future.set_exception(error)

    def _carry(self) -> None:
        channel = self._token.chip.usb.data
        if channel.usable and self._port is None:
            self._port = PtyPort(channel, self._link)
        elif not channel.usable and self._port is not None:
            port, self._port = self._port, None
            port.close()
        if self._port is not None:
            self._port.exchange()

    def _changes(self) -> tuple[int, ...]:
        return (self._token.flash.operations, self._token.rtc.writes)

    def _keep(self) -> None:
        if self._state is not None and self._changes() != self._saved:
            self._save()

    def _save(self) -> None:
        if self._state is not None:
            self._saved = self._changes()
            statefile.write(self._state, self._token.save())

    def _end(self) -> None:
        self.finished.set()
        try:
            self._save()
        except BaseException as error:
            self._error = self._error or error
        if self._port is not None:
            self._port.close()
            self._port = None
        self._token.close()
        self._ended = True
        self._cancel_jobs()

    def _cancel_jobs(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._jobs.get_nowait()[1].set_exception(RuntimeError("the virtual token has ended"))
