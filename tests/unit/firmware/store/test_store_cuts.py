"""The store on a whole chip, log and segments: the power cut in every flash operation of every change."""

import pytest

from fob.clock.adjustment_limit import AdjustmentLimit
from fob.otp.account import Account
from fob.store.keystore import BUTTON_PIN, PIN
from fob.store.log import StoreFull
from fob.store.token_store import Damaged, TokenStore
from support.aes import make_keystore
from support.flash import Flash, Nvm, PowerCut, Sectors

SECRET = b"\xc0\xde secret %02d \xc0\xde"
PIN_KEY, OTHER_PIN_KEY, BUTTONS_KEY = (bytes([n]) * 64 for n in (1, 2, 3))
OWNER = bytes(range(32))
SECTORS = 60  # as many as fob/hw/sector_file.py uses


def opened(flash):
    return TokenStore(Nvm(flash), Sectors(flash), make_keystore())


def account(n, type="totp", counter=0):
    secret = (SECRET % n) + bytes(4)
    period = 0 if type == "hotp" else 30
    return Account(0, "Issuer", f"name{n}", type, "SHA1", 6, period, counter, "none", secret)


def state(store):
    """Everything that the store is asked for. A PIN that locks it is one of those the tests set."""
    pin = None
    if store.has_pin:
        pin = next(key for key in (PIN_KEY, OTHER_PIN_KEY) if store.keystore.can_unlock(PIN, key))
        store.keystore.unlock(PIN, pin)
    buttons = store.has_button_pin and store.keystore.can_unlock(BUTTON_PIN, BUTTONS_KEY)
    accounts = tuple(tuple(sorted(vars(store.account(id)).items())) for id in store.order)
    owner = store.owner() if store.claimed else None
    settings = tuple(sorted(store.settings.items()))
    return (
        store.name,
        store.default,
        accounts,
        settings,
        pin,
        buttons,
        store.records.failures,
        owner,
        store.clock,
    )


def encrypted(store, id):
    """An account as it lies on the flash."""
    return store.records.body(store.records.replayed.accounts[id])


def filled(accounts=5, sectors=8):
    flash = Flash(sectors)
    store = opened(flash)
    for n in range(accounts - 1):
        store.add(account(n))
    store.add(account(99, "hotp", 7))
    return flash, store


def unlocked(flash):
    store = opened(flash)
    if store.locked:
        assert store.keystore.unlock(PIN, PIN_KEY)
    return store


def fill_log(store, room):
    """Writes what changes nothing until less than `room` bytes are left in the log.

    Long records first: a start reads each, and there are thousands of starts here.
    """
    id = store.order[0]
    usual = store.account(id)
    while (
        store.records.log.free >= 2 * len(encrypted(store, id)) + 96
    ):  # less is kept for what must always go
        store.rename(id, usual.issuer, usual.name)
    while store.records.log.free >= room:
        store.set_default(store.order[0])


CHANGES = {
    "add": lambda s: s.add(account(50)),
    "rename": lambda s: s.rename(2, "Other", "newname"),
    "suffix": lambda s: s.set_suffix(1, "tab"),
    "move": lambda s: s.move(3, 0),
    "default": lambda s: s.set_default(3),
    "remove": lambda s: s.remove(2),
    "name": lambda s: s.set_name("desk"),
    "settings": lambda s: s.change_settings({"min_remaining_s": 5, "long_press_ms": 1000, "layout": "fr"}),
    "press": lambda s: s.use_counter(s.order[-1]),
    "compact": lambda s: s.compact(),
    "reset": lambda s: s.reset(),
    "set a PIN": lambda s: s.set_pin(OTHER_PIN_KEY, bytes(16), 65536, 3, 4),
    "remove the PIN": lambda s: s.remove_pin(),
    "a PIN for the buttons": lambda s: s.set_button_pin(BUTTONS_KEY, bytes(16), 8192),
    "no PIN for the buttons": lambda s: s.remove_button_pin(),
    "a wrong PIN": lambda s: s.has_pin and s.try_key(PIN, bytes(64)),
    "erase": lambda s: s.erase(),
    "claim": lambda s: s.claim(OWNER, bytes(16)),
    "release": lambda s: s.release(),
    "clock": lambda s: s.note_clock(AdjustmentLimit().after_press(1800000000)),
}


def fresh():
    return filled()[0]


