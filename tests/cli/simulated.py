"""`ticktap simulate --headless` as a script uses it: started, waited for, told things, stopped."""

import json
import subprocess
import time
from contextlib import contextmanager

PATIENCE = 15  # seconds until a press that came before the token waited for it is repeated
SHOWN = 2  # seconds in which the light shows a whole pattern; a press before that does not count


class Simulated:
    """A simulated token in a process of its own, and commands that talk to it."""

    def __init__(self, ticktap, folder):
        self.ticktap = ticktap
        self.control = str(folder / "c")
        self.port = str(folder / "port")
        self.state = str(folder / "state")
        ticktap.device = self.port

    @contextmanager
    def running(self, *options):
        """The token, until it is told to quit."""
        places = ["--port", self.port, "--control", self.control, "--state", self.state]
        process = subprocess.Popen(
            [*self.ticktap.python, "simulate", "--headless", "--json", *places, *options],
            stdout=subprocess.PIPE,
            env=self.ticktap.environment(),
        )
        try:
            ready = json.loads(process.stdout.readline())
            assert ready["data"] == {"port": self.port, "control": self.control}
            yield process
            self.send("quit")
            assert process.wait(30) == 0
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    def send(self, *words):
        """The data that `ticktap simulate send` answers with."""
        done = self.ticktap("simulate", "send", "--json", self.control, *words)
        assert done.code == 0, done.out
        return done.data

    def replug(self):
        """The cable out and in again; returns when a token answers at the port."""
        self.send("unplug")
        self.send("plug")
        end = time.monotonic() + 4 * PATIENCE
        while time.monotonic() < end:  # a look at a port that is not there yet ends at once
            if self.ticktap("info").code == 0:
                return
        raise AssertionError("the token did not come back")

    def pressing(self, *words, stdin=""):
        """Runs a command that waits for a press, and presses: the JSON document it ends with."""
        return pressing(self.ticktap, words, stdin, lambda: self.send("press"))


def pressing(ticktap, words, stdin, finger):
    """Runs a command that waits for a press, and calls `finger` to press: the JSON document it ends with."""
    process = subprocess.Popen(
        [*ticktap.python, "--json", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ticktap.environment(),
    )
    process.stdin.write(stdin.encode())
    process.stdin.close()
    line = b""
    while b"Press the button" not in line:
        line = process.stderr.readline()
        assert line, f"it never asked for a press, and ended with {process.stdout.read()!r}"
    patience = SHOWN if b"and again when" in line else PATIENCE
    time.sleep(SHOWN)
    while process.poll() is None:
        finger()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    with process.stdout as out, process.stderr:
        return json.loads(out.read())
