"""How many wrong PINs are taken: three for each time it is plugged in, eight in a row, over any power cut."""

import pytest

from fob.otp.account import Account
from fob.store.keystore import BUTTON_PIN, PIN
from fob.store.log import StoreFull
from fob.store.pin_attempts import PinAttempts, PinNotSet, ReplugRequired, WrongPin
from fob.store.sectors import BadSector
from fob.store.token_store import TokenStore
from support.aes import make_keystore
from support.flash import Flash, Nvm, PowerCut, Sectors

RIGHT, WRONG, BUTTONS = bytes([1]) * 64, bytes([2]) * 64, bytes([3]) * 64


def opened(flash):
    return TokenStore(Nvm(flash), Sectors(flash), make_keystore())


def account():
    return Account(0, "Issuer", "alice", "totp", "SHA1", 6, 30, 0, "none", b"s" * 20)


def locked(wipe=8, keys=False, name="desk"):
    """The flash of a token with a PIN and one account."""
    flash = Flash()
    store = opened(flash)
    store.add(account())
    store.set_name(name)
    store.change_settings({"max_pin_failures": wipe, "min_remaining_s": 5})
    store.set_pin(RIGHT, bytes(16), 65536, 3, 4)
    if keys:
        store.set_button_pin(BUTTONS, bytes(16), 8192)
    store.claim(bytes(32), bytes(16))
    return flash


def attempts_of(store, erased=lambda: None):
    return PinAttempts(store, erased)


def tried(pin_attempts, key=WRONG, slot=PIN):
    """What became of a try: how many are left, or the name of what was raised."""
    try:
        pin_attempts.try_key(key, slot)
    except WrongPin as error:
        return error.left
    except (ReplugRequired, PinNotSet) as error:
        return type(error).__name__
    return "open"


def test_without_a_pin():
    store = opened(Flash())
    pin_attempts = attempts_of(store)
    assert tried(pin_attempts) == tried(pin_attempts, slot=BUTTON_PIN) == "PinNotSet"
    assert pin_attempts.describe() == {
        **{"set": False, "locked": False, "tries": None, "erases": True, "replug": False, "keys": False}
    }


def test_three_for_each_time_it_is_plugged_in():
    flash = locked()
    pin_attempts = attempts_of(opened(flash))
    assert [tried(pin_attempts) for _ in range(3)] == [7, 6, 5]
    assert pin_attempts.describe() == {
        **{"set": True, "locked": True, "tries": 5, "erases": True, "replug": True, "keys": False}
    }
    assert tried(pin_attempts, RIGHT) == "ReplugRequired"  # not even the right one
    assert tried(pin_attempts) == "ReplugRequired"
    pin_attempts = attempts_of(opened(flash))
    assert pin_attempts.describe()["tries"] == 5  # and those refused were not counted
    assert tried(pin_attempts, RIGHT) == "open"


def test_the_right_one_begins_anew():
    flash = locked()
    for _ in range(5):
        pin_attempts = attempts_of(opened(flash))
        assert [tried(pin_attempts), tried(pin_attempts), tried(pin_attempts, RIGHT)] == [7, 6, "open"]
        assert [tried(pin_attempts), tried(pin_attempts), tried(pin_attempts, RIGHT)] == [7, 6, "open"]
        assert pin_attempts.describe()["tries"] == 8
    assert len(opened(flash)) == 1


def test_the_eighth_erases_accounts_and_pin_and_nothing_else():
    flash = locked()
    left, encrypted = [], None
    for _ in range(3):
        store = opened(flash)
        encrypted = encrypted or store.records.body(store.records.replayed.accounts[1])
        pin_attempts = attempts_of(store)
        left += [tried(pin_attempts) for _ in range(3 if len(left) < 6 else 2)]
    assert left == [7, 6, 5, 4, 3, 2, 1, 0]
    assert encrypted[2:] not in flash.everything
    for after in (store, opened(flash.copy())):
        assert (len(after), after.has_pin, after.locked, after.records.failures) == (0, False, False, 0)
        assert (after.name, after.settings["min_remaining_s"], after.owner()) == ("desk", 5, bytes(32))
        assert after.attempts_left is None
    assert tried(pin_attempts, RIGHT) == "PinNotSet"
    assert store.add(account()) == 2  # no id is used twice


@pytest.mark.parametrize("limit", [3, 4, 20])
def test_another_limit(limit):
    flash, left = locked(limit), []
    while not left or left[-1]:
        pin_attempts = attempts_of(opened(flash))
        for _ in range(3):
            left.append(tried(pin_attempts))
            if not left[-1]:
                break
    assert left == list(range(limit - 1, -1, -1))
    assert len(opened(flash)) == 0


