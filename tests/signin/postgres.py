"""A PostgreSQL server of the tests' own: in a folder, on a socket there, and gone afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

REMEDY = "run tools/system-packages system"
PORT = 54_321  # not the one of a server that is on the machine already
ACCOUNT = "postgres"  # the server refuses to run as root


class Postgres:
    """A running server.

    Args:
        folder: an empty directory; what it says goes to `server.log` there.
        durable: whether a commit waits for the disk; the tests of behaviour can do without.
        network: whose hosts are let in besides, in CIDR notation.
    """

    def __init__(self, folder: Path, durable: bool = False, network: str = "") -> None:
        self._programs = _programs()
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._data = folder / "data"
        self._schemas = 0
        as_root = os.geteuid() == 0
        self._run_as = ["runuser", "-u", ACCOUNT, "--"] if as_root else []
        if as_root:
            self._open_path()
        self._do(
            "initdb", "--auth=trust", "--username=ticktap", "--no-sync", "--encoding=UTF8", "-D", self._data
        )
        settings = {
            "listen_addresses": "*" if network else "",
            "port": PORT,
            "unix_socket_directories": folder,
            "max_connections": 64,
            "fsync": "on" if durable else "off",
        }
        if network:
            with (self._data / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {network} trust\n")
        options = " ".join(f"-c {name}={str(value) or chr(39) * 2}" for name, value in settings.items())
        self._do("pg_ctl", "--wait", "-D", self._data, "-l", folder / "server.log", "-o", options, "start")

    @classmethod
    @contextlib.contextmanager
    def running(cls) -> Iterator[Postgres]:
        """One for as long as it is wanted; pytest's own folders are root's alone."""
        with tempfile.TemporaryDirectory(prefix="ticktap-postgres-") as folder:
            server = cls(Path(folder))
            yield server
            server.stop()

    def address(self, host: str = "") -> str:
        """Where a registry of its own goes: a fresh schema; `host` is what other hosts call this one."""
        import psycopg

        self._schemas += 1
        name = f"registry_{self._schemas}"
        with psycopg.connect(self._database(), autocommit=True) as connection:
            connection.execute(f"create schema {name}")
        return f"{self._database(host)}&options=-csearch_path%3D{name}"

    def stop(self) -> None:
        """Ends the server and its clients' connections."""
        self._do("pg_ctl", "--wait", "-D", self._data, "-m", "fast", "stop")

    def _database(self, host: str = "") -> str:
        plain = "&sslmode=disable" if host else ""  # the tests' own network
        return f"postgresql://ticktap@/postgres?host={host or self._folder}&port={PORT}{plain}"

    def _do(self, program: str, *arguments: object) -> None:
        said = self._folder / "said.txt"  # not a pipe: the server would keep it open
        with said.open("w") as output:
            done = subprocess.run(
                [*self._run_as, str(self._programs / program), *map(str, arguments)],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )
        if done.returncode:
            log = self._folder / "server.log"
            more = log.read_text() if log.exists() else ""
            raise RuntimeError(f"{program} ended with {done.returncode}: {said.read_text()}{more}")

    def _open_path(self) -> None:
        """Gives the server's user the folder, and the way to it."""
        try:
            account = pwd.getpwnam(ACCOUNT)
        except KeyError:
            raise RuntimeError(f"there is no user {ACCOUNT}: {REMEDY}") from None
        os.chown(self._folder, account.pw_uid, account.pw_gid)
        for above in self._folder.parents:
            if above.stat().st_mode & 0o001 == 0:
                above.chmod(above.stat().st_mode | 0o001)


def _programs() -> Path:
    """The newest server's programs; Debian keeps them out of PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    program = found[0] if found else shutil.which("initdb")
    if program is None:
        raise RuntimeError(f"PostgreSQL is not installed: {REMEDY}")
    return Path(program).parent