def log_full():
    """The next record starts a segment."""
    flash, store = filled()
    fill_log(store, 9)
    return flash


def generations():
    """Everything in segments, the log nearly full again."""
    flash, store = filled()
    store.compact()
    fill_log(store, 9)
    return flash


def segments_full():
    """The next full log needs a new generation."""
    flash, store = filled()
    store.compact()
    while store.records.segments.has_free_sectors:
        fill_log(store, 9)
        store.set_default(2)
    fill_log(store, 9)
    return flash


def locked():
    """With a PIN, a PIN for the buttons and an owner, some wrong tries, the log nearly full again."""
    flash, store = filled()
    store.claim(OWNER, bytes(16))
    store.set_pin(PIN_KEY, bytes(16), 65536, 3, 4)
    store.set_button_pin(BUTTONS_KEY, bytes(16), 8192)
    for _ in range(3):
        store.try_key(PIN, bytes(64))
    fill_log(store, 9)
    return flash


SITUATIONS = [fresh, log_full, generations, segments_full, locked]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s.__name__)
def test_a_cut_anywhere_leaves_before_or_after(situation, change):
    start = situation()
    before = state(opened(start.copy()))
    whole = start.copy()
    store = unlocked(whole)
    count = whole.operations
    CHANGES[change](store)
    after = state(store)
    assert state(opened(whole.copy())) == after
    for operation in range(whole.operations - count):
        for fraction in (0, 0.3, 0.7) if operation % 4 == 0 else (0.5,):
            flash = start.copy()
            store = unlocked(flash)
            flash.cut_at(operation, fraction)
            with pytest.raises(PowerCut):
                CHANGES[change](store)
            flash = flash.copy()
            found = opened(flash)  # locked, if there is a PIN: what a cut began ends without it
            assert state(found) in (before, after), (operation, fraction)
            found.add(account(60))  # and it goes on
            assert state(opened(flash.copy())) == state(found)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s.__name__)
def test_a_cut_while_recovering_from_a_cut(situation):
    start = situation()
    before = state(opened(start.copy()))
    whole = start.copy()
    store = opened(whole)
    count = whole.operations
    store.remove(2)
    after = state(store)
    for operation in range(0, whole.operations - count, 3):
        flash = start.copy()
        store = opened(flash)
        flash.cut_at(operation, 0.6)
        with pytest.raises(PowerCut):
            store.remove(2)
        flash = flash.copy()
        for second in range(0, 60, 3):
            again = flash.copy()
            again.cut_at(second, 0.4)
            try:
                opened(again)
            except PowerCut:
                assert state(opened(again.copy())) in (before, after), (operation, second)
            else:
                break


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s.__name__)
def test_a_removed_secret_is_nowhere_on_the_flash(situation):
    flash = situation()
    store = unlocked(flash)
    gone, other = encrypted(store, 2), encrypted(store, 3)
    assert gone in flash.everything
    assert other in flash.everything
    store.remove(2)
    assert gone not in flash.everything
    assert other in flash.everything
    store.reset()
    assert other not in flash.everything
    assert b"\xc0\xde secret" not in flash.everything  # nor was it ever


def test_records_encrypted_before_a_pin_are_erased():
    """With the old key, which the chip itself could make, nothing of the flash opens any more."""
    flash, store = filled()
    old, wrap = encrypted(store, 2), bytes(store.keystore.wrapped_keys[0])
    store.set_pin(PIN_KEY, bytes(16), 65536, 3, 4)
    assert old not in flash.everything
    assert wrap not in flash.everything
    for changed in (lambda: store.set_pin(OTHER_PIN_KEY, bytes(16), 65536, 3, 4), store.remove_pin):
        old, wrap = encrypted(store, 2), bytes(store.keystore.wrapped_keys[1])
        changed()
        assert old not in flash.everything
        assert wrap not in flash.everything


def test_the_buttons_pin_and_the_owner_leave_the_flash_too():
    flash = locked()
    store = unlocked(flash)
    wrap, owner = bytes(store.keystore.wrapped_keys[BUTTON_PIN]), bytes(store.records.replayed.owner)
    assert wrap in flash.everything
    assert owner in flash.everything
    store.remove_button_pin()
    store.release()
    assert wrap not in flash.everything
    assert owner not in flash.everything
    assert not opened(flash).claimed


