"""The accounts' key: wrapped in each way, opened by the right key only, gone from RAM when locked."""

import pytest

from fob.crypto.cmac import derive
from fob.crypto.siv import KEY_SIZE, Siv
from fob.store.keystore import BUTTON_PIN, DEVICE, PIN, SALT_SIZE, KeyStore, Locked
from support.aes import UID, Aes, Dice, make_safe

PIN_KEY, OTHER = bytes([1]) * KEY_SIZE, bytes([2]) * KEY_SIZE


def with_pin():
    """A safe that is locked under a PIN, as after plugging in; and what it has sealed."""
    keystore = make_safe()
    keystore.set_key(keystore.new_key())
    encrypted = keystore.encrypt(b"plain")
    keystore.wrapped_keys[PIN] = keystore.wrap_with(
        keystore._key, PIN, PIN_KEY, b"s" * SALT_SIZE, 65536, 3, 4
    )
    keystore.lock()
    return keystore, encrypted


def test_a_new_safe_is_locked_and_says_so():
    keystore = make_safe()
    assert keystore.locked
    for act in (
        lambda: keystore.encrypt(b"plain"),
        lambda: keystore.decrypt(b"sealed"),
        lambda: keystore.wrap_current(BUTTON_PIN, OTHER, bytes(SALT_SIZE), 8192),
    ):
        with pytest.raises(Locked):
            act()
    keystore.unlock_with_device_key()  # nothing to open
    assert keystore.locked


def test_what_the_device_wraps_opens_by_itself_on_this_chip_only():
    keystore = make_safe()
    key = keystore.new_key()
    wrap = keystore.wrap_for_device(key)
    keystore.set_key(key)
    encrypted = keystore.encrypt(b"plain")
    again = make_safe()
    again.wrapped_keys = {DEVICE: wrap}
    again.unlock_with_device_key()
    assert not again.locked
    assert again.decrypt(encrypted) == b"plain"
    elsewhere = make_safe(bytes(8))
    elsewhere.wrapped_keys = {DEVICE: wrap}
    elsewhere.unlock_with_device_key()
    assert elsewhere.locked


def test_a_pin_opens_and_nothing_else_does():
    keystore, encrypted = with_pin()
    keystore.unlock_with_device_key()
    assert keystore.locked
    for wrong in (OTHER, bytes(KEY_SIZE), PIN_KEY[:-1] + b"\0", b"\0" + PIN_KEY[1:]):
        assert not keystore.can_unlock(PIN, wrong)
        assert not keystore.unlock(PIN, wrong)
        assert keystore.locked
    assert keystore.can_unlock(PIN, PIN_KEY)
    assert keystore.locked  # it was a question
    assert keystore.unlock(PIN, PIN_KEY)
    assert keystore.decrypt(encrypted) == b"plain"
    keystore.lock()
    assert keystore.locked
    with pytest.raises(Locked):
        keystore.decrypt(encrypted)


def test_a_wrong_key_leaves_an_open_safe_open():
    keystore, encrypted = with_pin()
    keystore.unlock(PIN, PIN_KEY)
    assert not keystore.unlock(PIN, OTHER)
    assert keystore.decrypt(encrypted) == b"plain"


def test_a_second_way_to_the_same_key():
    keystore, encrypted = with_pin()
    keystore.unlock(PIN, PIN_KEY)
    keystore.wrapped_keys[BUTTON_PIN] = keystore.wrap_current(BUTTON_PIN, OTHER, b"b" * SALT_SIZE, 8192)
    keystore.lock()
    assert not keystore.can_unlock(BUTTON_PIN, PIN_KEY)
    assert keystore.unlock(BUTTON_PIN, OTHER)
    assert keystore.decrypt(encrypted) == b"plain"
    assert keystore.describe(BUTTON_PIN) == (b"b" * SALT_SIZE, 8192, 0, 0)
    assert keystore.describe(PIN) == (b"s" * SALT_SIZE, 65536, 3, 4)


@pytest.mark.parametrize("at", range(0, 16 + KEY_SIZE, 9))
def test_a_damaged_wrap_does_not_open(at):
    keystore, _ = with_pin()
    wrap = bytearray(keystore.wrapped_keys[PIN])
    wrap[len(wrap) - 1 - at] ^= 8
    keystore.wrapped_keys[PIN] = bytes(wrap)
    assert not keystore.unlock(PIN, PIN_KEY)
    assert keystore.locked


def test_the_wrap_is_for_ever():
    """way, salt, memory, passes, lanes, key sealed with AES-SIV: stores out there have to open."""
    keystore = make_safe()
    wrap = keystore.wrap_with(OTHER, PIN, PIN_KEY, bytes(range(16)), 65536, 3, 4)
    head = bytes.fromhex("01 000102030405060708090a0b0c0d0e0f 00000100 03 04")
    assert wrap == head + Siv(Aes, PIN_KEY).encrypt(OTHER, b"ticktap key")
    assert keystore.device_key(bytes(16)) == derive(Aes, bytes(16), b"ticktap device", UID, KEY_SIZE)


def test_what_is_sealed_is_hidden_and_cannot_be_cut():
    keystore, encrypted = with_pin()
    keystore.unlock(PIN, PIN_KEY)
    assert keystore.decrypt(encrypted[:-1]) is None
    assert b"plain" not in encrypted


def test_sealed_for_the_device():
    keystore = make_safe()
    one, two = (keystore.encrypt_for_device(OTHER, b"owner") for _ in range(2))
    assert one != two  # a salt of its own
    assert make_safe().decrypt_for_device(one, b"owner") == OTHER
    assert keystore.decrypt_for_device(one, b"other") is None
    assert make_safe(bytes(8)).decrypt_for_device(one, b"owner") is None
    for at in range(len(one)):
        changed = bytearray(one)
        changed[at] ^= 1
        assert keystore.decrypt_for_device(bytes(changed), b"owner") is None


def test_keys_and_salts_are_new_every_time():
    keystore = KeyStore(Aes, UID, Dice())
    made = [keystore.new_key() for _ in range(3)] + [keystore.new_salt() for _ in range(3)]
    assert len(set(made)) == 6
    assert [len(each) for each in made] == [KEY_SIZE] * 3 + [SALT_SIZE] * 3
