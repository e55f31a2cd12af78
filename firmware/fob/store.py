"""Accounts, their order, HOTP counters, settings and the token's name, kept in a log and in segments.

Every change is one record in the log, durable when the method returns. When the log is full its records move
to a segment; when segments run out, or an account was removed, everything still needed moves to a new
generation of them and the old one is wiped. RAM holds an index only: where each account's records are.

Without sectors (`sectors` None, or too few that can be used) there is only the log.
"""

from struct import pack, unpack

from . import settings
from .account import SUFFIXES, unpack_account
from .journal import BLANK, FOREIGN, NEWER, OK, RUN, Full, Journal
from .segments import ROOM, SECTOR, NoRoom, Segments, pack_records

# Kinds of record; never reused for anything else.
ACCOUNT = 0x02  # Account.pack()
TEXT = 0x03  # id u16 | issuer length u8 | issuer | name
SUFFIX = 0x04  # id u16 | suffix u8
MOVE = 0x05  # id u16 | position u16, 0 is first
DEFAULT = 0x06  # id u16
REMOVE = 0x07  # id u16
SETTING = 0x08  # key u8 | value u16, for each setting that was changed at once
NAME = 0x09  # the token's name
COUNTER = RUN | 0x0A  # id u16 | counter u64 | run u8: spent bytes count on from the counter
COUNT = 0x0B  # id u16 | counter u64: in segments, where nothing can be spent

_LAST_COUNTER = (1 << 64) - 1  # never used: the one after it has no place in a record
_RUN = 32  # HOTP presses per counter record
_RESERVE = 96  # kept free so that a full store can still remove, move and count


