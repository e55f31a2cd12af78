"""What the writers of exports share; made from standards, not with the code that is tested."""

import base64
import csv
import io
import json
import os
from urllib.parse import quote

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id


def b32(secret, padded=False):
    text = base64.b32encode(secret).decode()
    return text if padded else text.rstrip("=")


def b64(data):
    return base64.b64encode(data).decode()


def document(value):
    return json.dumps(value).encode()


def argon2(password, salt, passes, kib, lanes):
    derivation = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=kib)
    return derivation.derive(password.encode())


def gcm(key, plain, bound=None):
    """Nonce, and ciphertext with its tag."""
    nonce = os.urandom(12)
    return nonce, AESGCM(key).encrypt(nonce, plain, bound)


def cbc(key, iv, plain):
    count = 16 - len(plain) % 16
    encryptor = Cipher(AES(key), CBC(iv)).encryptor()
    return encryptor.update(plain + bytes([count]) * count) + encryptor.finalize()


def uri(account):
    """As Aegis and Ente Auth print them."""
    moving = f"counter={account.counter}" if account.type == "hotp" else f"period={account.period}"
    return (
        f"otpauth://{account.type}/{quote(account.issuer)}:{quote(account.name)}?{moving}&digits={account.digits}"
        f"&algorithm={account.algorithm}&secret={b32(account.secret)}&issuer={quote(account.issuer)}"
    )


def table(heading, rows):
    out = io.StringIO()
    csv.writer(out).writerows([heading, *rows])
    return out.getvalue().encode()


def signed(data):
    return [each - 256 if each > 127 else each for each in data]
