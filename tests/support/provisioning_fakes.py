"""FakeTokens for a batch, a registry in memory, and an operator who presses."""

import threading
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

from support.fake_port import FakePort, FakeTime, FakeToken
from ticktap.clock.history import ClockHistory
from ticktap.clock.host_sync_status import HostSyncStatus
from ticktap.device.client import Client
from ticktap.device.token_choice import Token
from ticktap.errors import NotFound, Refused
from ticktap.otp.account import Hidden
from ticktap.provisioning.context import ProvisionContext
from ticktap.provisioning.job import ProvisionJob
from ticktap.provisioning.job_queue import JobQueue
from ticktap.provisioning.manifest import parse
from ticktap.provisioning.progress import ProvisionProgress

MASTER = Hidden(bytes(range(32)))
MANIFEST = """user,account,label
alice,Example:alice@example.com,A-001
bob,Example:bob@example.com,A-002
carol,Example:carol@example.com,A-003
"""


def rows(text=MANIFEST):
    return parse(text)


def new_token(serial="DE6300"):
    """A token as delivered: no name, and a clock that was never set."""
    token = FakeToken()
    token.hello |= {"serial": serial, "name": ""}
    token.clock_state = "stopped"
    return token


class MemoryRegistry:
    """The part of a registry that provisioning uses. Each change is made inside `around(name)`."""

    def __init__(self):
        self.people, self.records, self.kept, self.uses = {}, {}, {}, []
        self.around = nullcontext
        self.last = 0
        self.users = SimpleNamespace(add=self._add, find=self._find, all=lambda: list(self.people.values()))
        self.tokens = SimpleNamespace(
            record=self._record, all=lambda: list(self.records.values()), mark_lost=self._lose
        )

    def _add(self, name, *, methods=("token",), networks=()):
        with self.around("users.add"):
            if name in self.people:
                raise Refused("taken")
            number = len(self.people)
            self.people[name] = SimpleNamespace(id=number, name=name, methods=methods, networks=networks)
            return self.people[name]

    def _find(self, name):
        if name not in self.people:
            raise NotFound("nobody")
        return self.people[name]

    def _record(self, serial, *, label="", firmware="", holder=None, seen, pin=None):
        with self.around("tokens.record"):
            self.records[serial] = SimpleNamespace(
                serial=serial,
                label=label,
                firmware=firmware,
                holder=holder,
                last_seen=seen,
                lost=None,
                pin=pin,
            )

    def _lose(self, serial):
        for each in self.all(serial):
            self.forget(each.row)
        self.records[serial].holder = None
        return 1

    def keep(self, account, token, token_id, user=None):
        with self.around("keep"):
            self.last += 1
            for each in self.all(token):
                if each.token_id == token_id:
                    del self.kept[each.row]
            self.kept[self.last] = SimpleNamespace(
                row=self.last, token=token, token_id=token_id, account=account, user=user
            )
            return self.last

    def all(self, token=None):
        return [each for each in self.kept.values() if token in (None, each.token)]

    def forget(self, row):
        with self.around("forget"):
            del self.kept[row]

    def record_use(self, row, counter, drift=None):
        with self.around("record_use"):
            self.uses.append((row, counter))
            return True


class Recorder:
    """An operator that records every message, each inside `around(name)`."""

    def __init__(self):
        self.said, self.delivered = [], []
        self.around = nullcontext
        self.pin = "four words of mine"
        self._lock = threading.Lock()

    def _say(self, what, *about):
        with self.around(what), self._lock:
            self.said.append((what, *about))

    def waits(self, serial):
        self._say("waits", serial)

    def chosen(self, serial, row):
        self._say("chosen", serial, row.label)

    def press(self, serial, row, why):
        self._say("press", serial, why)

    def reached(self, serial, row, step):
        self._say("reached", serial, step)

    def note(self, serial, row, text):
        self._say("note", serial, text)

    def new_pin(self, row):
        self._say("new_pin", row.label)
        return self.pin

    def deliver(self, serial, row, account, pin):
        with self.around("deliver"):
            self.delivered.append((row.label, account, pin))

    def refused(self, where, error):
        self._say("refused", where, error.message)

    def unplug(self, serial, row):
        self._say("unplug", serial, row.label)

    def left(self, rows, begun):
        self._say("left", [row.label for row in rows], [entry.label for entry in begun])


class Rig:
    """Everything but the tokens. The files are in a folder, so that a second Rig there can continue."""

    def __init__(self, folder, registry=None):
        self.folder = folder
        self.registry = registry or MemoryRegistry()
        self.operator = Recorder()
        self._threads = threading.local()

    @property
    def time(self):
        """The calling thread's time, so that delays of one token do not affect the clock of another."""
        if not hasattr(self._threads, "time"):
            self._threads.time = FakeTime()
        return self._threads.time

    @contextmanager
    def shop(self, registry=None):
        """The context of one thread."""
        with (
            ProvisionProgress.open(self.folder / "box.db") as journal,
            ClockHistory.open(self.folder / "clocks.db") as history,
        ):
            yield ProvisionContext(
                journal,
                registry or self.registry,
                history,
                self.operator,
                MASTER,
                self.time,
                HostSyncStatus("chrony", True),
            )

    def entries(self):
        with ProvisionProgress.open(self.folder / "box.db") as journal:
            return journal.all()

    @contextmanager
    def opened(self, fake):
        """Opens the token at its own port, and closes it at the end."""
        fake.time = self.time
        port = FakePort(fake)
        with Client(port) as client:
            yield Token(client, client.hello(), "/dev/" + fake.hello["serial"])


def provision(rig, token, text=None):
    """Provisions one token; returns the finished row."""
    manifest = rows(text) if text else rows()
    pool = JobQueue(manifest, rig.entries())
    with rig.opened(token) as opened, rig.shop() as shop:
        return ProvisionJob(opened, shop, pool).run()
