"""SQLite files of our own: private, told from other programs' files, of one version.

What is in them is for registry.py and clockledger.py.
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
        version: of its tables, in PRAGMA user_version.
        schema: the statements that make them.
        error: the class of what is raised.
        damaged: what to do when it is.
        pragmas: what is set whenever it is opened.
    """

    called: str
    application: int
    version: int
    schema: str
    error: type[TicktapError]
    damaged: str
    pragmas: tuple[str, ...] = ()

    def open(self, path: Path) -> sqlite3.Connection:
        """Opens a file, made (mode 0600) when there is none.

        Raises:
            TicktapError: `error`; the file is damaged, another program's, or of a newer ticktap.
        """
        import sqlite3

        with self.explained(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
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
        """Checks whose file it is, and makes the tables in an empty one."""
        for pragma in self.pragmas:
            connection.execute(f"pragma {pragma}")
        if self._is_current(path, connection):
            return
        with transaction(connection) as run:
            if self._is_current(path, connection):  # another process was faster
                return
            for statement in filter(str.strip, self.schema.split(";")):
                run(statement)
            run(f"pragma application_id = {self.application}")
            run(f"pragma user_version = {self.version}")

    def _is_current(self, path: Path, connection: sqlite3.Connection) -> bool:
        """True for a file of this kind and version, False for an empty one."""
        (application,) = connection.execute("pragma application_id").fetchone()
        (version,) = connection.execute("pragma user_version").fetchone()
        (tables,) = connection.execute("select count(*) from sqlite_master").fetchone()
        if (application, version, tables) == (0, 0, 0):
            return False
        if application != self.application:
            raise self.error(f"{path} belongs to another program", "Name another folder with TICKTAP_HOME.")
        if version > self.version:
            raise self.error(
                f"{path} was written by a newer ticktap (format {version}, known here: {self.version})",
                "Update ticktap.",
            )
        return True


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
