"""Runs the caller's and the firmware's thread alternately.

The firmware calls `time.sleep()` deep in its call stack, so it runs in a separate thread. Strict alternation
makes it as deterministic as a coroutine. The caller starts it with `resume()`, which returns when the
firmware parks or ends.

This module does not handle time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Handoff:
    """Runs `body` in a separate thread, only while the caller waits in `resume()`."""

    def __init__(self, body: Callable[[], None], name: str) -> None:
        self._body = body
        self._to_firmware = threading.Semaphore(0)
        self._to_caller = threading.Semaphore(0)
        self._error: BaseException | None = None
        self.finished = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._to_firmware.acquire()
        try:
            self._body()
        except BaseException as error:  # handed to the caller, in resume()
            self._error = error
        self.finished = True
        self._to_caller.release()

    def resume(self) -> None:
        """Runs the firmware until it parks or ends; raises an exception of its body."""
        if self.finished:
            return
        self._to_firmware.release()
        try:
            self._to_caller.acquire()
        except BaseException:  # Ctrl+C: the firmware is still running, and parks soon
            self._to_caller.acquire()
            raise
        if self.finished:
            self._thread.join()
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def park(self) -> None:
        """On the firmware's thread: returns control and waits for the next `resume()`."""
        self._to_caller.release()
        self._to_firmware.acquire()

    @property
    def mine(self) -> bool:
        """Whether the calling thread is the firmware's."""
        return threading.current_thread() is self._thread
