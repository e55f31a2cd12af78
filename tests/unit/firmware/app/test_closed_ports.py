"""When a connection ends: `connected` is False for a closed port and for a suspended one."""

from unittest.mock import Mock

import pytest

from fob.app.requests import Requests


class Port:
    """The host resumes it, if `resumes`, while the firmware asks whether it is suspended."""

    def __init__(self, is_open, is_suspended, resumes=False):
        self._open, self._suspended, self._resumes = is_open, is_suspended, resumes
        self.dropped = False

    @property
    def connected(self):
        return self._open and not self._suspended

    @property
    def suspended(self):
        if self._resumes:
            self._suspended = False
        return self._suspended

    def poll(self):
        return b""

    def drop(self):
        self.dropped = True


@pytest.mark.parametrize(
    "port, ends",
    [
        (Port(is_open=True, is_suspended=False), False),
        (Port(is_open=True, is_suspended=True), False),
        (Port(is_open=True, is_suspended=True, resumes=True), False),
        (Port(is_open=False, is_suspended=False), True),
        (Port(is_open=False, is_suspended=True, resumes=True), True),
    ],
    ids=["open", "suspended", "resumed", "closed", "closed-and-resumed"],
)
def test_only_a_closed_port_ends_the_connection(port, ends):
    Requests(Mock(), port, keyboard=None).read()
    assert port.dropped is ends
