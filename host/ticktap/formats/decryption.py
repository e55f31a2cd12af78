"""The ciphers and key derivations that exports are saved with, each with a bound on what a file may ask for.

Thin: `cryptography` and hashlib do the work. A wrong password and a damaged file look the same, as they must.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import TypeVar

from ticktap.formats.result import WrongPassword, damaged

MEMORY = 1 << 30  # bytes that a key derivation may take; the largest that an app writes is 1 GiB
WORK = 4 << 30  # bytes times passes that all derivations of a file may take; the largest is Ente's, 1 GiB x 4
_TURN = 0.1  # seconds between looks for Ctrl-C
Result = TypeVar("Result")
ROUNDS = 10_000_000  # of PBKDF2


def decrypt_gcm(key: bytes, nonce: bytes, ciphertext: bytes, aad: bytes | None = None) -> bytes:
    """AES-GCM; `sealed` is ciphertext and tag."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(nonce, ciphertext, aad)
    except (InvalidTag, ValueError):  # ValueError: too short for a tag, or no nonce of AES-GCM
        raise WrongPassword from None


def decrypt_cbc(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """AES-CBC with PKCS #7 padding. Says nothing of whether the bytes were changed."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC
    from cryptography.hazmat.primitives.padding import PKCS7

    try:
        decryptor = Cipher(AES(key), CBC(iv)).decryptor()
        unpadder = PKCS7(128).unpadder()
        return unpadder.update(decryptor.update(ciphertext) + decryptor.finalize()) + unpadder.finalize()
    except ValueError:
        raise WrongPassword from None


def pbkdf2(digest: str, password: str, salt: bytes, rounds: int, length: int = 32) -> bytes:
    """PBKDF2 (RFC 8018 section 5.2) with HMAC of that digest."""
    if not 1 <= rounds <= ROUNDS or not 1 <= length <= 128:
        raise damaged("it asks for an impossible number of rounds")
    secret = encoded(password)
    return interruptible(lambda: hashlib.pbkdf2_hmac(digest, secret, salt, rounds, length))


def scrypt_work(n: int, r: int, p: int) -> int:
    """Bytes times passes of a scrypt."""
    takes = 128 * n * r if 0 < n <= MEMORY and 0 < r <= 1024 else MEMORY + 1
    if takes > MEMORY or not 1 <= p <= 16:
        raise damaged("it asks for an impossible amount of memory")
    return takes * p


def check_work(work: int) -> None:
    """Refuses a file whose key derivations together take too long, in bytes times passes.

    Raises:
        BadInput: it does.
    """
    if work > WORK:
        raise damaged("it asks for an impossible amount of memory and time")


def scrypt(secret: bytes, salt: bytes, n: int, r: int, p: int) -> bytes:
    """32 bytes of scrypt (RFC 7914)."""
    check_work(scrypt_work(n, r, p))
    # OpenSSL counts a little more than 128 n r against the limit.
    most = 128 * n * r + (1 << 22)
    try:
        return interruptible(lambda: hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=most, dklen=32))
    except (ValueError, OverflowError):  # n is no power of two
        raise damaged("its key derivation is impossible") from None


def argon2id(password: str, salt: bytes, passes: int, kib: int, lanes: int) -> bytes:
    """32 bytes of Argon2id (RFC 9106)."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    if not (1 <= passes <= 64 and 8 <= kib <= MEMORY >> 10 and 1 <= lanes <= 64):
        raise damaged("it asks for an impossible amount of memory")
    check_work((kib << 10) * passes)
    secret = encoded(password)
    try:
        derivation = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=kib)
        return interruptible(lambda: derivation.derive(secret))
    except (ValueError, MemoryError):  # ValueError: salt or memory too small
        raise damaged("its key derivation is impossible") from None


def interruptible(work: Callable[[], Result]) -> Result:
    """Does something long that cannot be interrupted, so that Ctrl-C still ends the program at once.

    It is done in another thread, which the interpreter does not wait for at its end.
    """
    done: list[Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_TURN)
    if failed:
        raise failed[0]
    return done[0]


def encoded(password: str) -> bytes:
    """The password in UTF-8; what is no character makes it a wrong one."""
    try:
        return password.encode()
    except UnicodeEncodeError:
        raise WrongPassword from None