def test_a_removal_that_was_cut_is_finished_at_the_next_start():
    start = generations()
    whole = start.copy()
    store = opened(whole)
    gone = encrypted(store, 2)
    count = whole.operations
    store.remove(2)
    for operation in range(1, whole.operations - count):
        flash = start.copy()
        store = opened(flash)
        flash.cut_at(operation, 0.5)
        with pytest.raises(PowerCut):
            store.remove(2)
        flash = flash.copy()
        if 2 not in opened(flash):
            assert gone not in flash.everything, operation


def test_hotp_counters_are_never_used_twice_over_checkpoints_and_cuts():
    flash, store = filled()
    id, used, cuts = store.order[-1], [], 0
    for press in range(3000):
        if press % 7 == 0:
            flash.cut_at(press % 23, 0.5)
        try:
            used.append(store.use_counter(id))
            if press % 5 == 0:
                store.set_default(1 + press % 3)
        except PowerCut:
            cuts += 1
            flash = flash.copy()
            store = opened(flash)
    assert cuts > 100
    assert used == sorted(set(used))


def test_a_thousand_accounts_with_the_store_files_sectors():
    flash = Flash(SECTORS)
    store = opened(flash)
    for n in range(1000):
        store.add(
            Account(0, "Some Service", f"person{n}@example.com", "totp", "SHA1", 6, 30, 0, "none", bytes(20))
        )
    again = opened(flash.copy())
    assert len(again) == 1000
    assert again.account(1000).name == "person999@example.com"
    again.remove(500)
    assert len(opened(flash)) == 1000  # the copy was changed, not this one
    with pytest.raises(StoreFull):
        while True:
            store.add(account(1))
    store.remove(1)
    store.use_counter(store.add(account(7, "hotp", 3)))
    assert state(opened(flash)) == state(store)


def test_a_full_store_file_can_still_be_changed_when_two_sectors_turn_out_to_be_bad():
    """What must move fits into what is left, whatever the sizes of the records."""
    from fob.store.sectors import BadSector

    class TwoBad(Sectors):
        bad = ()

        def write(self, index, image):
            if index in self.bad:
                raise BadSector()
            super().write(index, image)

    flash = Flash(SECTORS)
    store = opened(flash)
    large = Account(0, "i" * 64, "n" * 64, "hotp", "SHA1", 6, 0, 0, "none", bytes(128))
    with pytest.raises(StoreFull):
        while True:
            store.add(large)
    for bad in range(0, SECTORS, 3):
        sectors = TwoBad(flash)
        sectors.bad = (bad, (bad + 20) % SECTORS)
        store = TokenStore(Nvm(flash), sectors, make_keystore())
        for _ in range(1000):
            store.set_default(1 + bad)
        store.remove(store.order[-1])
        store.add(large)
        assert state(opened(flash.copy())) == state(store)


def test_adding_does_not_rewrite_everything():
    flash = Flash(SECTORS)
    store = opened(flash)
    for n in range(600):
        store.add(account(n % 100))
    assert flash.erases < 2 * 600 * 60 / 4060 + 60


def test_removing_writes_only_what_held_it():
    """However many accounts there are: the sector that had it, that sector wiped, and perhaps the log's."""
    flash = Flash(SECTORS)
    store = opened(flash)
    for n in range(400):
        store.add(account(n % 100))
    for id in (1, 200, 399, 400):
        gone, erases = encrypted(store, id), flash.erases
        store.remove(id)
        assert flash.erases - erases <= 5, id
        assert gone not in flash.everything
    before = state(store)
    assert state(opened(flash.copy())) == before
    store.compact()
    assert state(store) == before


def test_every_earlier_record_of_a_removed_account_goes_too():
    flash, store = filled(60, sectors=20)
    bodies = []
    for n in range(3):
        bodies.append(encrypted(store, 2))
        store.rename(2, "Other", f"name {n}")
        fill_log(store, 9)
        store.set_default(1)
    bodies.append(encrypted(store, 2))
    assert len([body for body in bodies if body in flash.everything]) > 1
    store.remove(2)
    assert not [body for body in bodies if body in flash.everything]
    assert state(opened(flash.copy())) == state(store)


def test_no_hotp_press_moves_everything():
    """With 500 accounts."""
    flash = Flash(SECTORS)
    store = opened(flash)
    for n in range(499):
        store.add(account(n % 100))
    id = store.add(account(99, "hotp", 7))
    generation, most = store.records.segments.generation, 0
    for press in range(40_000):
        erases = flash.erases
        assert store.use_counter(id) == 7 + press
        most = max(most, flash.erases - erases)
    assert store.records.segments.generation == generation
    assert most <= 6
    assert state(opened(flash.copy())) == state(store)


