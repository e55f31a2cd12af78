"""What the records say, taken together: where each account's record is, and everything small itself."""

from struct import unpack

from . import record_types, settings
from .locations import AccountOrder, Locations, extent, split_extent
from .log import RECORD_OVERHEAD
from .record_types import ACCOUNT, COUNTER_VALUE, DEFAULT, MOVE, REMOVE, STUB_SIZE, UNARY_COUNTER

_SECTOR_BITS = 12  # of a location within its sector; sector 0 is the log


class ReplayedState:
    """Grows by `replay` of every record in the order in which they were written."""

    def __init__(self):
        self.accounts = Locations()
        self.counters = Locations()  # of the latest COUNTER or COUNT
        self.order = AccountOrder()
        self.default = None  # id
        self.highest_id = 0  # id
        self.account_bytes = 0  # of the records of accounts
        # What was removed and may still be on the flash:
        self.removed_other = False  # a key, the owner, or an account whose record is damaged
        self.removed_ids = set()  # accounts, by id
        self.outdated_sectors = (
            set()
        )  # sectors (location // SECTOR) with a sealed record that is not the latest one
        self.name = ""
        self.settings = settings.defaults()
        self.wrapped_keys = {}  # way -> wrap
        self.failures = 0  # wrong PINs in a row, but for those in the run of `attempts_location`
        self.attempts_location = None  # location of the latest TRIES
        self.owner = b""  # the owner's key as it is sealed, or nothing
        self.clock = None
        self.sync_note = None  # of the last clock sync, as a record
        self.damage_count = 0  # damaged stretches that were left behind

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
        elif kind == record_types.WRAPPED_KEY:
            self._replay_key(body)
        elif kind == record_types.PIN_ATTEMPTS:
            self.failures, self.attempts_location = body[0], location
        elif kind == record_types.PIN_FAILURES:
            self.failures, self.attempts_location = body[0], None
        elif kind == record_types.OWNER:
            self.removed_other = self.removed_other or len(body) < len(self.owner)
            self.owner = body
        elif kind == record_types.CLOCK:
            self.clock = body
        elif kind == record_types.SYNC_NOTE:
            self.sync_note = body
        elif kind == record_types.DAMAGE_COUNT:
            self.damage_count = unpack("<H", body)[0]

    def relocate(self, location, kind, body):
        """Notes where a record is now that `replay` has seen before elsewhere."""
        if kind == ACCOUNT or kind == COUNTER_VALUE:
            id = unpack("<H", body[:2])[0]
            if id in self.accounts and len(body) > STUB_SIZE:
                locations = self.accounts if kind == ACCOUNT else self.counters
                locations[id] = extent(location, len(body))
        elif kind == record_types.PIN_FAILURES or kind == record_types.DAMAGE_COUNT:
            self.replay(location, kind, body)

    def is_current(self, location, kind, body):
        """Whether a record of an account is the one to go by."""
        locations = self.accounts if kind == ACCOUNT else self.counters
        return locations.get(unpack("<H", body[:2])[0]) == extent(location, len(body))

    def _replay_key(self, body):
        slot = body[0]
        if len(body) == 1:
            self.removed_other = True
            self.wrapped_keys.pop(slot, None)
        else:
            self.wrapped_keys[slot] = body

    def _replay_account(self, location, kind, id, body):
        self.highest_id = max(self.highest_id, id)
        if kind == ACCOUNT:
            if id in self.accounts:
                if len(body) <= STUB_SIZE:
                    return  # what it stands for comes later, or is still here and has to go
                self.account_bytes -= self._mark_outdated(id) + RECORD_OVERHEAD
            else:
                self.order.append(id)
                if self.default is None:
                    self.default = id
            self.accounts[id] = extent(location, len(body))
            self.account_bytes += len(body) + RECORD_OVERHEAD
        elif kind == REMOVE:
            self._remove_account(id)
        elif id not in self.accounts:
            return  # its account's record is damaged
        elif kind == DEFAULT:
            self.default = id
        elif kind == MOVE:
            self.order.remove(id)
            self.order.insert(unpack("<H", body[2:4])[0], id)
        elif kind in (UNARY_COUNTER, COUNTER_VALUE):
            self.counters[id] = extent(location, len(body))

    def _remove_account(self, id):
        if id not in self.accounts:
            self.removed_other = True  # its record is damaged
            return
        size = self._mark_outdated(id)
        if size > STUB_SIZE:
            self.removed_ids.add(id)
        self.account_bytes -= size + RECORD_OVERHEAD
        self.accounts.pop(id)
        self.counters.pop(id)
        self.order.remove(id)
        if self.default == id:
            self.default = self.order[0] if self.order else None

    def _mark_outdated(self, id):
        """Notes that an account's record is not the latest one any more; the length of its body."""
        location, size = split_extent(self.accounts[id])
        if size > STUB_SIZE:
            self.outdated_sectors.add(location >> _SECTOR_BITS)
        return size
