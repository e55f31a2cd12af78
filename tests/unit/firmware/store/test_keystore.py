"""The accounts' key: wrapped in each way, opened by the right key only, gone from RAM when locked."""

import pytest

from fob.crypto.cmac import derive
from fob.crypto.siv import KEY, Siv
from fob.store.keystore import DEVICE, KEYS, PIN, SALT, Locked, Safe
from support.aes import UID, Aes, Dice, make_safe

PIN_KEY, OTHER = bytes([1]) * KEY, bytes([2]) * KEY


def with_pin():
    """A safe that is locked under a PIN, as after plugging in; and what it has sealed."""
    safe = make_safe()
    safe.take(safe.new_key())
    sealed = safe.seal(b"plain")
    safe.wraps[PIN] = safe.wrap_under(safe._key, PIN, PIN_KEY, b"s" * SALT, 65536, 3, 4)
    safe.lock()
    return safe, sealed


def test_a_new_safe_is_locked_and_says_so():
    safe = make_safe()
    assert safe.locked
    for act in (
        lambda: safe.seal(b"plain"),
        lambda: safe.unseal(b"sealed"),
        lambda: safe.wrap_own(KEYS, OTHER, bytes(SALT), 8192),
    ):
        with pytest.raises(Locked):
            act()
    safe.open_device()  # nothing to open
    assert safe.locked


def test_what_the_device_wraps_opens_by_itself_on_this_chip_only():
    safe = make_safe()
    key = safe.new_key()
    wrap = safe.wrap(key)
    safe.take(key)
    sealed = safe.seal(b"plain")
    again = make_safe()
    again.wraps = {DEVICE: wrap}
    again.open_device()
    assert not again.locked
    assert again.unseal(sealed) == b"plain"
    elsewhere = make_safe(bytes(8))
    elsewhere.wraps = {DEVICE: wrap}
    elsewhere.open_device()
    assert elsewhere.locked


def test_a_pin_opens_and_nothing_else_does():
    safe, sealed = with_pin()
    safe.open_device()
    assert safe.locked
    for wrong in (OTHER, bytes(KEY), PIN_KEY[:-1] + b"\0", b"\0" + PIN_KEY[1:]):
        assert not safe.opens(PIN, wrong)
        assert not safe.open(PIN, wrong)
        assert safe.locked
    assert safe.opens(PIN, PIN_KEY)
    assert safe.locked  # it was a question
    assert safe.open(PIN, PIN_KEY)
    assert safe.unseal(sealed) == b"plain"
    safe.lock()
    assert safe.locked
    with pytest.raises(Locked):
        safe.unseal(sealed)


def test_a_wrong_key_leaves_an_open_safe_open():
    safe, sealed = with_pin()
    safe.open(PIN, PIN_KEY)
    assert not safe.open(PIN, OTHER)
    assert safe.unseal(sealed) == b"plain"


def test_a_second_way_to_the_same_key():
    safe, sealed = with_pin()
    safe.open(PIN, PIN_KEY)
    safe.wraps[KEYS] = safe.wrap_own(KEYS, OTHER, b"b" * SALT, 8192)
    safe.lock()
    assert not safe.opens(KEYS, PIN_KEY)
    assert safe.open(KEYS, OTHER)
    assert safe.unseal(sealed) == b"plain"
    assert safe.describe(KEYS) == (b"b" * SALT, 8192, 0, 0)
    assert safe.describe(PIN) == (b"s" * SALT, 65536, 3, 4)


@pytest.mark.parametrize("at", range(0, 16 + KEY, 9))
def test_a_damaged_wrap_does_not_open(at):
    safe, _ = with_pin()
    wrap = bytearray(safe.wraps[PIN])
    wrap[len(wrap) - 1 - at] ^= 8
    safe.wraps[PIN] = bytes(wrap)
    assert not safe.open(PIN, PIN_KEY)
    assert safe.locked


def test_the_wrap_is_for_ever():
    """way, salt, memory, passes, lanes, key sealed with AES-SIV: stores out there have to open."""
    safe = make_safe()
    wrap = safe.wrap_under(OTHER, PIN, PIN_KEY, bytes(range(16)), 65536, 3, 4)
    head = bytes.fromhex("01 000102030405060708090a0b0c0d0e0f 00000100 03 04")
    assert wrap == head + Siv(Aes, PIN_KEY).seal(OTHER, b"ticktap key")
    assert safe.device_key(bytes(16)) == derive(Aes, bytes(16), b"ticktap device", UID, KEY)


def test_what_is_sealed_is_hidden_and_cannot_be_cut():
    safe, sealed = with_pin()
    safe.open(PIN, PIN_KEY)
    assert safe.unseal(sealed[:-1]) is None
    assert b"plain" not in sealed


def test_sealed_for_the_device():
    safe = make_safe()
    one, two = (safe.seal_for_device(OTHER, b"owner") for _ in range(2))
    assert one != two  # a salt of its own
    assert make_safe().unseal_for_device(one, b"owner") == OTHER
    assert safe.unseal_for_device(one, b"other") is None
    assert make_safe(bytes(8)).unseal_for_device(one, b"owner") is None
    for at in range(len(one)):
        changed = bytearray(one)
        changed[at] ^= 1
        assert safe.unseal_for_device(bytes(changed), b"owner") is None


def test_keys_and_salts_are_new_every_time():
    safe = Safe(Aes, UID, Dice())
    made = [safe.new_key() for _ in range(3)] + [safe.salt() for _ in range(3)]
    assert len(set(made)) == 6
    assert [len(each) for each in made] == [KEY] * 3 + [SALT] * 3