def test_moves_and_renames_survive_segments_that_become_one():
    flash, store = filled(90, sectors=20)
    merger, made = store._record_store._merger, []
    make_room = merger._free_sectors
    merger._free_sectors = lambda: made.append(make_room()) or made[-1]
    for n in range(1500):
        store.rename(1 + n % 88, "Issuer" * (1 + n % 9), f"name {n}")
        if n % 40 == 0:
            store.move(1 + n % 88, n % 5)
        elif n % 49 == 0:
            assert state(opened(flash.copy())) == state(store)
    assert made.count(True) > 3
    assert state(opened(flash.copy())) == state(store)


def test_wrong_pins_are_still_counted_after_a_removal():
    """They are in the log, and the last segment, which is written again, has an older count of them."""
    flash, store = filled()
    store.set_pin(PIN_KEY, bytes(16), 65536, 3, 4)
    store.try_key(PIN, bytes(64))
    store.try_key(PIN, PIN_KEY)
    store.compact()
    for _ in range(3):
        store.try_key(PIN, bytes(64))
    assert store.records.failures == 3
    store.remove(2)
    assert store.records.failures == 3
    assert opened(flash.copy()).records.failures == 3


def test_a_damaged_segment_is_not_exchanged_for_the_one_before_it():
    """A segment that took over a log beside what it had: without it, used counters would be used again."""
    flash, store = filled()
    store.compact()
    old = bytes(flash.memory[store.records.segments.active[-1].index + 1])
    was = store.records.segments.active[-1].index + 1
    store.use_counter(store.order[-1])
    store._record_store._merger.move_log()
    assert len(store.records.segments.active) == 1
    new = store.records.segments.active[-1].index + 1
    assert new != was
    flash.memory[was][:] = old  # as if the power had gone before it was wiped
    assert state(opened(flash.copy())) == state(store)
    flash.memory[new][60] ^= 1  # in the first record: a key, which is there twice
    found = opened(flash.copy())
    assert found.account(found.order[-1]).counter == 8


def test_later_damage_to_a_segment_is_not_hidden():
    flash, store = filled(60, sectors=20)
    store.compact()
    segment = store.records.segments.active[0]
    at = bytes(flash.memory[segment.index + 1]).index(encrypted(store, 3)) + 25
    flash.memory[segment.index + 1][at] ^= 1
    store.remove(2)
    found = opened(flash.copy())
    assert 3 in found.order  # as damaged
    with pytest.raises(Damaged):
        found.account(3)


def test_wear_is_spread():
    flash = Flash(12)
    store = opened(flash)
    for _ in range(3):
        store.add(account(1))
    counts = [0] * 13
    erase = flash.erase

    def counted(sector):
        counts[sector] += 1
        erase(sector)

    flash.erase = counted
    for n in range(20000):
        store.set_default(1 + n % 3)
    assert max(counts[1:]) <= 3 * max(1, min(counts[1:]))


def test_a_bad_sector_is_not_used():
    from fob.store.sectors import BadSector

    class VerifyError(Sectors):
        def write(self, index, image):
            if index in (0, 3):
                raise BadSector()
            super().write(index, image)

    flash = Flash(10)
    store = TokenStore(Nvm(flash), VerifyError(flash), make_keystore())
    for n in range(100):
        store.add(account(n % 90))
    assert state(opened(flash.copy())) == state(store)
    assert bytes(flash.memory[1]) == bytes(flash.memory[4]) == b"\xff" * 4096


def test_a_flipped_bit_in_a_segment_costs_one_record():
    flash, store = filled()
    store.compact()
    index = store.records.segments.active[0].index
    at = bytes(flash.memory[index + 1]).index(encrypted(store, 3)) + 25
    flash.memory[index + 1][at] ^= 1
    found = opened(flash.copy())
    assert [found.account(id).name for id in found.order] == ["name0", "name1", "name3", "name99"]
    assert found.records.usage()["damaged"] == 1
    found.set_default(1)
    fill_log(found, 9)
    found.set_default(1)
    found.remove(1)  # a new generation, without the damaged record
    assert opened(flash.copy()).records.usage()["damaged"] == 1  # but not without a word of it
