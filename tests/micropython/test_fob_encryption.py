"""Encryption, PIN entry, the adjustment limit and sessions on another VM, with an AES of the tests' own."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from fob.crypto.cmac import derive
from fob.crypto.pbkdf2 import Pbkdf2
from micropython import small_aes
from micropython.vm import firmware_files, run
from support.aes import Aes
from support.owner_proofs import Proofs
from support.virtual_desk import Pressed
from unit.firmware.crypto.test_cmac import KEY, MESSAGE, VECTORS
from unit.firmware.crypto.test_siv import A1_BOUND, A1_KEY, A1_PLAIN, A1_SEALED

FILES = {"small_aes.py": Path(small_aes.__file__).read_bytes()}


def printed_by(script: str) -> list[str]:
    return run("import small_aes\n" + script, firmware_files() | FILES).splitlines()


@pytest.mark.parametrize("size", [16, 32])
def test_the_stand_in_is_aes(size: int) -> None:
    dice = random.Random(size)
    for length in (16, 48, 160):
        key, counter, data = dice.randbytes(size), dice.randbytes(8) + b"\xff" * 8, dice.randbytes(length)
        for mode, ours in (
            (modes.CBC(bytes(16)), small_aes.cbc_mac(key, data[:-16], data[-16:])),
            (modes.CTR(counter), by_ctr(key, counter, data)),
        ):
            encryptor = Cipher(algorithms.AES(key), mode).encryptor()
            theirs = encryptor.update(data) + encryptor.finalize()
            assert ours == theirs[-len(ours) :]
            assert len(ours) in (16, length)
    assert by_ctr(key, counter, data[:21]) == by_ctr(key, counter, data)[:21]


def by_ctr(key: bytes, counter: bytes, data: bytes) -> bytes:
    out = bytearray(len(data))
    small_aes.ctr(key, counter, data, out)
    return bytes(out)


def test_cmac_and_derived_keys() -> None:
    script = f"""
from fob.crypto.cmac import Cmac, derive, equal
for size in {list(VECTORS)!r}:
    print(Cmac(small_aes, {KEY!r}).digest({MESSAGE!r}[:size]).hex())
print(derive(small_aes, {bytes(32)!r}, b"label", b"context", 64).hex())
print(equal(b"ab", b"ab"), equal(b"ab", b"ac"), equal(b"ab", b"abc"))
"""
    assert printed_by(script) == [
        *VECTORS.values(),
        derive(Aes, bytes(32), b"label", b"context", 64).hex(),
        "True False False",
    ]


def test_siv() -> None:
    dice = random.Random(1)
    cases = [(dice.randbytes(64), dice.randbytes(size), dice.randbytes(9)) for size in (1, 15, 16, 17, 75)]
    script = f"""
from fob.crypto import siv
for key, plain, bound in {cases!r}:
    siv_cipher = siv.Siv(small_aes, key)
    sealed = siv_cipher.encrypt(plain, bound)
    print(sealed.hex(), siv_cipher.decrypt(sealed, bound) == plain)
    for at in range(0, len(sealed), 7):
        if siv_cipher.decrypt(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1:], bound) is not None:
            print("opened", at)
    if any(siv_cipher.decrypt(*each) is not None for each in ((sealed, bound + b"x"), (sealed[:-1], bound))):
        print("opened")
siv.KEY_SIZE = 32
print(siv.Siv(small_aes, {A1_KEY!r}).encrypt({A1_PLAIN!r}, {A1_BOUND!r}).hex())
"""
    expected = [AESSIV(key).encrypt(plain, [bound]).hex() + " True" for key, plain, bound in cases]
    assert printed_by(script) == [*expected, A1_SEALED.hex()]


def test_pbkdf2_and_pin_entry() -> None:
    script = """
from fob.app.pin_entry import PinEntry
from fob.crypto.pbkdf2 import Pbkdf2
derivation, key = Pbkdf2(small_aes, "2413", bytes(16), 50), None
while key is None:
    key = derivation.step(20)
print(key.hex())
pad, now = PinEntry(1), 0
for digit in (2, 4, 1, 3):
    for _ in range(digit):
        now += 100
        pad.click(0, now)
    now += 1200
    print(pad.step(now))
print(pad.is_open, pad.finish(), pad.is_open, pad.step(now + 30000))
pad.click(0, 0)
print(pad.step(1300), pad.step(30000))
"""
    key = Pbkdf2(Aes, "2413", bytes(16), 50).step(50)
    assert printed_by(script) == [
        key.hex(),
        *["digit"] * 4,
        "True 2413 False None",
        "digit cancelled",
    ]


def test_the_subsecond_and_the_adjustment_limit() -> None:
    """With times beyond 31 bits, which are no small integers there."""
    script = """
from fob.clock.adjustment_limit import AdjustmentLimit
from fob.clock.subsecond import Subsecond
subsecond, base = Subsecond(), 4102444000
print(subsecond.next_read(0))
for unix, before, after in ((base, 1000, 1001), (base + 1, 1500, 1501), (base + 1, 1250, 1251)):
    subsecond.add_read(unix, before, after)
