"""SQLite files of our own: private, told from other programs' files, of one version.

What is in them is for registry/ and clock/history.py.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ticktap.errors import TicktapError

if TYPE_CHECKING:
    import sqlite3

_BUSY_SECONDS = 10.0


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    Args:
        called: what it is called in messages.
        application: its number in PRAGMA application_id.
        steps: the statements that make its tables: each brings a file from one version to the next, from none
            to the first. The number of steps is the version, in PRAGMA user_version.
        error: the class of what is raised.
        damaged: what to do when it is.
        pragmas: what is set whenever it is opened.
    """

    called: str
    application: int
    steps: tuple[str, ...]
    error: type[TicktapError]
    damaged: str
    pragmas: tuple[str, ...] = ()

    def open(self, path: Path, for_all_threads: bool = False) -> sqlite3.Connection:
        """Opens a file, made (mode 0600) when there is none; for one thread, or for all that take turns.

        Raises:
            TicktapError: `error`; the file is damaged, another program's, or of a newer ticktap.
        """
        import sqlite3

        with self.explained(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                # Only a new file. To close one that this program has open already ends its locks (POSIX):
                # the next program to end would delete the log that is still written to.
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            connection = sqlite3.connect(
                path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=not for_all_threads
            )
            try:
                self._prepare(path, connection)
            except BaseException:
                connection.close()
                raise
        return connection

    @contextlib.contextmanager
    def explained(self, path: Path) -> Iterator[None]:
        """Turns errors of SQLite and of the file system into `error`."""
        import sqlite3

        try:
            yield
        except sqlite3.OperationalError as error:  # busy, full, read-only
            raise self.error(
                f"{self.called} {path} cannot be used: {error}",
                "Wait for other ticktap commands to end; look at the file's permissions and the free space.",
            ) from error
        except sqlite3.DatabaseError as error:
            raise self.error(
                f"{self.called} {path} is damaged and cannot be used: {error}", self.damaged
            ) from error
        except OSError as error:
            raise self.error(
                f"{error.filename or path} cannot be used: {error.strerror}",
                "Look at the permissions of the folder.",
            ) from error

    def _prepare(self, path: Path, connection: sqlite3.Connection) -> None:
        """Checks whose file it is, and brings its tables to this version."""
        for pragma in self.pragmas:
            connection.execute(f"pragma {pragma}")
        connection.execute("begin")  # what another process does meanwhile is seen whole or not at all
        try:
            current = self._version(path, connection) == len(self.steps)
        finally:
            connection.execute("rollback")
        if current:
            return
        with transaction(connection) as run:
            version = self._version(path, connection)  # another process may have been faster
            for step in self.steps[version:]:
                for statement in filter(str.strip, step.split(";")):
                    run(statement)
            run(f"pragma application_id = {self.application}")
            run(f"pragma user_version = {len(self.steps)}")

    def _version(self, path: Path, connection: sqlite3.Connection) -> int:
        """The version of a file of this kind; 0 of an empty one."""
        (application,) = connection.execute("pragma application_id").fetchone()
        (version,) = connection.execute("pragma user_version").fetchone()
        (tables,) = connection.execute("select count(*) from sqlite_master").fetchone()
        if (application, version, tables) == (0, 0, 0):
            return 0
        if application != self.application:
            raise self.error(f"{path} belongs to another program", "Name another folder with TICKTAP_HOME.")
        if version > len(self.steps):
            raise self.error(
                f"{path} was written by a newer ticktap (format {version}, known here: {len(self.steps)})",
                "Update ticktap.",
            )
        return int(version)


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[Any]:
    """Runs the body as one write; yields `execute`."""
    connection.execute("begin immediate")
    try:
        yield connection.execute
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
