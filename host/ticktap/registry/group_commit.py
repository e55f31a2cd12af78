"""Group commit: several threads' transactions share one commit, and so one wait for the disk.

Of the threads that want something at once, one leads: it carries out what the others left in a queue, commits
once, and wakes them. So no caller gets a result that is not on the disk yet, and a connection does not change
hands for each. Who comes meanwhile waits for the next round, led by one of them.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ticktap.registry.engine import Execute

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

_MOST = 64  # transactions in one commit; no caller waits for more than these


class _Job:
    """A thread's work and its result.

    Args:
        work: None: it only wants the connection.
    """

    __slots__ = ("error", "leads", "result", "woken", "work")

    def __init__(self, work: Callable[[Execute], Any] | None) -> None:
        self.work = work
        self.woken = threading.Lock()
        self.woken.acquire()
        self.leads = False
        self.result: Any = None
        self.error: BaseException | None = None


class GroupCommit:
    """Transactions on one SQLite connection, which any thread may use."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._run = cast("Execute", connection.execute)
        self._state = threading.Lock()  # held for moments only: the two below
        self._led = False
        self._queue: deque[_Job] = deque()

    def run_transaction(self, work: Callable[[Execute], T]) -> T:
        """`work` in a transaction others may share: on the disk when this returns, undone when it raises.

        Args:
            work: may run in another thread, and twice if the first time was undone; waits for nothing.
        """
        job = _Job(work)
        self._enter(job)
        if job.leads:
            self._lead(job)
        if job.error is not None:
            raise job.error
        return cast("T", job.result)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Execute]:
        """One transaction alone: durable when this ends without an exception, undone when with one."""
        job = _Job(None)
        self._enter(job)
        try:
            self._run("begin immediate")
            try:
                yield self._run
                self._run("commit")
            finally:
                self._undo()
        finally:
            self._pass_on()

    # --- whose turn it is

    def _enter(self, job: _Job) -> None:
        """Returns when the job is done, or its thread leads."""
        with self._state:
            if not self._led:
                self._led = job.leads = True
                return
            self._queue.append(job)
        try:
            job.woken.acquire()
        except BaseException:  # the thread was interrupted
            with self._state:
                if job in self._queue:
                    self._queue.remove(job)
            if job.leads:
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Lets the next one lead, if anybody waits."""
        with self._state:
            if not self._queue:
                self._led = False
                return
            job = self._queue.popleft()
            job.leads = True
        job.woken.release()

    # --- one round

    def _lead(self, own: _Job) -> None:
        """Carries out what waits, the leader's own first."""
        others: list[_Job] = []
        with self._state:
            while self._queue and len(others) < _MOST - 1 and self._queue[0].work is not None:
                others.append(self._queue.popleft())
        over = False
        try:
            over = self._round([own, *others])
        finally:
            if not over:
                with self._state:
                    self._queue.extendleft(reversed(others))
                others = []
            self._pass_on()
            for job in others:
                job.woken.release()

    def _round(self, jobs: list[_Job]) -> bool:
        """One transaction. False when nothing came of it, as its thread was interrupted."""
        interrupted: BaseException | None = None
        begun = False
        try:
            self._undo()  # what an interrupted thread may have left
            self._run("begin immediate")
            begun = True
            for job in jobs:
                self._one(job, alone=len(jobs) == 1)
            self._run("commit")
        except Exception as error:
            for job in jobs:
                job.error = job.error or error
        except BaseException as error:
            interrupted = error
        undone = self._undo() or not begun
        if interrupted is None:
            return True
        jobs[0].error = jobs[0].error or interrupted
        if undone:
            for job in jobs[1:]:
                job.error = None
        return not undone

    def _one(self, job: _Job, *, alone: bool) -> None:
        """What one does, undone alone when it fails."""
        work = cast("Callable[[Execute], Any]", job.work)
        if alone:
            job.result = work(self._run)
            return
        self._run("savepoint one")
        try:
            job.result = work(self._run)
        except Exception as error:
            job.error = error
            self._run("rollback to one")
        self._run("release one")

    def _undo(self) -> bool:
        """Undoes what was not committed; whether there was any."""
        if not self._connection.in_transaction:
            return False
        self._connection.rollback()
        return True
