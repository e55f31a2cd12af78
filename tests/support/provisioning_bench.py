"""A bench with ports that FakeTokens are plugged into and pulled from while a box is worked on."""

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

WIRE = 0.01  # seconds between two looks at a port that says nothing


class Gone(FakePort):
    """A port whose cable can be pulled, and that answers what waits for a press only after one."""

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
        """Errors of the system when it is unplugged."""
        if self not in self.bench.open:
            raise OSError("no such device")


class Mute(FakeToken):
    """What says nothing that is asked of it."""

    def answer(self, line):
        return b""


class Bench:
    """What is plugged in, by path; `pressing` holds the serial numbers of tokens with a finger on them."""

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
        """Open for one thread."""
        return Registry.open(folder / "registry.db", actor=Actor("admin", "desk"))

    def run(self, text=None, *, on=None, unplugging=False, patience=0):
        """Works on what is plugged in; `on(what, *about)` is called for everything that is said."""
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
