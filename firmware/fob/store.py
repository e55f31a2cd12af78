"""Accounts, their order, HOTP counters, settings and the token's name, kept in a journal.

RAM holds an index only: where each account's records are. Every change is one record, durable when the method
returns. Reading the journal from its start gives the state back, whatever record a power cut came in.
"""

from struct import pack, unpack

from . import settings
from .account import SUFFIXES, unpack_account
from .journal import BLANK, OK, RUN, Full, Journal

# Kinds of record; never reused for anything else.
ACCOUNT = 0x02  # Account.pack()
TEXT = 0x03  # id u16 | issuer length u8 | issuer | name
SUFFIX = 0x04  # id u16 | suffix u8
MOVE = 0x05  # id u16 | position u16, 0 is first
DEFAULT = 0x06  # id u16
REMOVE = 0x07  # id u16
SETTING = 0x08  # key u8 | value u16
NAME = 0x09  # the token's name
COUNTER = RUN | 0x0A  # id u16 | counter u64 | run u8: spent bytes count on from the counter

_LAST_COUNTER = (1 << 64) - 1  # never used: the one after it has no place in a record
_RUN = 32  # HOTP presses per counter record
_RESERVE = 96  # kept free so that a full store can still remove, move and count


class Unusable(Exception):
    """The journal holds something else (another program's bytes, a newer format); `state` says which."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


class _Entry:
    """Where one account's records are."""

    def __init__(self, record):
        self.record = record
        self.text = None  # a later TEXT record
        self.suffix = None  # a later suffix
        self.counter = None  # the latest COUNTER record


