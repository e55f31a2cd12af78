"""The registry in one SQLite file, for one computer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from ticktap.errors import NotFound
from ticktap.files.sqlite_file import Kind
from ticktap.registry import schema
from ticktap.registry.engine import MISSING, Execute, RegistryError
from ticktap.registry.group_commit import GroupCommit

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

_KIND = Kind(
    called="the registry",
    application=0x7469636B,  # "tick"
    steps=schema.steps(
        number="integer primary key autoincrement",  # a number is never assigned again
        integer="integer",
        bytes="blob",
    ),
    error=RegistryError,
    damaged="Restore it from a backup; or move it away and store the accounts again.",
    # FULL waits for the disk at every commit. Without it, a power cut could make a used code valid again.
    pragmas=("journal_mode = wal", "synchronous = full", "secure_delete = on", "foreign_keys = on"),
)


class SqliteEngine:
    """A registry file (engine.Engine). Opening it creates or migrates it; later connections do not."""

    for_update = lock = ""  # a writing transaction has the file to itself

    def __init__(self, path: Path, key_path: Path | None = None, create: bool = True) -> None:
        if not create and not (path.exists() and path.stat().st_size):
            raise NotFound(f"there is no registry at {path}", MISSING)
        self.path = path
        self.name = str(path)
        self.key_path = key_path or path.with_suffix(".key")
        self._threads = threading.local()
        self._writer = _KIND.open(path, for_all_threads=True)
        self._group = GroupCommit(self._writer)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = self._threads.connection = _KIND.connect_to_read(self.path)
        return connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Execute]:
        """An exclusive transaction."""
        with _KIND.explained(self.path), self._group.writing() as run:
            yield run

    def run_transaction(self, work: Callable[[Execute], T]) -> T:
        """One transaction. Those of several threads may share a commit."""
        with _KIND.explained(self.path):
            return self._group.run_transaction(work)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Execute]:
        """One transaction that sees the data as they were when it began, and cannot write."""
        connection = self._connection()
        with _KIND.explained(self.path):
            connection.execute("begin")
            try:
                yield cast("Execute", connection.execute)
            finally:
                connection.execute("rollback")

    def checkpoint_wal(self) -> None:
        """Checkpoints and truncates the write-ahead log."""
        with _KIND.explained(self.path):
            self._connection().execute("pragma wal_checkpoint(truncate)")

    def close(self) -> None:
        """Closes the file for this thread. The connections of other threads close when the threads end."""
        self._writer.close()
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is not None:
            connection.close()
