"""The registry in PostgreSQL, for several sign-in servers. It needs the extra `ticktap[postgresql]`.

Put passwords into libpq's password file or service file, not into the address. A connection to another
computer demands TLS with a certificate that is valid for the server's name, unless the address or
PGSSLMODE has another sslmode.
"""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from ticktap.errors import BadInput, NotFound
from ticktap.files.paths import data_dir
from ticktap.registry import schema
from ticktap.registry.engine import MISSING, Execute, RegistryError

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T")

_STEPS = schema.steps(
    number="bigint primary key generated always as identity", integer="bigint", bytes="bytea"
)
_LOCK = 0x7469636B  # "tick": the advisory lock for the creation of tables and keys
_GONE = "Check that the server is running, and that you may use the database."
_UNPROVEN = (
    " Its certificate must be valid for its name; sslrootcert=FILE in the address names the authority that"
    " issued it."
)


class PostgresEngine:
    """A registry in a database of its own (engine.Engine). Opening it creates or migrates the tables; later
    connections do not.
    """

    for_update = " for update"
    lock = f"select pg_advisory_xact_lock({_LOCK})"

    def __init__(self, address: str, key_path: Path | None = None, create: bool = True) -> None:
        self.name = without_password(address)
        self.key_path = key_path or data_dir() / "registry.key"
        self._address, self._verified = secured(address, os.environ, Path.home())
        self._threads = threading.local()
        self._threads.connection = self._connect(_migrate if create else _migrate_existing)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Execute]:
        """One transaction. Rows read with `for_update` are locked until it ends."""
        with self._explained():
            connection = self._connection()
            with connection.transaction():
                yield functools.partial(_run, connection)

    def run_transaction(self, work: Callable[[Execute], T]) -> T:
        """One transaction on the thread's connection. The server itself groups commits."""
        with self.writing() as run:
            return work(run)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Execute]:
        """One transaction that sees the data as they were when it began, and cannot write."""
        with self._explained():
            connection = self._connection()
            with connection.transaction():
                connection.execute("set transaction isolation level repeatable read read only")
                yield functools.partial(_run, connection)

    def checkpoint_wal(self) -> None:
        """Does nothing: PostgreSQL keeps old rows until it vacuums. Their secrets are encrypted."""

    def close(self) -> None:
        """Closes this thread's connection. Those of other threads close when the threads end."""
        self._connection().close()
        del self._threads.connection

    def _connection(self) -> psycopg.Connection[Any]:
        connection: psycopg.Connection[Any] | None = getattr(self._threads, "connection", None)
        if connection is None or connection.closed:  # the server may have been restarted
            connection = self._threads.connection = self._connect(_check_version)
        return connection

    def _connect(self, prepare: Callable[[psycopg.Connection[Any], str], None]) -> psycopg.Connection[Any]:
        driver = _driver()
        with self._explained():
            connection: psycopg.Connection[Any] = driver.connect(self._address, autocommit=True)
            try:
                # A commit that was acknowledged is on the disk, whatever the server's default.
                connection.execute("set synchronous_commit = on")
                prepare(connection, self.name)
            except BaseException:
                connection.close()
                raise
        return connection

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        driver = _driver()
        try:
            yield
        except driver.Error as error:
            # The driver's message may contain the address, and with it a password.
            about = error.sqlstate or type(error).__name__
            remedy = _GONE + (_UNPROVEN if self._verified else "")
            raise RegistryError(f"the registry {self.name} cannot be used ({about})", remedy) from None


def secured(address: str, environ: Mapping[str, str], home: Path) -> tuple[str, bool]:
    """Returns the address, and whether TLS with a verified certificate was added to it.

    It is added for a server that is not on this computer, if neither the address nor the environment has an
    sslmode. The certificate's authority is that of the address, of the environment, or of libpq's file,
    or one that the operating system trusts.

    Raises:
        BadInput: the address is not valid, or the package for PostgreSQL is not installed.
    """
    driver = _driver()
    try:
        given = driver.conninfo.conninfo_to_dict(address)
    except driver.Error:
        raise BadInput(
            "this is not an address of a registry in PostgreSQL",
            "Give one like postgresql://USER@HOST/DATABASE, without a password.",
        ) from None
    hosts = (
        given.get("hostaddr") or given.get("host") or environ.get("PGHOSTADDR") or environ.get("PGHOST") or ""
    )
    elsewhere = "service" in given or "PGSERVICE" in environ
    if "sslmode" in given or environ.get("PGSSLMODE"):
        return address, False
    if not elsewhere and all(map(_is_here, str(hosts).split(","))):
        return address, False
    more = {"sslmode": "verify-full"}
    named = given.get("sslrootcert") or environ.get("PGSSLROOTCERT")
    if not named and not (home / ".postgresql" / "root.crt").exists():
        more["sslrootcert"] = "system"
    return str(driver.conninfo.make_conninfo(address, **more)), True


def _is_here(host: str) -> bool:
    """Whether a host of an address is this computer: a socket, or the loopback interface."""
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def without_password(address: str) -> str:
    """Returns an address without its password."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    user = f"{parts.username}@" if parts.username else ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{user}{host}{port}{parts.path}"


def _driver() -> Any:
    try:
        import psycopg
        import psycopg.conninfo
    except ImportError:
        raise BadInput(
            "a registry in PostgreSQL needs the package psycopg", "Run: pip install 'ticktap[postgresql]'"
        ) from None
    return psycopg


@functools.lru_cache(maxsize=256)
def _translated(sql: str) -> str:
    return sql.replace("?", "%s")


def _run(connection: psycopg.Connection[Any], sql: str, values: Any = ()) -> Any:
    return connection.execute(_translated(sql), tuple(values))


def _check_version(connection: psycopg.Connection[Any], name: str) -> None:
    """Refuses tables of another version."""
    if _version(connection, name) != len(_STEPS):
        raise RegistryError(f"{name} was replaced while in use", "Start the program again.")


def _migrate(connection: psycopg.Connection[Any], name: str) -> None:
    """Brings the tables to this version. If several programs come at once, one of them does it."""
    if _version(connection, name) == len(_STEPS):
        return
    with connection.transaction():
        connection.execute(PostgresEngine.lock)
        version = _version(connection, name)
        for step in _STEPS[version:]:
            connection.execute(step)
        connection.execute("create table if not exists ticktap_version (version integer not null)")
        connection.execute("delete from ticktap_version")
        connection.execute("insert into ticktap_version values (%s)", (len(_STEPS),))


def _migrate_existing(connection: psycopg.Connection[Any], name: str) -> None:
    """As `_migrate`, if there are tables."""
    if _version(connection, name) == 0:
        raise NotFound(f"there is no registry at {name}", MISSING)
    _migrate(connection, name)


def _version(connection: psycopg.Connection[Any], name: str) -> int:
    row = connection.execute("select to_regclass('ticktap_version')").fetchone()
    if row is None or row[0] is None:
        return 0
    found = connection.execute("select version from ticktap_version").fetchone()
    version = int(found[0]) if found else 0
    if version > len(_STEPS):
        raise RegistryError(
            f"{name} was written by a newer ticktap (format {version}, supported: {len(_STEPS)})",
            "Update ticktap.",
        )
    return version
