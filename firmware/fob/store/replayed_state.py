"""What the records say, taken together: where each account's record is, and everything small itself."""

from struct import unpack

from . import record_types, settings
from .locations import Order, Places, parts, place
from .log import FRAME
from .record_types import ACCOUNT, COUNT, COUNTER, DEFAULT, MOVE, REMOVE, STUB

_SECTOR_BITS = 12  # of a location within its sector; sector 0 is the log


class Index:
    """Grows by `replay` of every record in the order in which they were written."""

    def __init__(self):
        self.accounts = Places()
        self.counters = Places()  # of the latest COUNTER or COUNT
        self.order = Order()
        self.default = None  # id
        self.highest = 0  # id
        self.bytes = 0  # of the records of accounts
        # What was removed and may still be on the flash:
        self.removed = False  # a key, the owner, or an account whose record is damaged
        self.gone = set()  # accounts, by id
        self.outdated = set()  # sectors (location // SECTOR) with a sealed record that is not the latest one
        self.name = ""
        self.settings = settings.defaults()
        self.wraps = {}  # way -> wrap
        self.failed = 0  # wrong PINs in a row, but for those in the run of `tries`
        self.tries = None  # location of the latest TRIES
        self.owner = b""  # the owner's key as it is sealed, or nothing
        self.clock = None
        self.note = None  # of the last clock sync, as a record
        self.lost = 0  # damaged stretches that were left behind

    def replay(self, location, kind, body):
        """Applies one record. What this firmware does not know is left alone."""
        if kind in record_types.OF_ACCOUNT:
            self._replay_account(location, kind, unpack("<H", body[:2])[0], body)
        elif kind == record_types.SETTING:
            for at in range(0, len(body) - 2, 3):
                pair = settings.decode(*unpack("<BH", body[at : at + 3]))
                if pair:
                    self.settings[pair[0]] = pair[1]
        elif kind == record_types.NAME:
            self.name = body.decode("utf-8")
        elif kind == record_types.KEY:
            self._replay_key(body)
        elif kind == record_types.TRIES:
            self.failed, self.tries = body[0], location
        elif kind == record_types.FAILED:
            self.failed, self.tries = body[0], None
        elif kind == record_types.OWNER:
            self.removed = self.removed or len(body) < len(self.owner)
            self.owner = body
        elif kind == record_types.CLOCK:
            self.clock = body
        elif kind == record_types.NOTE:
            self.note = body
        elif kind == record_types.LOST:
            self.lost = unpack("<H", body)[0]

    def moved(self, location, kind, body):
        """Notes where a record is now that `replay` has seen before elsewhere."""
        if kind == ACCOUNT or kind == COUNT:
            id = unpack("<H", body[:2])[0]
            if id in self.accounts and len(body) > STUB:
                places = self.accounts if kind == ACCOUNT else self.counters
                places[id] = place(location, len(body))
        elif kind == record_types.FAILED or kind == record_types.LOST:
            self.replay(location, kind, body)

    def holds(self, location, kind, body):
        """Whether a record of an account is the one to go by."""
        places = self.accounts if kind == ACCOUNT else self.counters
        return places.get(unpack("<H", body[:2])[0]) == place(location, len(body))

    def _replay_key(self, body):
        way = body[0]
        if len(body) == 1:
            self.removed = True
            self.wraps.pop(way, None)
        else:
            self.wraps[way] = body

    def _replay_account(self, location, kind, id, body):
        self.highest = max(self.highest, id)
        if kind == ACCOUNT:
            if id in self.accounts:
                if len(body) <= STUB:
                    return  # what it stands for comes later, or is still here and has to go
                self.bytes -= self._replaced(id) + FRAME
            else:
                self.order.append(id)
                if self.default is None:
                    self.default = id
            self.accounts[id] = place(location, len(body))
            self.bytes += len(body) + FRAME
        elif kind == REMOVE:
            self._forget(id)
        elif id not in self.accounts:
            return  # its account's record is damaged
        elif kind == DEFAULT:
            self.default = id
        elif kind == MOVE:
            self.order.remove(id)
            self.order.insert(unpack("<H", body[2:4])[0], id)
        elif kind in (COUNTER, COUNT):
            self.counters[id] = place(location, len(body))

    def _forget(self, id):
        if id not in self.accounts:
            self.removed = True  # its record is damaged
            return
        size = self._replaced(id)
        if size > STUB:
            self.gone.add(id)
        self.bytes -= size + FRAME
        self.accounts.pop(id)
        self.counters.pop(id)
        self.order.remove(id)
        if self.default == id:
            self.default = self.order[0] if self.order else None

    def _replaced(self, id):
        """Notes that an account's record is not the latest one any more; the length of its body."""
        location, size = parts(self.accounts[id])
        if size > STUB:
            self.outdated.add(location >> _SECTOR_BITS)
        return size
