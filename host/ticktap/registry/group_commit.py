"""Group commit: several threads' transactions share one commit, and so one wait for the disk.

Of several threads with work at the same time, one leads. It runs the work that the others put into a queue,
commits once, and wakes them. So a result is on the disk before its caller gets it. Threads that come later
wait for the next round, which one of them leads.
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

_MOST = 64  # transactions in one commit; bounds the time that a caller waits


class _Job:
    """A thread's work and its result.

    Args:
        work: None: the thread wants the connection for itself.
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
    """Transactions of all threads on one SQLite connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._run = cast("Execute", connection.execute)
        self._state = threading.Lock()  # protects the two below; held briefly
        self._led = False
        self._queue: deque[_Job] = deque()

    def run_transaction(self, work: Callable[[Execute], T]) -> T:
        """Runs `work` in a transaction that others may share: durable on return, rolled back on an error.

        Args:
            work: as in engine.Engine.run_transaction.
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
        """Opens a separate transaction: durable after a normal end, rolled back after an exception."""
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

    # --- turns

    def _enter(self, job: _Job) -> None:
        """Returns when the job is done, or when its thread leads."""
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
        """Lets the next waiting thread lead, if there is one."""
        with self._state:
            if not self._queue:
                self._led = False
                return
            job = self._queue.popleft()
            job.leads = True
        job.woken.release()

    # --- one round

    def _lead(self, own: _Job) -> None:
        """Runs the waiting jobs, the leader's own first."""
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
        """Runs jobs in one transaction. False: it was rolled back because its thread was interrupted."""
        interrupted: BaseException | None = None
        begun = False
        try:
            self._undo()  # an interrupted thread may have left a transaction open
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
        """Runs one job; if it fails, rolls back only this one."""
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
        """Rolls back an open transaction; returns whether there was one."""
        if not self._connection.in_transaction:
            return False
        self._connection.rollback()
        return True
