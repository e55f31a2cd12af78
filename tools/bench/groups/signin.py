"""Sign-ins a second, each durable before it is answered, compared with plain commits of the databases."""

from __future__ import annotations

import hashlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.row import Row
from bench.run import ROOT, Run
from signin.desk import ACCOUNT, COUNTED, NOW, STEP, Desk
from signin.postgres import Postgres
from ticktap.otp.code_check import code_at

TITLE = "Sign-ins"
ABOUT = (
    "In one process, from one thread and from several that sign in users of their own; each sign-in checks a"
    " code, marks it as used, and writes the audit log in one commit that is on the disk before the answer."
    " The floor is commits that change one row, one after the other."
)
EMULATED = False

THREADS = (1, 4, 16)
OVER_HTTP = 36  # a second: privacyIDEA's, measured on a similar machine before this was written
SHARE = 0.8
ALONE = "one thread cannot share commits; checking, decryption and the audit log come on top"


def rows(run: Run) -> Iterator[Row]:
    count = run.count(1600, 16_000)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder, ExitStack() as stack:
        server = Postgres(Path(folder, "server"), durable=True)
        stack.callback(server.stop)
        places: dict[str, str | Path] = {"SQLite": Path(folder, "a.db"), "PostgreSQL": server.address()}
        floors = {
            "SQLite": _sqlite(Path(folder, "b.db"), count),
            "PostgreSQL": _postgres(server.address(), count),
        }
        for called, where in places.items():
            floor = floors[called]
            yield Row(f"commits of one row, {called}", floor, "/s", note=f"{count} commits", peer=True)
            desk = Desk(where, Path(folder, f"{called}.key"))
            stack.callback(desk.registry.close)
            _users(desk)
            for threads in THREADS:
                rate = _rate(desk, "timed", threads, count)
                name = f"sign-ins, {called}, {threads} at once"
                yield Row(
                    name, rate, "/s", _budget(called, floor, threads), floor, "commits of one row",
                    f"{1e6 / rate:.0f} us each", at_least=True, bar=name, why=ALONE if threads == 1 else "",
                )  # fmt: skip
            rate = _rate(desk, "counted", threads, count)
            name = f"sign-ins, {called}, {threads} at once, HOTP"
            yield Row(name, rate, "/s", None, floor, "commits of one row", "21 counters tried for each")
            code, name = _refusals(desk, run.count(400, 4000))
            yield Row(f"a wrong code, {called}", code, "us", note="median")
            what = f"an unknown name, over a wrong code, {called}"
            yield Row(what, name / code, "", 1.1, 1.0, "no difference", f"{name:.0f} us, median")
        yield Row(
            "ticktap verify --user, whole process", _process(folder, run.count(11, 41)), "ms", bar="verify"
        )


def _budget(called: str, floor: float, threads: int) -> float | None:
    """The budget, for SQLite only: little more than a commit, and 100 times OVER_HTTP."""
    if called != "SQLite":
        return None
    return max(SHARE * floor, 100 * OVER_HTTP) if threads == THREADS[-1] else SHARE * floor


def _users(desk: Desk) -> None:
    for kind, account in (("timed", ACCOUNT), ("counted", COUNTED)):
        for number in range(THREADS[-1]):
            name = f"{kind}{number}"
            desk.add(name, replace(account, secret=hashlib.sha1(name.encode()).digest()), f"token of {name}")


def _rate(desk: Desk, kind: str, threads: int, count: int) -> float:
    """Sign-ins a second. Each thread has its own user, and a clock that advances one step for each code."""
    each = count // threads
    kept = {one.token: one for one in desk.registry.all()}
    lists = []
    for number in range(threads):
        one = kept[f"token of {kind}{number}"]
        first = NOW // STEP if kind == "timed" else one.account.counter
        first = first if one.last_used is None else one.last_used + 1
        lists.append([(at, code_at(one.account, at)) for at in range(first, first + each)])
    clocks = threading.local()
    refused: list[int] = []

    def work(number: int) -> None:
        for at, code in lists[number]:
            clocks.now = at * STEP
            if not desk.verify(code, f"{kind}{number}").ok:
                refused.append(at)

    desk.registry.time = lambda: float(clocks.now)
    seconds = _timed([lambda number=number: work(number) for number in range(threads)])
    desk.registry.time = lambda: desk.now
    if refused:
        raise RuntimeError(f"{len(refused)} right codes were refused")
    return each * threads / seconds


def _refusals(desk: Desk, count: int) -> tuple[float, float]:
    """Median microseconds of a wrong code, and of an unknown name, tried in turn."""
    desk.registry.set_policy("tries", 100)
    desk.registry.set_policy("failures_before_delay", 100)
    desk.add("clocked", ACCOUNT, "token of clocked")
    times: dict[str, list[float]] = {"clocked": [], "nobody": []}
    for number in range(count):
        for name, spent in times.items():
            began = time.perf_counter()
            desk.verify("000000", name)
            spent.append((time.perf_counter() - began) * 1e6)
        if number % 50 == 0:
            desk.registry.users.unlock("clocked")
    return statistics.median(times["clocked"]), statistics.median(times["nobody"])


def _timed(works: list[Callable[[], None]]) -> float:
    """Runs all at once; returns the seconds until the last one is done."""
    start = threading.Barrier(len(works) + 1)

    def run(work: Callable[[], None]) -> None:
        start.wait()
        work()

    running = [threading.Thread(target=run, args=(work,)) for work in works]
    for each in running:
        each.start()
    start.wait()
    began = time.perf_counter()
    for each in running:
        each.join()
    return time.perf_counter() - began


def _commits(connection: Any, mark: str, count: int) -> float:
    """Durable commits a second, each of which changes one row."""
    with closing(connection):
        connection.execute("create table one (value integer)")
        connection.execute("insert into one values (0)")
        began = time.perf_counter()
        for number in range(count):
            connection.execute(f"update one set value = {mark}", (number,))
        return count / (time.perf_counter() - began)


def _sqlite(path: Path, count: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    return _commits(connection, "?", count)


def _postgres(address: str, count: int) -> float:
    import psycopg

    return _commits(psycopg.connect(address, autocommit=True), "%s", count)


def _process(folder: str, rounds: int) -> float:
    """Median ms of the command as a service starts it; the code is wrong, which costs the same."""
    home = Path(folder, "home")
    desk = Desk(home / "registry.db", home / "registry.key")
    desk.add()
    desk.registry.set_policy("tries", 100)
    desk.registry.set_policy("failures_before_delay", 100)
    desk.registry.close()
    command = [
        sys.executable,
        "-m",
        "ticktap",
        "verify",
        "--user",
        "ann",
        "--registry",
        str(home / "registry.db"),
    ]
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        done = subprocess.run(command, input=b"000000\n", capture_output=True, check=False)
        times.append((time.perf_counter() - began) * 1000)
        if done.returncode != 7:
            raise RuntimeError(f"ticktap verify ended with {done.returncode}")
    return statistics.median(times)
