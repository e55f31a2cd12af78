"""Ports into which FakeTokens are plugged, and from which they are unplugged, while a batch runs."""

import threading
import time
from contextlib import contextmanager

from support.fake_port import FakePort, FakeToken
from support.provisioning_fakes import Rig, rows
from ticktap.device.transport import Candidate
from ticktap.device.waiting import Waiting
from ticktap.errors import PortUnavailable
from ticktap.provisioning.batch import Batch
from ticktap.provisioning.job_queue import JobQueue
from ticktap.registry import Actor, Registry

WIRE = 0.01  # seconds between two checks of a silent port


class Gone(FakePort):
    """A port that can be unplugged, and that answers a request for a press only after the press."""

    def __init__(self, token, bench):
        super().__init__(token)
        self.bench = bench
        self.held = b""

    def write(self, data):
        self.check()
        if b"press.cancel" in data:
            self.held = b""
        waits = any(method in data for method in (b"clock.allow", b"token.claim", b'"prove":true'))
        if waits and not self.bench.finger(self.token):
            self.held = data
            return
        super().write(data)

    def read_line(self, timeout):
        self.check()
        if self.held and self.bench.finger(self.token):
            held, self.held = self.held, b""
            super().write(held)
        if not self.answers:
            self.bench.never.wait(WIRE)
            raise TimeoutError
        return super().read_line(timeout)

    def check(self):
        """Raises the system's error if it is unplugged."""
        if self not in self.bench.open:
            raise OSError("no such device")


class Mute(FakeToken):
    """A device that answers no request."""

    def answer(self, line):
        return b""


class Bench:
    """The tokens that are plugged in, by path; `pressing`: serial numbers of those whose button is
    pressed."""

    def __init__(self, folder):
        self.registry = self.own_registry(folder)
        self.rig = Rig(folder, self.registry)
        self.plugged, self.open, self.consoles = {}, set(), []
        self.pressing, self.everybody = set(), True
        self.never = threading.Event()
        self.box = None
        # Seconds of waiting pass twenty times as fast.
        self.waiting = Waiting(
            start_s=4.0,
            return_s=0.0,
            now=lambda: 20 * time.monotonic(),
            sleep=self.never.wait,
            age_s=lambda path: None,
            find=self.ports,
        )

    def finger(self, token):
        return self.everybody or token.hello["serial"] in self.pressing

    def plug(self, *tokens):
        for token in tokens:
            token.replug()
            self.plugged["/dev/" + token.hello["serial"]] = token

    def unplug(self, token):
        self.plugged.pop("/dev/" + token.hello["serial"])
        self.open -= {port for port in self.open if port.token is token}

    def ports(self):
        found = [Candidate(path, token.hello["serial"]) for path, token in list(self.plugged.items())]
        return found + [Candidate(path, serial) for path, serial in self.consoles]

    def connect(self, path):
        if path in [console for console, _ in self.consoles]:
            return FakePort(Mute())
        if path not in self.plugged:
            raise PortUnavailable(f"there is no port {path}", "", "absent")
        token = self.plugged[path]
        token.time = self.rig.time
        port = Gone(token, self)
        self.open.add(port)
        return port

    @contextmanager
    def shop(self):
        with self.own_registry(self.rig.folder) as registry, self.rig.shop(registry) as shop:
            yield shop

    @staticmethod
    def own_registry(folder):
        """Opens the registry for one thread."""
        return Registry.open(folder / "registry.db", actor=Actor("admin", "desk"))

    def run(self, text=None, *, on=None, unplugging=False, patience=0):
        """Runs a batch with these tokens; `on(what, *about)` is called for every message."""
        desk = self.rig.operator
        if on:
            say = desk._say

            def heard(what, *about):
                say(what, *about)
                on(what, *about)

            desk._say = heard
        pool = JobQueue(rows(text) if text else rows(), self.rig.entries())
        self.box = Batch(
            self.shop,
            pool,
            desk,
            self.ports,
            until_unplugged=unplugging,
            patience=patience,
            connect=self.connect,
            waiting=self.waiting,
        )
        self.box.run()
        return pool

    def said(self, what):
        return [each[1:] for each in self.rig.operator.said if each[0] == what]