print(subsecond.elapsed(base + 1, 2000), subsecond.next_read(1600))
subsecond.add_set(base, 5000000000, 5000000002)
print(subsecond.elapsed(base, 5000000100), subsecond.elapsed(base, 5001000100))
limit = AdjustmentLimit(AdjustmentLimit(AdjustmentLimit().after_press(base)).after_move(-300, 500))
print(limit.sets, limit.moved, limit.allowed(base + 86400), limit.left(base))
print(limit.fits(-1700, 1500, base), limit.fits(-1701, 0, base), limit.fits(0, 1501, base))
print(limit.before_move(-9, -8).hex())
"""
    assert printed_by(script) == [
        "None",
        "(749, 1000) 2125",
        "(98, 100) (1000048, 1000150)",
        "2 100 2432 1500",
        "True False False",
        "03000000e05386f4cbfefffff4010000",
    ]


def test_an_owners_session() -> None:
    key, host_nonce, token_nonce = bytes(range(32)), bytes(16), bytes(range(16))
    ours = Proofs(key, "DE63", token_nonce, host_nonce)
    text = '{"method": "hello é"}'
    script = f"""
from fob.rpc import session_calls
from fob.rpc.access import CHANGE, Access, Denied
class Store:
    claimed = True
    def owner(self):
        return {key!r}
class System:
    serial = "DE63"
    aes = small_aes
    def random(self, size):
        return bytes(range(size))
access = Access(Store(), System())
print(session_calls.open_proof(access, {host_nonce!r}) == {token_nonce!r})
print(session_calls.prove(access, {ours.host!r}, 0) == {ours.token!r})
for sequence, proof in ((1, {ours.call(1, text)!r}), (1, {ours.call(1, text)!r}), (2, {bytes(16)!r}),
                        (2, {ours.call(2, text)!r})):
    try:
        print(session_calls.call(access, sequence, {text!r}, proof, 1))
    except Denied as error:
        print("denied", error.owner)
try:
    access.check(CHANGE, False)
except Denied as error:
    print("denied", error.owner)
"""
    assert printed_by(script) == [
        *["True", "True", "True", "denied True", "denied True", "True"],
        "denied True",
    ]


def sealed(session: Pressed) -> tuple[int, str, bytes]:
    """Number, text and MAC of a call."""
    call = session.seal("hello", name="é")
    return call["seq"], call["call"], base64.b64decode(call["mac"])


def test_a_session_that_a_press_allows() -> None:
    pressed = Pressed()
    first, second, third = (sealed(pressed) for _ in range(3))
    wrong = (*second[:2], first[2])
    script = f"""
from fob.rpc import session_calls
from fob.rpc.access import CHANGE, PRESS_MS, Access, Denied
class Store:
    claimed = False
class System:
    aes = small_aes
access = Access(Store(), System())
session_calls.allow(access, {base64.b64decode(pressed.key)!r}, 0)
for given, now in (({first!r}, PRESS_MS - 1), ({first!r}, PRESS_MS), ({wrong!r}, PRESS_MS),
                   ({second!r}, 2 * PRESS_MS - 2), ({third!r}, 3 * PRESS_MS - 2)):
    try:
        print(session_calls.call(access, *given, now))
    except Denied as error:
        print("denied", error.owner)
access.check(CHANGE, True)
try:
    access.check(CHANGE, False)
except Denied as error:
    print("denied", error.owner)
"""
    assert printed_by(script) == [
        *["True", "denied False", "denied False", "True", "False"],
        "denied False",
    ]


def test_a_store_with_a_pin() -> None:
    """The whole of it, in a log and segments that are bytes."""
    script = """
from fob.otp.account import Account
from fob.store.keystore import PIN, KeyStore
from fob.store.token_store import TokenStore
class Dice:
    thrown = 0
    def __call__(self, size):
        Dice.thrown += 1
        return bytes([(Dice.thrown * 37 + i) & 255 for i in range(size)])
class Sectors:
    count = 8
    kept = [b"\\xff" * 4096] * 8
    def read(self, index, start, size):
        return self.kept[index][start:start + size]
    def read_into(self, index, start, out):
        out[:] = self.kept[index][start:start + len(out)]
    def load(self, index, page):
        page[:] = self.kept[index]
    def write(self, index, image):
        self.kept[index] = bytes(image)
class Cells:
    kept = bytearray(b"\\xff" * 4096)
    def __len__(self):
        return 4096
    def __getitem__(self, where):
        return self.kept[where]
    def __setitem__(self, where, data):
        self.kept[where] = data
cells, sectors = Cells(), Sectors()
def opened():
    return TokenStore(cells, sectors, KeyStore(small_aes, b"12345678", Dice()))
store = opened()
store.add(Account(0, "Issuer", "alice", "hotp", "SHA1", 6, 0, 7, "none", b"12345678901234567890"))
store.claim(bytes(32), bytes(16))
store.set_pin(b"k" * 64, b"s" * 16, 65536, 3, 4)
print(store.use_counter(1), store.locked)
store = opened()
print(store.locked, store.attempts_left, store.claimed, store.owner() == bytes(32))
print(store.try_key(PIN, b"x" * 64), store.attempts_left, store.try_key(PIN, b"k" * 64), store.attempts_left)
print(store.account(1).name, store.use_counter(1))
print(b"alice" in bytes(cells.kept) or [1 for image in sectors.kept if b"alice" in image])
"""
    assert printed_by(script) == [
        "7 False",
        "True 8 True True",
        "False 7 True 8",
        "alice 8",
        "[]",
    ]
