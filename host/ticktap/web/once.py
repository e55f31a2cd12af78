"""Repeated submissions of one form: the second one gets the result of the first.

A token types a code and Enter, and the user may then click the button as well. Without this the second
submission would be refused, because the code is used.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")

_SECONDS = 20.0
_MOST = 1000


class Once(Generic[T]):
    """Runs work once for each key. Safe to use from several threads.

    Args:
        time: returns seconds.
    """

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._lock = threading.Lock()
        self._results: OrderedDict[bytes, tuple[float, Future[T]]] = OrderedDict()

    def run(self, key: bytes, work: Callable[[], T]) -> T:
        """Returns the result of `work`, or that of an earlier or running call with the same key."""
        now = self._time()
        with self._lock:
            while self._results:
                oldest = next(iter(self._results))
                if now - self._results[oldest][0] < _SECONDS and len(self._results) < _MOST:
                    break
                del self._results[oldest]
            known = self._results.get(key)
            if known is None:
                future: Future[T] = Future()
                self._results[key] = (now, future)
        if known is not None:
            return known[1].result()
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)
            with self._lock:
                self._results.pop(key, None)
        return future.result()
