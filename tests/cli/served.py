"""The protocol's FakeToken behind a real pseudo-terminal, for the real command and real pyserial."""

import os
import select
import threading
import time
import tty

from support.fake_token import FakeToken


class RealTime:
    """The clock of this computer, for a token that is in step with it."""

    @property
    def now(self):
        """Unix seconds."""
        return time.time()

    def sleep(self, seconds):
        """Waiting is the wire's business here."""


class ServedToken(FakeToken):
    """A FakeToken that answers at `path` until it is closed."""

    def __init__(self, **hello):
        super().__init__(RealTime())
        self.hello |= hello
        self.fine = True  # as the firmware does; without it a clock is measured by waiting for its seconds
        self.open_terminal()
        self._end, self._stop = os.pipe()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def open_terminal(self):
        """Makes the port. No program has it open: one besides the command would be noticed."""
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        os.close(slave)

    def do_hello(self):
        """Every command begins with it: a terminal does not tell when the one before has closed the port."""
        self.hang_up()
        return super().do_hello()

    def _serve(self):
        pending = b""
        while True:
            ready, _, _ = select.select([self._master, self._end], [], [])
            if self._end in ready:
                return
            try:
                *lines, pending = (pending + os.read(self._master, 4096)).split(b"\n")
            except OSError:  # no program has the port open
                time.sleep(0.002)
                continue
            for line in lines:
                reply = self.answer(line)
                if reply is not None:
                    os.write(self._master, reply + b"\n")

    def close(self):
        """Takes the port away."""
        os.write(self._stop, b"x")
        self._thread.join()
        for end in (self._master, self._end, self._stop):
            os.close(end)