class Unusable(Exception):
    """The journal holds something else (another program's bytes, a newer format); `state` says which."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


class Store:
    """`cells`: see Journal; `sectors`: see Segments. Reads everything once, and ends what a cut began."""

    def __init__(self, cells, sectors=None):
        self._cells = cells
        self._sectors = sectors
        self._load()
        if self._removed:
            self._purge()
        elif self.state != NEWER:
            self._segments.wipe()

    def _load(self):
        self._records = {}  # id -> location of the account's record
        self._texts = {}  # id -> location of a later TEXT
        self._suffixes = {}  # id -> a later suffix
        self._counters = {}  # id -> location of the latest COUNTER or COUNT
        self._bytes = 0  # of accounts and texts
        self._removed = False
        self.order = []  # ids
        self.default = None  # id
        self.name = ""
        self.settings = settings.defaults()
        self._highest = 0
        self.next_id = 1
        self._journal = Journal(self._cells)
        log = list(self._journal.read())
        self._segments = Segments(self._sectors, self._journal.epoch if self._journal.state == OK else None)
        if self._journal.state == NEWER:
            return
        log = self._after_segments(log)
        for location, kind, body in self._segments.records():
            self._replay(location, kind, body)
        for location, kind, body in log:
            self._replay(location, kind, body)
        self.next_id = max(self._journal.next_id, self._segments.next_id, self._highest + 1)

    def _after_segments(self, log):
        """The log's records, none if segments have taken them over already. Then the log is begun anew."""
        journal, covered = self._journal, self._segments.covered
        if journal.state == BLANK:
            journal.epoch = covered + 1
        elif self._segments.active and (journal.state == FOREIGN or journal.epoch <= covered):
            journal.epoch, journal.next_id = covered, self._segments.next_id
            journal.rewrite(())
            return list(journal.read())
        return log

    # -- reading

    @property
    def state(self):
        """ "ok", "blank", "foreign" or "newer" (journal.py)."""
        if self._journal.state == BLANK and self._segments.active:
            return OK
        return self._journal.state

    @property
    def usable(self):
        return self._journal.state in (OK, BLANK)

    def __len__(self):
        return len(self.order)

    def __contains__(self, id):
        return id in self._records

    def account(self, id):
        """The Account, its HOTP counter brought up to date. KeyError when there is none."""
        account = unpack_account(self._body(self._records[id]))
        if id in self._texts:
            account.issuer, account.name = _unpack_text(self._body(self._texts[id]))
        account.suffix = self._suffixes.get(id, account.suffix)
        if id in self._counters:
            account.counter = self._counter(self._counters[id])
        return account

    def usage(self):
        """Bytes: what there is room for, used, still needed; and damaged stretches."""
        journal, segments = self._journal, self._segments
        live = journal.needed(self._live()) if self.usable else 0
        return {
            "size": journal.size + segments.room * ROOM,
            "used": journal.end + len(segments.active) * ROOM,
            "live": live,
            "damaged": journal.damaged + segments.damaged,
        }

    @property
    def free(self):
        """Bytes that accounts may still take."""
        if self._segments.usable:
            return max(0, (self._segments.room - 1) * ROOM - self._bytes)
        return max(0, self._journal.free - _RESERVE)

    # -- changing

    def add(self, account):
        """Appends an account, gives it an id and returns that. Full: nothing changed."""
        account.id = self.next_id
        self._append(ACCOUNT, account.pack(), True)
        return account.id

    def rename(self, id, issuer, name):
        self._records[id]
        issuer = issuer.encode("utf-8")
        self._append(TEXT, pack("<HB", id, len(issuer)) + issuer + name.encode("utf-8"), True)

    def set_suffix(self, id, suffix):
        self._records[id]
        self._append(SUFFIX, pack("<HB", id, SUFFIXES.index(suffix)), True)

    def move(self, id, position):
        """Puts an account at `position` (0 is first; past the end is last)."""
        self._records[id]
        self._append(MOVE, pack("<HH", id, min(position, len(self.order) - 1)))

    def set_default(self, id):
        self._records[id]
        self._append(DEFAULT, pack("<H", id))

    def remove(self, id):
        """Removes an account. With sectors, its secret is nowhere on the flash when this returns."""
        self._records[id]
        self._append(REMOVE, pack("<H", id))
        self._purge()

    def set_name(self, name):
        self._append(NAME, name.encode("utf-8"), True)

    def change_settings(self, changes):
        """Takes a dict of settings, all or none: one record. KeyError, ValueError: see settings.encode."""
        self._need_usable()
        pairs = b"".join([pack("<BH", *settings.encode(name, value)) for name, value in changes.items()])
        if pairs:
            self._append(SETTING, pairs, True)

    def use_counter(self, id):
        """The HOTP counter to use now; durable as used when this returns. Full: not used."""
        counter = self.account(id).counter
        if counter >= _LAST_COUNTER:
            raise Full()
        location = self._counters.get(id, SECTOR)
        if location < SECTOR and self._journal.spent(location)[0] < self._journal.spent(location)[1]:
            self._journal.spend(location)
            return counter
        head = pack("<HQ", id, counter)
        if self._segments.usable and self._journal.free < self._journal.cost(COUNTER, head + b"\x01"):
            self._checkpoint()
        run = min(_RUN, self._journal.free - self._journal.cost(COUNTER, head + b"\x00"))
        if run < 1:
            raise Full()
        self._append(COUNTER, head + bytes((run,)))
        self._journal.spend(self._counters[id])
        return counter

    def compact(self):
        """Keeps what is needed only. Without sectors a power cut in these 60 ms loses it."""
        self._need_usable()
        if self._segments.usable:
            self._renew()
            return
        self._journal.next_id = self.next_id
        self._journal.rewrite(self._live())
        self._load()

    def reset(self):
        """Forgets everything, another program's bytes included."""
        if self._segments.usable:
            if self._journal.state != OK:
                self._journal.epoch = self._segments.covered + 1
            self._begin_generation((), 1)
            return
        self._journal.next_id = 1
        self._journal.rewrite(())
        self._load()

    # -- inside

    def _need_usable(self):
        if not self.usable:
            raise Unusable(self.state)

    def _append(self, kind, body, growing=False):
        """Writes one record. `growing`: it takes room for good, so it is refused when that is short."""
        self._need_usable()
        if self._segments.usable:
            if growing and self._journal.cost(kind, body) > self.free:
                raise Full()
            if self._journal.free < self._journal.cost(kind, body):
                self._checkpoint()
            growing = False
        offset = self._journal.append(kind, body, _RESERVE if growing else 0)
        self._replay(offset, kind, body)
        self.next_id = max(self.next_id, self._highest + 1)

    def _checkpoint(self):
        """The log is full: its records go to a segment, or everything to a new generation."""
        batches = list(pack_records(self._log()))
        epoch = self._journal.epoch
        try:
            taken = len(batches) == 1 and self._segments.append(batches[0], epoch, self.next_id)
        except NoRoom:
            raise Full()
        if taken:
            self._begin_log()
        else:
            self._renew()

    def _purge(self):
        """Removed accounts leave the flash, if there are sectors to move the others to."""
        if self._segments.usable:
            try:
                self._renew()
            except Full:
                pass  # the sectors turned out to be none; the account is removed all the same

    def _renew(self):
        """A new generation with what is still needed."""
        self._begin_generation(self._live, self.next_id)

    def _begin_generation(self, records, next_id):
        records = records or tuple
        count = sum(1 for _ in pack_records(records()))
        try:
            self._segments.replace(pack_records(records()), count, self._journal.epoch, next_id)
        except NoRoom:
            raise Full()
        self._begin_log(next_id)
        self._segments.wipe()

    def _begin_log(self, next_id=None):
        self._journal.next_id = next_id or self.next_id
        self._journal.rewrite(())
        self._load()

    def _log(self):
        """The log's records as a segment can hold them."""
        for location, kind, body in self._journal.read():
            if kind == COUNTER:
                id = unpack("<H", body[:2])[0]
                if self._counters.get(id) == location:
                    yield COUNT, pack("<HQ", id, self._counter(location))
            else:
                yield kind, body

    def _live(self):
        """The fewest records that give this state."""
        if self.name:
            yield NAME, self.name.encode("utf-8")
        usual = settings.defaults()
        changed = [
            settings.encode(name, value) for name, value in self.settings.items() if value != usual[name]
        ]
        if changed:
            yield SETTING, b"".join([pack("<BH", *pair) for pair in changed])
        for id in self.order:
            yield ACCOUNT, self.account(id).pack()
        if self.order and self.default != self.order[0]:
            yield DEFAULT, pack("<H", self.default)

    def _replay(self, location, kind, body):
        """Applies one record to the index. What this firmware does not know is left alone."""
        if kind == SETTING:
            for at in range(0, len(body) - 2, 3):
                pair = settings.decode(*unpack("<BH", body[at : at + 3]))
                if pair:
                    self.settings[pair[0]] = pair[1]
            return
        if kind == NAME:
            self.name = body.decode("utf-8")
            return
        if kind not in (ACCOUNT, TEXT, SUFFIX, MOVE, DEFAULT, REMOVE, COUNTER, COUNT):
            return
        id = unpack("<H", body[:2])[0]
        self._highest = max(self._highest, id)
        if kind in (ACCOUNT, TEXT):
            self._bytes += len(body) + 7
        if kind == ACCOUNT:
            self._records[id] = location
            self.order.append(id)
            if self.default is None:
                self.default = id
        elif kind == REMOVE:
            self._forget(id)
        elif id in self._records:  # else its account record is damaged
            self._change(location, kind, id, body)

    def _change(self, location, kind, id, body):
        if kind == TEXT:
            self._texts[id] = location
        elif kind == SUFFIX:
            self._suffixes[id] = SUFFIXES[body[2]]
        elif kind in (COUNTER, COUNT):
            self._counters[id] = location
        elif kind == DEFAULT:
            self.default = id
        else:
            self.order.remove(id)
            self.order.insert(unpack("<H", body[2:4])[0], id)

    def _forget(self, id):
        self._removed = True
        if id not in self._records:
            return
        for index in (self._records, self._texts, self._suffixes, self._counters):
            index.pop(id, None)
        self.order.remove(id)
        if self.default == id:
            self.default = self.order[0] if self.order else None

    def _body(self, location):
        return self._journal.body(location) if location < SECTOR else self._segments.body(location)

    def _counter(self, location):
        counter = unpack("<Q", self._body(location)[2:10])[0]
        return counter + self._journal.spent(location)[0] if location < SECTOR else counter


def _unpack_text(body):
    size = body[2]
    return body[3 : 3 + size].decode("utf-8"), body[3 + size :].decode("utf-8")
