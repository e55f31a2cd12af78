"""Several virtual tokens that are plugged in, and an operator who presses each token that asks."""

import threading
from contextlib import contextmanager

from support.provisioning_fakes import Recorder, Rig, rows
from ticktap.device.transport import Candidate
from ticktap.provisioning.batch import Batch
from ticktap.provisioning.job import TWICE
from ticktap.provisioning.job_queue import JobQueue
from ticktap.provisioning.plan import finished, plan
from ticktap.registry import Actor, Registry

FINGER_MS = 1_300  # the token shows for a second what the press is for


class World:
    """The host's clock, in the simulated time of one token."""

    def __init__(self, token):
        self._token = token

    def time(self):
        return self._token.unix

    def sleep(self, seconds):
        self._token.advance(seconds * 1000)


class Fingers(Recorder):
    """An operator who presses each token that asks. `cut` is called first, with the message."""

    def __init__(self, tokens):
        super().__init__()
        self.tokens = tokens
        self.cut = lambda what, *about: None

    def _say(self, what, *about):
        self.cut(what, *about)
        super()._say(what, *about)
        if what in ("waits", "press"):
            for number in range(2 if TWICE in str(about[-1]) else 1):
                self.tokens[about[0]].press_later(FINGER_MS * (number + 1))


class Table:
    """Virtual tokens, all plugged in; the registry is in the folder, unless `where` is given."""

    def __init__(self, folder, tokens, where=None):
        self.where = where or folder / "registry.db"
        self.tokens = {token.serial: token for token in tokens}
        self.registry = self.own_registry(folder)
        self.rig = Rig(folder, self.registry)
        self.rig.operator = self.operator = Fingers(self.tokens)
        self._here = threading.local()
        self.back = set()

    def now(self):
        """The latest Unix time of all tokens."""
        return max(token.unix for token in self.tokens.values())

    def ports(self):
        return [Candidate(serial) for serial, token in self.tokens.items() if token.plugged]

    def connect(self, serial):
        self._here.token = self.tokens[serial]
        return self.tokens[serial].open()

    @contextmanager
    def shop(self):
        self.rig._threads.time = World(self._here.token)
        with self.own_registry(self.rig.folder) as registry, self.rig.shop(registry) as shop:
            yield shop

    def own_registry(self, folder):
        """Opens the registry for one thread."""
        key = folder / "registry.key"
        return Registry.open(self.where, key, actor=Actor("admin", "desk"), time=self.now)

    def run(self, text):
        pool = JobQueue(rows(text), self.rig.entries())
        box = Batch(
            self.shop,
            pool,
            self.operator,
            self.ports,
            until_unplugged=False,
            patience=0,
            connect=self.connect,
        )
        box.run()
        return box

    def finished(self, text):
        planned = plan(rows(text), self.rig.entries(), self.registry)
        return {each.label: each for each in finished(planned, self.registry)}


def typed(token):
    """What the token types after a click."""
    token.clear_typed()
    token.advance(500)
    token.press()
    token.advance(4000)  # with too little time left in a step it waits for the next one
    return token.typed
