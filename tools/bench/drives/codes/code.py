# Times the firmware's codes on the chip. Reads "SHA1 native" or "SHA512 own"; answers with JSON, in ms: the
# first code of a new key, the next codes of the same key, and the interpreter's own hashing if it has any.

import hashlib
import time

import usb_cdc

from fob.crypto.hmac import Hmac
from fob.otp import otp

SIZES = {"SHA1": 20, "SHA256": 32, "SHA512": 64}
ROUNDS = 5
port = usb_cdc.data


def since(began):
    return (time.monotonic_ns() - began) / 1e6


def measure(algorithm, native):
    key = bytes(range(SIZES[algorithm]))
    Hmac(algorithm, key, native)  # loads what it needs
    began = time.monotonic_ns()
    mac = Hmac(algorithm, key, native)
    otp.hotp(mac, 0)
    first = since(began)
    began = time.monotonic_ns()
    for counter in range(ROUNDS):
        otp.hotp(mac, counter)
    return first, since(began) / ROUNDS


def bare():
    """Two hashes of a little over one block, the least that HMAC needs."""
    inner, outer = bytes(72), bytes(84)
    began = time.monotonic_ns()
    for _ in range(ROUNDS):
        hashlib.new("sha1", inner).digest()
        hashlib.new("sha1", outer).digest()
    return since(began) / ROUNDS


while True:
    if port.in_waiting:
        words = port.read(port.in_waiting).decode().split()
        if words[0] == "bare":
            port.write(b"%f\n" % bare())
        else:
            port.write(b"[%f, %f]\n" % measure(words[0], words[1] == "native"))
