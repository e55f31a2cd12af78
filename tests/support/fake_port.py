"""A port to a token that speaks the protocol and nothing else, for tests of the client side.

Time is simulated: reading and writing take `latency` seconds each, and nothing else lets time pass.
"""

from support.fake_access import Fault
from support.fake_token import START, FakeTime, FakeToken

__all__ = ["START", "FakePort", "FakeTime", "FakeToken", "Fault"]


class FakePort:
    """A ticktap.device.transport.Port to a FakeToken. Lines put into `extra` are read before any answer."""

    name = "fake"

    def __init__(self, token=None, latency=0.001):
        self.token = token or FakeToken()
        self.latency = latency
        self.extra = []
        self.answers = []
        self.written = []
        self.closed = False

    def write(self, data):
        """Takes one or more whole request lines."""
        self.token.time.sleep(self.latency)
        self.written.append(data)
        for line in data.splitlines():
            self.answers.append(self.token.answer(line))

    def read_line(self, timeout):
        """The next line; TimeoutError when there is none, `timeout` seconds later."""
        waiting = self.extra or self.answers
        self.token.time.sleep(self.latency if waiting else timeout)
        if not waiting:
            raise TimeoutError
        return waiting.pop(0)

    def close(self):
        """Notes that it was closed; the token forgets what this connection may do."""
        self.closed = True
        self.token.hang_up()
