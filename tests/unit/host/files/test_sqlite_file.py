"""Our SQLite files when several begin to use a new one at the same moment."""

import sqlite3
import threading

from ticktap.clock.history import ClockHistory

FASTER = 0.5  # seconds that the other one is given


class Looking:
    """A connection on which somebody else opens the file, too, between two looks at whose it is."""

    def __init__(self, connection, path):
        self._connection, self._path, self.others = connection, path, []

    def execute(self, statement):
        if statement == "pragma user_version" and not self.others:
            other = threading.Thread(target=lambda: ClockHistory.open(self._path).close())
            self.others.append(other)
            other.start()
            other.join(FASTER)  # it is done, or waits for us
        return self._connection.execute(statement)

    def __getattr__(self, name):
        return getattr(self._connection, name)


def test_what_another_has_half_made_is_not_taken_for_another_programs(tmp_path, monkeypatch):
    path, connect, looking = tmp_path / "new.db", sqlite3.connect, []

    def first(*arguments, **more):
        connection = connect(*arguments, **more)
        if looking:
            return connection
        looking.append(Looking(connection, path))
        return looking[0]

    monkeypatch.setattr(sqlite3, "connect", first)
    ClockHistory.open(path).close()
    for other in looking[0].others:
        other.join()
    assert ClockHistory.open(path).of("1") == []
