"""ticktap's SQLite files: private, with an application ID and a version.

registry/ and clock/history.py define their contents.
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
    """A kind of SQLite file.

    Args:
        called: its name in messages.
        application: its number in PRAGMA application_id.
        steps: the statements that migrate a file from one version to the next, starting with an empty file.
            Their number is the version, in PRAGMA user_version.
        error: the class of its errors.
        damaged: the remedy for a damaged file.
        pragmas: set whenever it is opened.
    """

    called: str
    application: int
    steps: tuple[str, ...]
    error: type[TicktapError]
    damaged: str
    pragmas: tuple[str, ...] = ()

    def open(self, path: Path, for_all_threads: bool = False) -> sqlite3.Connection:
        """Opens a file, or creates it with mode 0600; for one thread, or for several that take turns.

        Raises:
            TicktapError: `error`; the file is damaged, or belongs to another program or a newer ticktap.
        """
        import sqlite3

        with self.explained(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                # Only for a new file. Closing a descriptor of a file that is already open drops the locks
                # (POSIX), and another process could then delete the log in use.
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

    def connect_to_read(self, path: Path) -> sqlite3.Connection:
        """Opens a file that `open` has prepared, for one thread that only reads. It migrates nothing.

        Raises:
            TicktapError: `error`; the file is missing, damaged, or of another version.
        """
        import sqlite3

        with self.explained(path):
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw", timeout=_BUSY_SECONDS, isolation_level=None, uri=True
            )  # not mode=ro: a reader of a write-ahead log writes its shared memory
            try:
                connection.execute("pragma query_only = on")
                if self._version(path, connection) != len(self.steps):
                    raise self.error(f"{path} was replaced while in use", "Start the program again.")
            except BaseException:
                connection.close()
                raise
        return connection

    @contextlib.contextmanager
    def explained(self, path: Path) -> Iterator[None]:
        """Converts errors of SQLite and of the file system to `error`."""
        import sqlite3

        try:
            yield
        except sqlite3.OperationalError as error:  # busy, full, read-only
            raise self.error(
                f"{self.called} {path} cannot be used: {error}",
                "Wait for other ticktap commands to end; check the file's permissions and the free space.",
            ) from error
        except sqlite3.DatabaseError as error:
            raise self.error(
                f"{self.called} {path} is damaged and cannot be used: {error}", self.damaged
            ) from error
        except OSError as error:
            raise self.error(
                f"{error.filename or path} cannot be used: {error.strerror}",
                "Check the permissions of the folder.",
            ) from error

    def _prepare(self, path: Path, connection: sqlite3.Connection) -> None:
        """Checks the application ID and migrates the file to this version."""
        for pragma in self.pragmas:
            connection.execute(f"pragma {pragma}")
        connection.execute("begin")  # reads a consistent state while another process migrates
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
        """Returns the version of a file; 0 for an empty one."""
        (application,) = connection.execute("pragma application_id").fetchone()
        (version,) = connection.execute("pragma user_version").fetchone()
        (tables,) = connection.execute("select count(*) from sqlite_master").fetchone()
        if (application, version, tables) == (0, 0, 0):
            return 0
        if application != self.application:
            raise self.error(f"{path} belongs to another program", "Choose another folder with TICKTAP_HOME.")
        if version > len(self.steps):
            raise self.error(
                f"{path} was written by a newer ticktap (format {version}, supported: {len(self.steps)})",
                "Update ticktap.",
            )
        return int(version)


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[Any]:
    """Runs the body as one write transaction; yields `execute`."""
    connection.execute("begin immediate")
    try:
        yield connection.execute
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
