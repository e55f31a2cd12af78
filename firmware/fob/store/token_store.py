"""Accounts, their order, HOTP counters, settings, keys and the token's name: what the token remembers.

Every change is durable when its method returns (record_store.py says where it goes).
"""

from struct import pack, unpack

from ..otp.account import unpack_account
from . import record_types, settings
from .keystore import KEYS, PIN
from .locations import behind, parts
from .log import BLANK, OK, Full
from .record_store import NoVault, Storage
from .record_types import STUB
from .sector import SECTOR

NO_KEY = "no-key"  # accounts are here, and the records of their key are damaged

_LAST_COUNTER = (1 << 64) - 1  # never used: the one after it has no place in a record
_RUN = 32  # HOTP presses, or twice as many bytes as PINs, per record


class Damaged(Exception):
    """The account's record does not open."""


class Store(Storage):
    """`cells`: see Journal; `sectors`: see Segments; `safe`: Safe."""

    def __init__(self, cells, sectors, safe):
        self.safe = safe
        super().__init__(cells, sectors)
        if self.tries_left == 0:
            try:
                self.erase()
            except NoVault:
                pass  # the segments cannot be written just now; no try is taken until they can

    def _load(self):
        super()._load()
        self.safe.wraps = self._index.wraps
        self.safe.open_device()

    # -- reading

    def _state(self):
        """As Storage's, or "no-key"."""
        state = super()._state()
        if state in (OK, BLANK) and self.order and self.safe.locked and not self.locked:
            return NO_KEY
        return state

    @property
    def key_loaded(self):
        """Whether the accounts' key is in RAM: else none can be read, with a PIN or without one."""
        return not self.safe.locked

    def __len__(self):
        return len(self._index.order)

    def __contains__(self, id):
        return id in self._index.accounts

    def account(self, id):
        """The Account, its HOTP counter brought up to date. KeyError: none. Locked. Damaged."""
        account = unpack_account(id, self.opened(id))
        if id in self._index.counters:
            account.counter = self._counter(self._index.counters[id])
        return account

    def opened(self, id):
        """What is sealed of an account (otp/account.py), as a view (crypto/siv.py). KeyError: none. Locked.
        Damaged."""
        plain = self.safe.unseal(self._body(behind(self._index.accounts[id], STUB)))
        if plain is None or plain[:STUB] != pack("<H", id):
            raise Damaged()
        return plain

    # -- accounts

    def add(self, account):
        """Appends an account, gives it an id and returns that. Full, Locked: nothing changed."""
        self._need_usable()
        if not self._index.wraps:
            self._begin_key()
        account.id = self.next_id
        self._put(account)
        return account.id

    def rename(self, id, issuer, name):
        account = self.account(id)
        account.issuer, account.name = issuer, name
        self._put(account)

    def set_suffix(self, id, suffix):
        account = self.account(id)
        account.suffix = suffix
        self._put(account)

    def move(self, id, position):
        """Puts an account at `position` (0 is first; past the end is last)."""
        self._index.accounts[id]
        self._append(record_types.MOVE, pack("<HH", id, min(position, len(self.order) - 1)))

    def set_default(self, id):
        self._index.accounts[id]
        self._append(record_types.DEFAULT, pack("<H", id))

    def remove(self, id):
        """Removes an account. With sectors, its secret is nowhere on the flash when this returns."""
        self._index.accounts[id]
        self._append(record_types.REMOVE, pack("<H", id))
        self._purge()

    def use_counter(self, id):
        """The HOTP counter to use now; durable as used when this returns. Full: not used."""
        counter = self.account(id).counter
        if counter >= _LAST_COUNTER:
            raise Full()
        location = parts(self._index.counters.get(id, SECTOR << 9))[0]
        if location < SECTOR and self._journal.unspent(location):
            self._journal.spend(location)
            return counter
        head = pack("<HQ", id, counter)
        if self._segments.usable and self._journal.free < self._journal.cost(
            record_types.COUNTER, head + b"\x01"
        ):
            self._checkpoint()
        run = min(_RUN, self._journal.free - self._journal.cost(record_types.COUNTER, head + b"\x00"))
        if run < 1:
            raise Full()
        self._append(record_types.COUNTER, head + bytes((run,)))
        self._journal.spend(parts(self._index.counters[id])[0])
        return counter

    # -- the token

    def set_name(self, name):
        self._append(record_types.NAME, name.encode("utf-8"), True)

    def change_settings(self, changes):
        """Takes a dict of settings, all or none: one record. KeyError, ValueError: see settings.encode."""
        self._need_usable()
        data = b"".join([pack("<BH", *settings.encode(name, value)) for name, value in changes.items()])
        if data:
            self._append(record_types.SETTING, data, True)

    @property
    def clock(self):
        """The latest CLOCK record's body, or None."""
        return self._index.clock

    def note_clock(self, body):
        """Anyone may set the clock a little: without segments that must not use up the room kept for
        counters.
        """
        self._append(record_types.CLOCK, body, not self._segments.usable)

    @property
    def sync(self):
        """The latest NOTE record's body, or None."""
        return self._index.note

    @property
    def synced(self):
        """Unix seconds of that note, 0 when there is none."""
        return unpack("<I", self.sync[:4])[0] if self.sync else 0

    def note_sync(self, body):
        """As `note_clock`."""
        self._append(record_types.NOTE, body, not self._segments.usable)

    @property
    def claimed(self):
        return bool(self._index.owner)

    def owner(self):
        """The owner's key, None when its record is damaged."""
        return self.safe.unseal_for_device(self._index.owner, b"owner")

    def claim(self, key):
        """Keeps the owner's key, twice: damage to one record must not set the token free."""
        sealed = self.safe.seal_for_device(key, b"owner")
        for _ in range(2):
            self._append(record_types.OWNER, sealed, True)

    def release(self):
        self._append(record_types.OWNER, b"")
        self._purge()

    # -- the PIN

    @property
    def has_pin(self):
        return PIN in self._index.wraps

    @property
    def has_keys(self):
        return KEYS in self._index.wraps

    @property
    def locked(self):
        """Whether there is something that needs a PIN."""
        return self.safe.locked and (self.has_pin or self.has_keys)

    @property
    def tries_left(self):
        """Before the accounts are erased; None: there is no PIN, or no limit."""
        limit = self.settings["wipe"]
        return max(0, limit - self.failures) if limit and self.has_pin else None

    def try_key(self, way, key):
        """Whether the key opens the accounts. The try is durable before the key is looked at."""
        self._note_try(record_types.TRIED)
        if not self.safe.opens(way, key):
            return False
        self._note_try(record_types.OPENED)
        return self.safe.open(way, key)

    def set_pin(self, key, salt, memory, passes, lanes):
        """Seals everything anew under a new key, and that under `key`.

        NoVault, Locked, Full: nothing changed.
        """

        def wrap(new):
            return self.safe.wrap_under(new, PIN, key, salt, memory, passes, lanes)

        self._reseal(wrap)

    def remove_pin(self):
        """Seals everything anew under a new key, and that under the device's."""
        self._reseal(self.safe.wrap)

    def set_keys(self, key, salt, rounds):
        """The accounts' key also under a key made from a PIN entered with the buttons. Locked."""
        self._append(record_types.KEY, self.safe.wrap_own(KEYS, key, salt, rounds), True)

    def remove_keys(self):
        self._append(record_types.KEY, bytes((KEYS,)))
        self._purge()

    # -- the store as a whole

    def erase(self):
        """Forgets the accounts, their key and the PIN."""
        self.safe.lock()
        self._begin_anew(self._kept, self.next_id)

    def reset(self):
        """Forgets everything, another program's bytes included."""
        self.safe.lock()
        self._begin_anew(tuple, 1)

    # -- inside

    def _put(self, account):
        sealed = self.safe.seal(account.pack())
        self._append(record_types.ACCOUNT, pack("<H", account.id) + sealed, True)

    def _begin_key(self):
        """The first key, wrapped twice: without it every account is lost."""
        key = self.safe.new_key()
        wrap = self.safe.wrap(key)
        for _ in range(2):
            self._append(record_types.KEY, wrap, True)
        self.safe.open_device()

    def _take_key(self, key):
        self.safe.take(key)

    def _note_try(self, value):
        location = self._index.tries
        if location is None or not self._journal.unspent(location):
            self._append(record_types.TRIES, bytes((min(self.failures, 255), _RUN)))
        self._journal.spend(self._index.tries, value)

    def _reseal(self, wrap):
        """A new generation under a new key; `wrap(key)` is how that is kept."""
        self._need_usable()
        if not self._segments.usable:
            raise NoVault()
        new = self.safe.new_key()
        siv = self.safe.with_key(new)

        def live():
            for kind, body in self._live():
                if kind == record_types.ACCOUNT:
                    plain = self.safe.unseal(body[2:])
                    if plain is not None:  # else it is damaged, and stays so
                        body = body[:2] + siv.seal(bytes(plain))
                yield kind, body

        guards = [(record_types.KEY, wrap(new))] + [
            guard for guard in self._guards() if guard[0] != record_types.KEY
        ]
        self._begin_generation(live, self._live_sizes, self.next_id, guards, new)

    def _kept(self):
        """What stays when the accounts are erased."""
        if self._index.owner:
            yield record_types.OWNER, self._index.owner
        for record in self._plain():
            yield record