def test_erasing_is_told_once():
    flash, told = locked(3), []
    pin_attempts = attempts_of(opened(flash), lambda: told.append(len(opened(flash))))
    assert [tried(pin_attempts) for _ in range(3)] == [2, 1, 0]
    assert told == [0]  # after it was done


def test_no_limit():
    flash = locked(0)
    for _ in range(30):
        pin_attempts = attempts_of(opened(flash))
        assert [tried(pin_attempts) for _ in range(4)] == [None, None, None, "ReplugRequired"]
        assert pin_attempts.describe()["tries"] is None
        assert not pin_attempts.describe()["erases"]
    assert tried(attempts_of(opened(flash)), RIGHT) == "open"


def test_both_ways_count_together():
    flash = locked(keys=True)
    pin_attempts = attempts_of(opened(flash))
    assert [
        tried(pin_attempts, slot=BUTTON_PIN),
        tried(pin_attempts),
        tried(pin_attempts, RIGHT, BUTTON_PIN),
    ] == [7, 6, 5]
    assert tried(pin_attempts, BUTTONS, BUTTON_PIN) == "ReplugRequired"
    assert tried(attempts_of(opened(flash)), BUTTONS, BUTTON_PIN) == "open"
    assert opened(flash).attempts_left == 8


def test_attempts_are_counted_over_full_logs():
    flash = locked(0)
    for number in range(1, 400):
        store = opened(flash)
        attempts_of(store).try_key(RIGHT) if number % 100 == 0 else tried(attempts_of(store))
        expected = number % 100
        assert store.records.failures == opened(flash).records.failures == expected


@pytest.mark.parametrize("key", [WRONG, RIGHT], ids=["wrong", "right"])
def test_no_power_cut_gives_a_free_attempt(key):
    """The power goes in every flash operation of a try; the answer was not given, or the try is counted."""
    start = locked()
    for tries in (0, 2):
        before = start.copy()
        for _ in range(tries):
            tried(attempts_of(opened(before)))
        whole = before.copy()
        store = opened(whole)
        count = whole.operations
        tried(attempts_of(store), key)
        for operation in range(whole.operations - count):
            for fraction in (0, 0.2, 0.5, 0.8):
                flash = before.copy()
                store = opened(flash)
                flash.cut_at(operation, fraction)
                with pytest.raises(PowerCut):
                    attempts_of(store).try_key(key)
                assert store.keystore.locked
                after = opened(flash.copy()).records.failures
                assert after in ((tries, tries + 1, 0) if key == RIGHT else (tries, tries + 1))


def test_the_attempt_is_on_the_flash_before_the_key_is_checked():
    flash = locked()
    store = opened(flash)
    can_unlock, counted = store.keystore.can_unlock, []

    def watched(slot, key):
        counted.append(opened(flash.copy()).records.failures)
        return can_unlock(slot, key)

    store.keystore.can_unlock = watched
    pin_attempts = attempts_of(store)
    assert [tried(pin_attempts), tried(pin_attempts), tried(pin_attempts, RIGHT)] == [7, 6, "open"]
    assert counted == [1, 2, 3]


def test_a_power_cut_between_the_last_attempt_and_the_erasing_saves_nothing():
    flash = locked(3)
    store = opened(flash)
    tried(attempts_of(store))
    tried(attempts_of(store))
    whole = flash.copy()
    last = opened(whole)
    count = whole.operations
    assert tried(attempts_of(last)) == 0
    cuts = 0
    for operation in range(1, whole.operations - count):
        again = flash.copy()
        store = opened(again)
        again.cut_at(operation, 0.5)
        with pytest.raises(PowerCut):
            attempts_of(store).try_key(WRONG)
        found = opened(again.copy())
        assert (len(found), found.has_pin) == (0, False), operation
        assert (found.name, found.owner()) == ("desk", bytes(32))
        cuts += 1
    assert cuts > 10


class WornSectors(Sectors):
    """Sectors that can be read and no longer written."""

    def write(self, index, image):
        raise BadSector()


def test_no_pin_is_taken_while_the_erasing_cannot_be_written():
    """The last attempt is counted, the accounts stay on the flash, and not even the right PIN opens them."""
    flash = locked(3)

    def worn():
        return TokenStore(Nvm(flash), WornSectors(flash), make_keystore())

    pin_attempts = attempts_of(worn())
    assert [tried(pin_attempts) for _ in range(2)] == [2, 1]
    with pytest.raises(StoreFull):
        pin_attempts.try_key(WRONG)
    assert pin_attempts.describe()["tries"] == 0
    for _ in range(2):
        assert tried(pin_attempts, RIGHT) == "ReplugRequired"
        pin_attempts = attempts_of(store := worn())  # plugged in again
        assert (len(store), store.has_pin, store.locked, store.attempts_left) == (1, True, True, 0)
    store = opened(flash)  # now it can be written
    assert (len(store), store.has_pin, store.records.failures) == (0, False, 0)
