"""The token store: accounts and their order, HOTP counters, settings, keys, the token's name.

Every change is on the flash when its method returns (record_store.py).
"""

from struct import pack, unpack

from ..otp.account import unpack_account
from . import record_types, settings
from .keystore import BUTTON_PIN, PIN
from .locations import skip_bytes, split_extent
from .log import BLANK, OK, StoreFull
from .record_store import NoStoreFile, RecordStore
from .record_types import STUB_SIZE
from .sector import SECTOR_SIZE

NO_KEY = "no-key"  # there are accounts, and the records of their key are damaged

_LAST_COUNTER = (1 << 64) - 1  # is not used: the next one would not fit into a record
_buffer = memoryview(bytearray(512))  # of a record's body; its length has nine bits
_UNARY_SIZE = 32  # increments per record: HOTP codes, or two for each PIN attempt


class Damaged(Exception):
    """The record of an account cannot be decrypted."""


class TokenStore(RecordStore):
    """The token's data.

    Args:
        nvm: see Log.
        sectors: see Segments.
        keystore: the KeyStore.
    """

    def __init__(self, nvm, sectors, keystore):
        self.keystore = keystore
        super().__init__(nvm, sectors)
        if self.attempts_left == 0:
            try:
                self.erase()
            except NoStoreFile:
                pass  # the segments cannot be written now; until then no PIN is accepted

    def _load(self):
        super()._load()
        self.keystore.wrapped_keys = self._replayed.wrapped_keys
        self.keystore.unlock_with_device_key()

    # -- reading

    def _state(self):
        """The state of the record store, or "no-key"."""
        state = super()._state()
        if state in (OK, BLANK) and self.order and self.keystore.locked and not self.locked:
            return NO_KEY
        return state

    @property
    def key_loaded(self):
        """Whether the accounts' key is in RAM. Without it no account can be read."""
        return not self.keystore.locked

    def __len__(self):
        return len(self._replayed.order)

    def __contains__(self, id):
        return id in self._replayed.accounts

    def account(self, id):
        """The Account, with its current HOTP counter. Raises KeyError, Locked, Damaged."""
        account = unpack_account(id, self.decrypted(id))
        if id in self._replayed.counters:
            account.counter = self._counter(self._replayed.counters[id])
        return account

    def decrypted(self, id):
        """The decrypted bytes of an account (otp/account.py), as a view (crypto/siv.py).

        Raises KeyError, Locked, Damaged.
        """
        location, size = split_extent(skip_bytes(self._replayed.accounts[id], STUB_SIZE))
        if location < SECTOR_SIZE:
            body = self._log.body(location, size)
        else:
            body = _buffer[:size]
            self._segments.read_body(location, body)
        plain = self.keystore.decrypt(body)
        if plain is None or plain[0] | plain[1] << 8 != id:
            raise Damaged()
        return plain

    # -- accounts

    def add(self, account):
        """Adds an account at the end. Returns its new id. Raises StoreFull, Locked."""
        self._need_usable()
        if not self._replayed.wrapped_keys:
            self._create_key()
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
        """Moves an account to `position` (0 is the first; past the end: the last)."""
        self._replayed.accounts[id]
        self._append(record_types.MOVE, pack("<HH", id, min(position, len(self.order) - 1)))

    def set_default(self, id):
        self._replayed.accounts[id]
        self._append(record_types.DEFAULT, pack("<H", id))

    def remove(self, id):
        """Removes an account. With segments its secret is erased from the flash when this returns."""
        self._replayed.accounts[id]
        self._append(record_types.REMOVE, pack("<H", id))
        self._erase_removed()

    def use_counter(self, id):
        """Returns the HOTP counter to use and stores it as used. Raises StoreFull; then it is not used."""
        counter = self.account(id).counter
        if counter >= _LAST_COUNTER:
            raise StoreFull()
        location = split_extent(self._replayed.counters.get(id, SECTOR_SIZE << 9))[0]
        if location < SECTOR_SIZE and self._log.unary_left(location):
            self._log.increment(location)
            return counter
        head = pack("<HQ", id, counter)
        if self._segments.usable and self._log.free < self._log.cost(
            record_types.UNARY_COUNTER, head + b"\x01"
        ):
            self._checkpoint()
        run = min(_UNARY_SIZE, self._log.free - self._log.cost(record_types.UNARY_COUNTER, head + b"\x00"))
        if run < 1:
            raise StoreFull()
        self._append(record_types.UNARY_COUNTER, head + bytes((run,)))
        self._log.increment(split_extent(self._replayed.counters[id])[0])
        return counter

    # -- the token

    def set_name(self, name):
        self._append(record_types.NAME, name.encode("utf-8"), True)

    def change_settings(self, changes):
        """Changes all settings of a dict, or none. Raises KeyError, ValueError (settings.encode)."""
        self._need_usable()
        data = b"".join([pack("<BH", *settings.encode(name, value)) for name, value in changes.items()])
        if data:
            self._append(record_types.SETTING, data, True)

    @property
    def clock(self):
        """The body of the latest CLOCK record, or None."""
        return self._replayed.clock

    def note_clock(self, body):
        """Stores a CLOCK record.

        Anyone may set the clock within the adjustment limit. Without segments this must not use the room that
        is reserved for counters.
        """
        self._append(record_types.CLOCK, body, not self._segments.usable)

    @property
    def sync(self):
        """The body of the latest SYNC_NOTE record, or None."""
        return self._replayed.sync_note

    @property
    def synced(self):
        """The time of the sync note in Unix seconds, 0 if there is none."""
        return unpack("<I", self.sync[:4])[0] if self.sync else 0

    def note_sync(self, body):
        """Stores a SYNC_NOTE record, as `note_clock` does."""
        self._append(record_types.SYNC_NOTE, body, not self._segments.usable)

    @property
    def claimed(self):
        return bool(self._replayed.owner)

    def owner(self):
        """The owner's key, None if its record is damaged."""
        return self.keystore.decrypt_for_device(self._replayed.owner, b"owner")

    def claim(self, key):
        """Stores the owner's key twice: damage to one record must not remove the owner."""
        encrypted = self.keystore.encrypt_for_device(key, b"owner")
        for _ in range(2):
            self._append(record_types.OWNER, encrypted, True)

    def release(self):
        self._append(record_types.OWNER, b"")
        self._erase_removed()

    # -- the PIN

    @property
    def has_pin(self):
        return PIN in self._replayed.wrapped_keys

    @property
    def has_button_pin(self):
        return BUTTON_PIN in self._replayed.wrapped_keys

    @property
    def locked(self):
        """Whether a PIN is required to read the accounts."""
        return self.keystore.locked and (self.has_pin or self.has_button_pin)

    @property
    def attempts_left(self):
        """The PIN attempts left before the accounts are erased. None: no PIN, or no limit."""
        limit = self.settings["max_pin_failures"]
        return max(0, limit - self.failures) if limit and self.has_pin else None

    def try_key(self, slot, key):
        """Unlocks with a key; returns whether it is right. The attempt is stored before the check."""
        self._record_attempt(record_types.ATTEMPTED)
        if not self.keystore.can_unlock(slot, key):
            return False
        self._record_attempt(record_types.UNLOCKED)
        return self.keystore.unlock(slot, key)

    def set_pin(self, key, salt, memory, passes, lanes):
        """Encrypts everything again under a new key, which is wrapped under `key`.

        Raises NoStoreFile, Locked, StoreFull; then nothing has changed.
        """

        def wrap(new):
            return self.keystore.wrap_with(new, PIN, key, salt, memory, passes, lanes)

        self._reencrypt(wrap)

    def remove_pin(self):
        """Encrypts everything again under a new key, which is wrapped under the device's key."""
        self._reencrypt(self.keystore.wrap_for_device)

    def set_button_pin(self, key, salt, rounds):
        """Also wraps the accounts' key under a key from a PIN entered with the buttons. Raises Locked."""
        self._append(
            record_types.WRAPPED_KEY, self.keystore.wrap_current(BUTTON_PIN, key, salt, rounds), True
        )

    def remove_button_pin(self):
        self._append(record_types.WRAPPED_KEY, bytes((BUTTON_PIN,)))
        self._erase_removed()

    # -- the store as a whole

    def erase(self):
        """Erases the accounts, their key and the PIN."""
        self.keystore.lock()
        self._start_over(self._records_kept_by_erase, self.next_id)

    def reset(self):
        """Erases everything, including another program's data."""
        self.keystore.lock()
        self._start_over(tuple, 1)

    # -- inside

    def _put(self, account):
        encrypted = self.keystore.encrypt(account.pack())
        self._append(record_types.ACCOUNT, pack("<H", account.id) + encrypted, True)

    def _create_key(self):
        """Creates the accounts' key. It is stored twice, because without it all accounts are lost."""
        key = self.keystore.new_key()
        wrap = self.keystore.wrap_for_device(key)
        for _ in range(2):
            self._append(record_types.WRAPPED_KEY, wrap, True)
        self.keystore.unlock_with_device_key()

    def _set_key(self, key):
        self.keystore.set_key(key)

    def _record_attempt(self, value):
        location = self._replayed.attempts_location
        if location is None or not self._log.unary_left(location):
            self._append(record_types.PIN_ATTEMPTS, bytes((min(self.failures, 255), _UNARY_SIZE)))
        self._log.increment(self._replayed.attempts_location, value)

    def _reencrypt(self, wrap):
        """Writes a new generation, encrypted under a new key. `wrap(key)` returns the wrapped key."""
        self._need_usable()
        if not self._segments.usable:
            raise NoStoreFile()
        new = self.keystore.new_key()
        siv = self.keystore.siv_for(new)

        def live():
            for kind, body in self._live_records():
                if kind == record_types.ACCOUNT:
                    plain = self.keystore.decrypt(body[2:])
                    if plain is not None:  # else it is damaged, and is copied as it is
                        body = body[:2] + siv.encrypt(bytes(plain))
                yield kind, body

        critical = [(record_types.WRAPPED_KEY, wrap(new))] + [
            record for record in self._critical_records() if record[0] != record_types.WRAPPED_KEY
        ]
        self._begin_generation(live, self._live_sizes, self.next_id, critical, new)

    def _records_kept_by_erase(self):
        """Yields the records that stay when the accounts are erased."""
        if self._replayed.owner:
            yield record_types.OWNER, self._replayed.owner
        for record in self._other_records():
            yield record
