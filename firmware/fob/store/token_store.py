"""The token store: accounts and their order, HOTP counters, settings, keys, the token's name.

Every change is on the flash when its method returns (record_store.py).
"""

from struct import pack, unpack

from ..otp.account import unpack_account
from . import record_types, settings
from .keystore import BUTTON_PIN, PIN, SALT_SIZE
from .live_records import critical_records, live_records, live_sizes, other_records
from .locations import skip_bytes
from .log import BLANK, OK, StoreFull
from .record_store import NoStoreFile, RecordStore, need_usable
from .record_types import STUB_SIZE
from .unary_records import record_attempt, use_counter

NO_KEY = "no-key"  # there are accounts, and the records of their key are damaged

_LAST_COUNTER = (1 << 64) - 1  # is not used: the next one would not fit into a record


class Damaged(Exception):
    """The record of an account cannot be decrypted."""


class TokenStore:
    """The token's data.

    Args:
        nvm: see Log.
        sectors: see Segments.
        keystore: the KeyStore.

    Attributes:
        records: the StoredRecords, for their size and the count of wrong PINs.
        settings: the settings, a dict that is never replaced by another object.
    """

    def __init__(self, nvm, sectors, keystore):
        self._record_store = RecordStore(nvm, sectors)
        self.records = self._record_store.records
        self.settings = self.records.settings
        self.keystore = keystore
        keystore.wrapped_keys = self.records.wrapped_keys
        keystore.unlock_with_device_key()
        if self.attempts_left == 0:
            try:
                self.erase()
            except (NoStoreFile, StoreFull):
                pass  # the segments cannot be written now; until then no PIN is accepted

    # -- reading

    @property
    def state(self):
        """The state of the records (StoredRecords.state), or "no-key"."""
        state = self.records.state
        if state in (OK, BLANK) and self.order and self.keystore.locked and not self.locked:
            return NO_KEY
        return state

    @property
    def usable(self):
        """Whether the store can be read and changed."""
        return self.state in (OK, BLANK)

    @property
    def order(self):
        """The ids of the accounts in the order of the token."""
        return self.records.replayed.order

    @property
    def default(self):
        """The id of the default account, None if there is no account."""
        return self.records.replayed.default

    @property
    def name(self):
        return self.records.replayed.name

    @property
    def key_loaded(self):
        """Whether the accounts' key is in RAM. Without it no account can be read."""
        return not self.keystore.locked

    def __len__(self):
        return len(self.records.replayed.order)

    def __contains__(self, id):
        return id in self.records.replayed.accounts

    def account(self, id):
        """The Account, with its current HOTP counter. Raises KeyError, Locked, Damaged."""
        account = unpack_account(id, self.decrypted(id))
        if id in self.records.replayed.counters:
            account.counter = self.records.counter(self.records.replayed.counters[id])
        return account

    def decrypted(self, id):
        """The decrypted bytes of an account (otp/account.py), as a view (crypto/siv.py).

        Raises KeyError, Locked, Damaged.
        """
        plain = self.keystore.decrypt(
            self.records.read(skip_bytes(self.records.replayed.accounts[id], STUB_SIZE))
        )
        if plain is None or plain[0] | plain[1] << 8 != id:
            raise Damaged()
        return plain

    # -- accounts

    def add(self, account):
        """Adds an account at the end. Returns its new id. Raises StoreFull, Locked."""
        need_usable(self.state)
        if not self.records.replayed.wrapped_keys:
            self._create_key()
        account.id = self.records.next_id
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
        self.records.replayed.accounts[id]
        self._append(record_types.MOVE, pack("<HH", id, min(position, len(self.order) - 1)))

    def set_default(self, id):
        self.records.replayed.accounts[id]
        self._append(record_types.DEFAULT, pack("<H", id))

    def remove(self, id):
        """Removes an account. With segments its secret is erased from the flash when this returns."""
        self.records.replayed.accounts[id]
        self._append(record_types.REMOVE, pack("<H", id))
        self._record_store.erase_removed()

    def use_counter(self, id):
        """Returns the HOTP counter to use and stores it as used. Raises StoreFull; then it is not used."""
        counter = self.account(id).counter
        if counter >= _LAST_COUNTER:
            raise StoreFull()
        use_counter(self._record_store, id, counter)
        return counter

    # -- the token

    def set_name(self, name):
        self._append(record_types.NAME, name.encode("utf-8"), True)

    def change_settings(self, changes):
        """Changes all settings of a dict, or none. Raises KeyError, ValueError (settings.encode)."""
        need_usable(self.state)
        data = b"".join([pack("<BH", *settings.encode(name, value)) for name, value in changes.items()])
        if data:
            self._append(record_types.SETTING, data, True)

    @property
    def clock(self):
        """The body of the latest CLOCK record, or None."""
        return self.records.replayed.clock

    def note_clock(self, body):
        """Stores a CLOCK record.

        Anyone may set the clock within the adjustment limit. Without segments this must not use the room that
        is reserved for counters.
        """
        self._append(record_types.CLOCK, body, not self.records.segments.usable)

    @property
    def sync(self):
        """The body of the latest SYNC_NOTE record, or None."""
        return self.records.replayed.sync_note

    @property
    def synced(self):
        """The time of the sync note in Unix seconds, 0 if there is none."""
        return unpack("<I", self.sync[:4])[0] if self.sync else 0

    def note_sync(self, body):
        """Stores a SYNC_NOTE record, as `note_clock` does."""
        self._append(record_types.SYNC_NOTE, body, not self.records.segments.usable)

    @property
    def claimed(self):
        return bool(self.records.replayed.owner)

    @property
    def owner_salt(self):
        """The salt from which the owner derives the key of this token; None without an owner."""
        return self.records.replayed.owner[:SALT_SIZE] if self.claimed else None

    def owner(self):
        """The owner's key, None if its record is damaged."""
        return self.keystore.decrypt_for_device(self.records.replayed.owner[SALT_SIZE:], b"owner")

    def claim(self, key, salt):
        """Stores the owner's key and its salt twice: damage to one record must not remove the owner."""
        encrypted = salt + self.keystore.encrypt_for_device(key, b"owner")
        for _ in range(2):
            self._append(record_types.OWNER, encrypted, True)

    def release(self):
        self._append(record_types.OWNER, b"")
        self._record_store.erase_removed()

    # -- the PIN

    @property
    def has_pin(self):
        return PIN in self.records.replayed.wrapped_keys

    @property
    def has_button_pin(self):
        return BUTTON_PIN in self.records.replayed.wrapped_keys

    @property
    def locked(self):
        """Whether a PIN is required to read the accounts."""
        return self.keystore.locked and (self.has_pin or self.has_button_pin)

    @property
    def attempts_left(self):
        """The PIN attempts left before the accounts are erased. None: no PIN, or no limit."""
        limit = self.settings["max_pin_failures"]
        return max(0, limit - self.records.failures) if limit and self.has_pin else None

    def try_key(self, slot, key):
        """Unlocks with a key; returns whether it is right. The attempt is stored before the check."""
        record_attempt(self._record_store, record_types.ATTEMPTED)
        if not self.keystore.can_unlock(slot, key):
            return False
        record_attempt(self._record_store, record_types.UNLOCKED)
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
        self._record_store.erase_removed()

    # -- the store as a whole

    def recover(self):
        """Reads all records again if an exception has left the state in RAM different from the flash."""
        self.records.recover()
        self.keystore.unlock_with_device_key()

    def compact(self):
        """See RecordStore.compact."""
        need_usable(self.state)
        self._record_store.compact()

    def erase(self):
        """Erases the accounts, their key and the PIN."""
        self.keystore.lock()
        self._record_store.start_over(self._records_kept_by_erase, self.records.next_id)

    def reset(self):
        """Erases everything, including another program's data."""
        self.keystore.lock()
        self._record_store.start_over(tuple, 1)

    # -- inside

    def _append(self, kind, body, growing=False):
        """See RecordStore.append. Without the accounts' key nothing is changed."""
        need_usable(self.state)
        self._record_store.append(kind, body, growing)

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

    def _reencrypt(self, wrap):
        """Writes a new generation, encrypted under a new key. `wrap(key)` returns the wrapped key."""
        need_usable(self.state)
        if not self.records.segments.usable:
            raise NoStoreFile()
        new = self.keystore.new_key()
        siv = self.keystore.siv_for(new)

        def live():
            for kind, body in live_records(self.records):
                if kind == record_types.ACCOUNT:
                    plain = self.keystore.decrypt(body[2:])
                    if plain is not None:  # else it is damaged, and is copied as it is
                        body = body[:2] + siv.encrypt(bytes(plain))
                yield kind, body

        critical = [(record_types.WRAPPED_KEY, wrap(new))] + [
            record for record in critical_records(self.records) if record[0] != record_types.WRAPPED_KEY
        ]
        self._record_store.begin_generation(
            live,
            lambda: live_sizes(self.records),
            self.records.next_id,
            critical,
            lambda: self.keystore.set_key(new),
        )

    def _records_kept_by_erase(self):
        """Yields the records that stay when the accounts are erased."""
        if self.records.replayed.owner:
            yield record_types.OWNER, self.records.replayed.owner
        for record in other_records(self.records):
            yield record
