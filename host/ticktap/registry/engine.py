"""The interface between the registry and a database.

SQL is written with `?` for values, and never has a "%" or a quoted "?" in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ticktap.errors import TicktapError

Row = tuple[Any, ...]
T = TypeVar("T")
MISSING = "Check --registry and TICKTAP_REGISTRY, and the disk or the server; restore it from a backup."
"""What to do when a registry is missing that should exist."""


class RegistryError(TicktapError):
    """The registry cannot be used. Nothing in it was changed."""

    kind = "registry"


class Result(Protocol):
    """The result of a statement."""

    rowcount: int

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Execute(Protocol):
    """Runs one statement inside a transaction."""

    def __call__(self, sql: str, values: Sequence[Any] = (), /) -> Result: ...


class Engine(Protocol):
    """One database. Safe to use from several threads; each has its own connection.

    Args:
        name: its name in messages, a path or an address; never with a password.
        key_path: its key file.
        for_update: the end of a `select` statement that locks the selected rows.
        lock: a statement that waits until no other transaction holds the registry's lock, and then holds it;
            empty: writing transactions exclude each other anyway.
    """

    name: str
    key_path: Path
    for_update: str
    lock: str

    def writing(self) -> AbstractContextManager[Execute]:
        """Opens a transaction: durable after a normal end, rolled back after an exception."""

    def run_transaction(self, work: Callable[[Execute], T]) -> T:
        """Runs `work` in one transaction. Several threads may share its commit.

        Args:
            work: it may run in another thread, and a second time if the first was rolled back. It must not
                wait for anything.
        """

    def reading(self) -> AbstractContextManager[Execute]:
        """Opens a consistent read. Statements that write raise RegistryError."""

    def checkpoint_wal(self) -> None:
        """Removes deleted data from the files, as far as the database can."""

    def close(self) -> None:
        """Closes the calling thread's connection."""
