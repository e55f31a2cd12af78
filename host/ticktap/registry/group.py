"""Several threads' transactions in one commit: a commit waits for the disk, and the next need not each.

Threads take turns on one connection. Who ends a turn while others wait leaves the commit to them, and comes
back when it is done: so nobody is told of what is not on the disk yet, and under load a commit is shared.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from ticktap.registry.engine import Run

if TYPE_CHECKING:
    import sqlite3

_MOST = 64  # transactions in one commit; nobody waits longer than for so many
_LOOK_AGAIN = 0.05  # seconds


class _Group:
    """Transactions that are committed together."""

    def __init__(self) -> None:
        self.members = 0
        self.over = threading.Event()
        self.error: BaseException | None = None


class GroupCommit:
    """Transactions on one SQLite connection, which any thread may use."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._waiting = 0
        self._group: _Group | None = None

    @contextlib.contextmanager
    def writing(self) -> Iterator[Run]:
        """One transaction: durable when this ends without an exception, undone when with one."""
        self._take_turn()
        try:
            group = self._group
            if group is None:
                self._connection.execute("begin immediate")
                group = self._group = _Group()
            try:
                with self._member(group):
                    yield cast("Run", self._connection.execute)
            finally:
                if group.members == 0:  # the first, and it failed
                    self._connection.execute("rollback")
                    self._group = None
                elif self._waiting == 0 or group.members >= _MOST:
                    self._commit(group)
        finally:
            self._turn.release()
        self._wait(group)

    @contextlib.contextmanager
    def _member(self, group: _Group) -> Iterator[None]:
        """What one does, undone alone when it fails."""
        if group.members:
            self._connection.execute("savepoint one")
        try:
            yield
        except BaseException:
            if group.members:
                self._connection.execute("rollback to one")
                self._connection.execute("release one")
            raise
        if group.members:
            self._connection.execute("release one")
        group.members += 1

    def _take_turn(self) -> None:
        with self._count:
            self._waiting += 1
        try:
            self._turn.acquire()
        finally:
            with self._count:
                self._waiting -= 1

    def _commit(self, group: _Group) -> None:
        """Commits, and tells all who wait for it."""
        self._group = None
        try:
            self._connection.execute("commit")
        except BaseException as error:
            group.error = error
            if self._connection.in_transaction:
                self._connection.execute("rollback")
        finally:
            group.over.set()

    def _wait(self, group: _Group) -> None:
        """Waits for the commit; sees to it if whoever should have was interrupted."""
        while not group.over.wait(_LOOK_AGAIN):
            if self._turn.acquire(blocking=False):
                try:
                    if self._group is group:
                        self._commit(group)
                finally:
                    self._turn.release()
        if group.error is not None:
            raise group.error