class Store:
    """`cells`: see Journal. Reads everything once."""

    def __init__(self, cells):
        self._journal = Journal(cells)
        self._load()

    def _load(self):
        self._entries = {}
        self.order = []  # ids
        self.default = None  # id
        self.name = ""
        self.settings = settings.defaults()
        self._highest = 0
        for offset, kind, body in self._journal.read():
            self._replay(offset, kind, body)
        self.next_id = max(self._journal.next_id, self._highest + 1)

    # -- reading

    @property
    def state(self):
        """ "ok", "blank", "foreign" or "newer" (journal.py)."""
        return self._journal.state

    @property
    def usable(self):
        return self._journal.state in (OK, BLANK)

    def __len__(self):
        return len(self.order)

    def __contains__(self, id):
        return id in self._entries

    def account(self, id):
        """The Account, its HOTP counter brought up to date. KeyError when there is none."""
        entry = self._entries[id]
        account = unpack_account(self._journal.body(entry.record))
        if entry.text is not None:
            account.issuer, account.name = _unpack_text(self._journal.body(entry.text))
        if entry.suffix is not None:
            account.suffix = entry.suffix
        if entry.counter is not None:
            account.counter = self._counter(entry.counter)
        return account

    def usage(self):
        """Bytes: size of the log, used, still needed after a compaction; and damaged stretches."""
        journal = self._journal
        live = journal.needed(self._live()) if self.usable else 0
        return {"size": journal.size, "used": journal.end, "live": live, "damaged": journal.damaged}

    @property
    def free(self):
        """Bytes that an account may still take."""
        return max(0, self._journal.free - _RESERVE)

    # -- changing

    def add(self, account):
        """Appends an account, gives it an id and returns that. Full: nothing changed."""
        account.id = self.next_id
        self._append(ACCOUNT, account.pack(), _RESERVE)
        return account.id

    def rename(self, id, issuer, name):
        self._entries[id]
        issuer = issuer.encode("utf-8")
        self._append(TEXT, pack("<HB", id, len(issuer)) + issuer + name.encode("utf-8"), _RESERVE)

    def set_suffix(self, id, suffix):
        self._entries[id]
        self._append(SUFFIX, pack("<HB", id, SUFFIXES.index(suffix)), _RESERVE)

    def move(self, id, position):
        """Puts an account at `position` (0 is first; past the end is last)."""
        self._entries[id]
        self._append(MOVE, pack("<HH", id, min(position, len(self.order) - 1)))

    def set_default(self, id):
        self._entries[id]
        self._append(DEFAULT, pack("<H", id))

    def remove(self, id):
        self._entries[id]
        self._append(REMOVE, pack("<H", id))

    def set_name(self, name):
        self._append(NAME, name.encode("utf-8"), _RESERVE)

    def change_settings(self, changes):
        """Takes a dict of settings, all or none. KeyError, ValueError: see settings.encode."""
        self._need_usable()
        records = [pack("<BH", *settings.encode(name, value)) for name, value in changes.items()]
        if self._journal.free < _RESERVE + sum(self._journal.cost(SETTING, body) for body in records):
            raise Full()
        for body in records:
            self._append(SETTING, body)

    def use_counter(self, id):
        """The HOTP counter to use now; durable as used when this returns. Full: not used."""
        entry = self._entries[id]
        if entry.counter is not None:
            used, length = self._journal.spent(entry.counter)
            counter = self._counter(entry.counter)
            if used < length and counter < _LAST_COUNTER:
                self._journal.spend(entry.counter)
                return counter
        counter = self.account(id).counter
        if counter >= _LAST_COUNTER:
            raise Full()
        head = pack("<HQ", id, counter)
        run = min(_RUN, self._journal.free - self._journal.cost(COUNTER, head + b"\x00"))
        if run < 1:
            raise Full()
        self._append(COUNTER, head + bytes((run,)))
        self._journal.spend(entry.counter)
        return counter

    def compact(self):
        """Rewrites the log without what is no longer needed. A power cut in these 60 ms loses it."""
        self._need_usable()
        self._journal.next_id = self.next_id
        self._journal.rewrite(self._live())
        self._load()

    def reset(self):
        """Forgets everything, another program's bytes included."""
        self._journal.next_id = 1
        self._journal.rewrite(())
        self._load()

    # -- inside

    def _need_usable(self):
        if not self.usable:
            raise Unusable(self.state)

    def _append(self, kind, body, reserve=0):
        self._need_usable()
        offset = self._journal.append(kind, body, reserve)
        self._replay(offset, kind, body)
        self.next_id = max(self.next_id, self._highest + 1)

    def _replay(self, offset, kind, body):
        """Applies one record to the index. What this firmware does not know is left alone."""
        if kind == SETTING:
            pair = settings.decode(*unpack("<BH", body))
            if pair:
                self.settings[pair[0]] = pair[1]
            return
        if kind == NAME:
            self.name = body.decode("utf-8")
            return
        if kind not in (ACCOUNT, TEXT, SUFFIX, MOVE, DEFAULT, REMOVE, COUNTER):
            return
        id = unpack("<H", body[:2])[0]
        self._highest = max(self._highest, id)
        if kind == ACCOUNT:
            self._entries[id] = _Entry(offset)
            self.order.append(id)
            if self.default is None:
                self.default = id
            return
        entry = self._entries.get(id)
        if entry is None:
            return  # its account record is damaged or gone
        if kind == TEXT:
            entry.text = offset
        elif kind == SUFFIX:
            entry.suffix = SUFFIXES[body[2]]
        elif kind == COUNTER:
            entry.counter = offset
        elif kind == DEFAULT:
            self.default = id
        else:
            self.order.remove(id)
            if kind == MOVE:
                self.order.insert(unpack("<H", body[2:4])[0], id)
            else:
                del self._entries[id]
                if self.default == id:
                    self.default = self.order[0] if self.order else None

    def _counter(self, offset):
        _, counter, _ = unpack("<HQB", self._journal.body(offset))
        return counter + self._journal.spent(offset)[0]

    def _live(self):
        """The fewest records that give this state."""
        if self.name:
            yield NAME, self.name.encode("utf-8")
        usual = settings.defaults()
        for name, value in self.settings.items():
            if value != usual[name]:
                yield SETTING, pack("<BH", *settings.encode(name, value))
        for id in self.order:
            yield ACCOUNT, self.account(id).pack()
        if self.order and self.default != self.order[0]:
            yield DEFAULT, pack("<H", self.default)


def _unpack_text(body):
    size = body[2]
    return body[3 : 3 + size].decode("utf-8"), body[3 + size :].decode("utf-8")
