"""Threads share a commit: what one fails at is its own, and nobody is told of what is not on the disk."""

from __future__ import annotations

import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ticktap.registry.group_commit import GroupCommit

PATIENCE = 30  # seconds


class Connection:
    """A connection that can be told what its next commits do."""

    def __init__(self, path: Path) -> None:
        self._real = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.commits = 0
        self.before_commit: Callable[[], None] = lambda: None
        self.after_commit: Callable[[], None] = lambda: None

    def execute(self, sql: str, values: Any = ()) -> Any:
        if sql != "commit":
            return self._real.execute(sql, values)
        self.before_commit()
        done = self._real.execute(sql)
        self.commits += 1
        self.after_commit()
        return done

    @property
    def in_transaction(self) -> bool:
        return self._real.in_transaction

    def rollback(self) -> None:
        self._real.rollback()

    def close(self) -> None:
        self._real.close()


class Crowd:
    """One thread that leads, and others that come while it does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = Connection(path)
        self.connection.execute("create table one (value text)")
        self.group = GroupCommit(self.connection)  # type: ignore[arg-type]
        self.errors: dict[str, BaseException] = {}
        self._threads: list[threading.Thread] = []
        self._leading = threading.Event()
        self._go_on = threading.Event()

    def come(self, name: str, fault: BaseException | None = None, leads: bool = False) -> None:
        """A thread that writes its name, and may then fail."""

        def work(run: Any) -> None:
            run("insert into one values (?)", (name,))
            if leads:
                self._leading.set()
                assert self._go_on.wait(PATIENCE)
            if fault is not None:
                raise fault

        def thread() -> None:
            try:
                self.group.run_transaction(work)
            except BaseException as error:
                self.errors[name] = error

        self._threads.append(threading.Thread(target=thread))
        self._threads[-1].start()
        if leads:
            assert self._leading.wait(PATIENCE)
        else:
            waiting = len(self._threads) - 1
            self.until(lambda: len(self.group._queue) == waiting)

    def until(self, happened: Callable[[], bool]) -> None:
        """Waits for it."""
        end = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < end
            time.sleep(0.001)

    def end(self) -> list[str]:
        """Lets the leader go on; what there is on the disk when all have ended."""
        self._go_on.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
        return self.stored()

    def stored(self) -> list[str]:
        reader = sqlite3.connect(self.path)
        try:
            return [value for (value,) in reader.execute("select value from one order by rowid")]
        finally:
            reader.close()


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Crowd]:
    crowd = Crowd(tmp_path / "one.db")
    yield crowd
    crowd.connection.close()


def test_those_who_come_meanwhile_share_the_next_commit(crowd):
    crowd.come("a", leads=True)
    for name in "bcd":
        crowd.come(name)
    assert crowd.end() == ["a", "b", "c", "d"]
    assert (crowd.connection.commits, crowd.errors) == (2, {})


def test_what_one_fails_at_is_undone_alone(crowd):
    fault = ValueError("c's own")
    crowd.come("a", leads=True)
    crowd.come("b")
    crowd.come("c", fault)
    crowd.come("d")
    assert crowd.end() == ["a", "b", "d"]
    assert crowd.errors == {"c": fault}


def test_a_leader_that_fails_lets_the_others_go_on(crowd):
    fault = ValueError("a's own")
    crowd.come("a", fault, leads=True)
    crowd.come("b")
    assert crowd.end() == ["b"]
    assert crowd.errors == {"a": fault}


def test_a_commit_that_fails_is_told_to_all_of_its_round(crowd):
    crowd.come("a", leads=True)
    crowd.come("b")
    crowd.come("c")

    def full() -> None:
        if crowd.connection.commits == 1:
            crowd.connection.before_commit = lambda: None
            raise sqlite3.OperationalError("database or disk is full")

    crowd.connection.before_commit = full
    assert crowd.end() == ["a"]
    assert set(crowd.errors) == {"b", "c"}
    crowd.group.run_transaction(lambda run: run("insert into one values ('e')"))
    assert crowd.stored() == ["a", "e"]


def test_an_interrupted_leader_leaves_the_others_what_it_had_not_committed(crowd):
    crowd.come("a", leads=True)
    crowd.come("b", KeyboardInterrupt())  # leads the second round
    crowd.come("c")
    crowd.come("d", ValueError())
    assert crowd.end() == ["a", "c"]
    assert {name: type(error) for name, error in crowd.errors.items()} == {
        "b": KeyboardInterrupt,
        "d": ValueError,
    }


def test_a_leader_interrupted_after_its_commit_has_nothing_done_twice(crowd):
    crowd.come("a", leads=True)
    crowd.come("b")
    crowd.come("c")

    def interrupt() -> None:
        if crowd.connection.commits == 2:
            raise KeyboardInterrupt

    crowd.connection.after_commit = interrupt
    assert crowd.end() == ["a", "b", "c"]
    assert set(crowd.errors) == {"b"}


@pytest.mark.parametrize("alone", [False, True])
def test_an_interrupted_thread_gives_up_its_place(crowd, alone):
    main = threading.get_ident()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # may be ignored, in a background job
    try:
        crowd.come("a", leads=True)

        def interrupt() -> None:
            crowd.until(lambda: bool(crowd.group._queue))
            signal.pthread_kill(main, signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            if alone:
                with crowd.group.writing():
                    raise AssertionError("somebody else leads")
            else:
                crowd.group.run_transaction(lambda run: run("insert into one values ('b')"))
        thread.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert crowd.end() == ["a"]
    crowd.group.run_transaction(lambda run: run("insert into one values ('c')"))
    assert crowd.stored() == ["a", "c"]


def test_who_wants_the_connection_alone_waits_for_it(crowd):
    crowd.come("a", leads=True)
    crowd.come("b")

    def alone() -> None:
        with crowd.group.writing() as run:
            run("insert into one values ('alone')")

    thread = threading.Thread(target=alone)
    thread.start()
    crowd.until(lambda: len(crowd.group._queue) == 2)
    crowd.end()
    thread.join(PATIENCE)
    assert crowd.stored() == ["a", "b", "alone"]
    assert (crowd.connection.commits, crowd.errors) == (3, {})


def test_what_fails_alone_is_undone(crowd):
    with pytest.raises(ValueError), crowd.group.writing() as run:
        run("insert into one values ('a')")
        raise ValueError
    with crowd.group.writing() as run:
        run("insert into one values ('b')")
    assert crowd.stored() == ["b"]
