"""The data channel as a pseudo-terminal, for programs that want a serial port's path.

A thread runs the board, never faster than real time. If the emulated chip is slower than that, the clock
module still keeps real time, because programs at the terminal may compare it with the computer's clock.
Opening the terminal raises DTR, closing it drops it.
"""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

from emulated.token import EmulatedToken

Result = TypeVar("Result")

SLICE_MS = 4
MOST_LAG_S = 0.01  # further behind real time, the chip does not catch up
READ_SIZE = 512


class PtyBridge:
    """Runs a token during its `with` block. `path` is the terminal; other threads use the token with do()."""

    def __init__(self, token: EmulatedToken) -> None:
        self._token = token
        self._stopping = threading.Event()
        self._requests: SimpleQueue[tuple[Callable[[EmulatedToken], object], Future]] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="emulated board", daemon=True)
        self._failure: BaseException | None = None
        self._opened = False

    def __enter__(self) -> PtyBridge:
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        os.close(slave)  # from now on the terminal hangs up whenever no program has it open
        self._start_s, self._start_ms = time.monotonic(), self._token.ms
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopping.set()
        self._thread.join()
        os.close(self._master)
        if self._failure and exception[0] is None:
            raise self._failure

    def do(self, action: Callable[[EmulatedToken], Result]) -> Result:
        """Calls `action(token)` between two slices of emulated time and returns its result."""
        future: Future = Future()
        self._requests.put((action, future))
        while not future.done() and self._thread.is_alive():
            select.select([], [], [], SLICE_MS / 1000)
        if not future.done():
            raise RuntimeError("the emulated board has stopped") from self._failure
        return future.result()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._serve_requests()
                self._follow_terminal()
                self._token.advance(SLICE_MS)
                self._pass_on()
                self._keep_pace()
        except BaseException as error:  # raised again by do() and at the end of the block
            self._failure = error

    def _serve_requests(self) -> None:
        while True:
            try:
                action, future = self._requests.get_nowait()
            except Empty:
                return
            try:
                future.set_result(action(self._token))
            except BaseException as error:
                future.set_exception(error)

    def _follow_terminal(self) -> None:
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        events = poll.poll(0)
        state = events[0][1] if events else 0
        data = os.read(self._master, READ_SIZE) if state & select.POLLIN else b""
        if self._token.usb != "configured":
            self._opened = False  # the port is gone with the device; written bytes are lost
            return
        self._set_open(bool(data) or not state & select.POLLHUP)
        if data:
            self._token.engine_call("serial", port="data", write=data)

    def _set_open(self, opened: bool) -> None:
        if opened != self._opened and (self._opened or self._token.has_data_channel()):
            self._opened = opened
            self._token.engine_call("serial", port="data", open=opened)

    def _pass_on(self) -> None:
        data = self._token.take_serial("data")
        if data and self._opened:
            os.write(self._master, data)

    def _keep_pace(self) -> None:
        passed_s = (self._token.ms - self._start_ms) / 1000
        ahead = passed_s - (time.monotonic() - self._start_s)
        if ahead > 0:
            self._stopping.wait(ahead)
        elif ahead < -MOST_LAG_S:
            self._token.rtc(advance=-ahead)
            self._start_s, self._start_ms = time.monotonic(), self._token.ms
