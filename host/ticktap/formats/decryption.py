"""The ciphers and key derivations of exports, each with a limit on the cost that a file may ask for.

`cryptography` and hashlib do the work. A wrong password cannot be distinguished from a damaged file.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import TypeVar

from ticktap.formats.result import WrongPassword, damaged

MEMORY = 1 << 30  # bytes that a key derivation may use; the largest of any app is 1 GiB
WORK = 4 << 30  # bytes times passes of all derivations of a file; the largest is Ente's, 1 GiB x 4
_TURN = 0.1  # seconds between checks for Ctrl-C
Result = TypeVar("Result")
ROUNDS = 10_000_000  # iterations of PBKDF2


def decrypt_gcm(key: bytes, nonce: bytes, ciphertext: bytes, aad: bytes | None = None) -> bytes:
    """Decrypts AES-GCM. `ciphertext` includes the tag, `aad` is the associated data."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(nonce, ciphertext, aad)
    except (InvalidTag, ValueError):  # ValueError: too short for a tag, or an invalid nonce
        raise WrongPassword from None


def decrypt_cbc(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """Decrypts AES-CBC with PKCS #7 padding. It does not detect changes."""
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
    """PBKDF2 (RFC 8018 section 5.2) with HMAC and that digest."""
    if not 1 <= rounds <= ROUNDS or not 1 <= length <= 128:
        raise damaged("its number of iterations is out of range")
    secret = encoded(password)
    return interruptible(lambda: hashlib.pbkdf2_hmac(digest, secret, salt, rounds, length))


def scrypt_work(n: int, r: int, p: int) -> int:
    """Returns the bytes times passes of a scrypt computation."""
    takes = 128 * n * r if 0 < n <= MEMORY and 0 < r <= 1024 else MEMORY + 1
    if takes > MEMORY or not 1 <= p <= 16:
        raise damaged("its key derivation needs too much memory")
    return takes * p


def check_work(work: int) -> None:
    """Refuses a file whose key derivations take too long, in bytes times passes.

    Raises:
        BadInput: it does.
    """
    if work > WORK:
        raise damaged("its key derivations need too much memory and time")


def scrypt(secret: bytes, salt: bytes, n: int, r: int, p: int) -> bytes:
    """Derives 32 bytes with scrypt (RFC 7914)."""
    check_work(scrypt_work(n, r, p))
    # OpenSSL counts slightly more than 128 n r towards the limit.
    most = 128 * n * r + (1 << 22)
    try:
        return interruptible(lambda: hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=most, dklen=32))
    except (ValueError, OverflowError):  # n is not a power of two
        raise damaged("the parameters of its key derivation are invalid") from None


def argon2id(password: str, salt: bytes, passes: int, kib: int, lanes: int) -> bytes:
    """Derives 32 bytes with Argon2id (RFC 9106)."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    if not (1 <= passes <= 64 and 8 <= kib <= MEMORY >> 10 and 1 <= lanes <= 64):
        raise damaged("its key derivation needs too much memory")
    check_work((kib << 10) * passes)
    secret = encoded(password)
    try:
        derivation = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=kib)
        return interruptible(lambda: derivation.derive(secret))
    except (ValueError, MemoryError):  # ValueError: salt or memory too small
        raise damaged("the parameters of its key derivation are invalid") from None


def interruptible(work: Callable[[], Result]) -> Result:
    """Runs a long computation so that Ctrl-C still ends the program at once.

    It runs in a thread that the interpreter does not wait for on exit.
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
    """Encodes the password in UTF-8; invalid characters make it a wrong one."""
    try:
        return password.encode()
    except UnicodeEncodeError:
        raise WrongPassword from None
