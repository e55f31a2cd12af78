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


class RegistryError(TicktapError):
    """The registry cannot be used as it is. Nothing in it was changed."""

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
        name: what people know it as, a path or an address, never with a password.
        key_path: the key file that belongs to it.
        for_update: what a `select` ends with whose rows are about to change.
        lock: a statement that waits until no other transaction has run it; empty where all wait anyway.
    """

    name: str
    key_path: Path
    for_update: str
    lock: str

    def writing(self) -> AbstractContextManager[Execute]:
        """One transaction: durable after a normal end, rolled back after an exception."""

    def run_transaction(self, work: Callable[[Execute], T]) -> T:
        """Runs `work` in one transaction, whose commit several threads may share.

        Args:
            work: may run in another thread, and again if the first time was undone; it waits for nothing.
        """

    def reading(self) -> AbstractContextManager[Execute]:
        """A consistent read of the database."""

    def checkpoint_wal(self) -> None:
        """Removes deleted data from the files, as far as the database can."""

    def close(self) -> None:
        """Closes the calling thread's connection."""
