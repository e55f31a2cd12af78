"""Where a registry's tables are kept: what the rest of the registry asks of a database, whichever it is.

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
    """What a statement gave."""

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
        """One transaction, durable when it ends without an exception, and undone when with one."""

    def run_transaction(self, work: Callable[[Execute], T]) -> T:
        """`work` in one transaction, like `writing`, which many threads at once can share.

        Args:
            work: may run in another thread, and again if the first time was undone; it waits for nothing.
        """

    def reading(self) -> AbstractContextManager[Execute]:
        """One look at the whole, that nobody's writing changes."""

    def checkpoint_wal(self) -> None:
        """Sees to it that what was deleted is not in the files any more, as far as the database does that."""

    def close(self) -> None:
        """Closes the calling thread's connection."""
