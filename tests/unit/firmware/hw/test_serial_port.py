"""The end of one connection and the beginning of the next, whenever they fall between two looks."""

import importlib
import sys
import types

import pytest

OLD, NEW = b'{"half a li', b'{"jsonrpc": "2.0"}\n'


class Serial:
    """usb_cdc.data of a host that has closed the port, and opens it and sends just before look `at`."""

    def __init__(self, at):
        self._at, self._looks = at, 0
        self._bytes, self._open = OLD, False

    def _look(self):
        self._looks += 1
        if self._looks == self._at:
            self._open, self._bytes = True, self._bytes + NEW

    @property
    def connected(self):
        self._look()
        return self._open

    @property
    def in_waiting(self):
        self._look()
        return len(self._bytes)

    def read(self, count):
        self._look()
        data, self._bytes = self._bytes[:count], self._bytes[count:]
        return data


@pytest.fixture
def port(monkeypatch):
    """Makes the firmware's Port over a Serial."""

    def make(serial):
        awake = types.SimpleNamespace(usb_connected=True)
        monkeypatch.setitem(sys.modules, "supervisor", types.SimpleNamespace(runtime=awake))
        monkeypatch.setitem(sys.modules, "usb_cdc", types.SimpleNamespace(data=serial))
        monkeypatch.delitem(sys.modules, "fob.hw.serial_port", raising=False)
        made = importlib.import_module("fob.hw.serial_port").Port()
        monkeypatch.delitem(sys.modules, "fob.hw.serial_port")
        return made

    return make


@pytest.mark.parametrize("at", range(2, 6))
def test_a_request_that_comes_while_the_old_connection_is_cleared_away_is_kept(port, at):
    made = port(Serial(at))
    assert not made.connected
    made.drop()
    read = b""
    while more := made.poll():
        read += more
    assert read.endswith(NEW)


def test_what_came_before_the_port_was_closed_is_dropped(port):
    made = port(Serial(at=9))
    assert not made.connected
    made.drop()
    assert made.poll() == b""
