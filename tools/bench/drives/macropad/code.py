# The usual way to build such a token from Adafruit's libraries: hashes from adafruit_hashlib, the key in the
# source, the code made when the key is pressed and typed by a keyboard layout. For measurement only.

import gc
import time

import board
import busio
import keypad
import usb_cdc
import usb_hid

gc.collect()
free = gc.mem_free()
start = time.monotonic_ns()

import adafruit_ds3231
import adafruit_hashlib as hashlib
from adafruit_hid.keyboard import Keyboard
from adafruit_hid.keyboard_layout_us import KeyboardLayoutUS

import_ms = (time.monotonic_ns() - start) / 1e6
gc.collect()
kept = free - gc.mem_free()

SECRET = b"12345678901234567890"
ALGORITHMS = {"SHA1": (hashlib.sha1, 64), "SHA256": (hashlib.sha256, 64), "SHA512": (hashlib.sha512, 128)}


def hmac(algorithm, key, message):
    new, block = ALGORITHMS[algorithm]
    key = key + bytes(block - len(key))
    inner = new(bytes(b ^ 0x36 for b in key))
    inner.update(message)
    outer = new(bytes(b ^ 0x5C for b in key))
    outer.update(inner.digest())
    return outer.digest()


def code_at(unix, algorithm="SHA1"):
    digest = hmac(algorithm, SECRET, (unix // 30).to_bytes(8, "big"))
    at = digest[-1] & 15
    return "%06d" % ((int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF) % 1000000)


def timed(algorithm):
    began = time.monotonic_ns()
    code_at(1234567890, algorithm)
    return (time.monotonic_ns() - began) / 1e6


rtc = adafruit_ds3231.DS3231(busio.I2C(board.GP5, board.GP4))
keys = keypad.Keys((board.GP15,), value_when_pressed=False, pull=True)
layout = None
port = usb_cdc.data

while True:
    event = keys.events.get()
    if event and event.pressed:
        if layout is None:
            layout = KeyboardLayoutUS(Keyboard(usb_hid.devices))
        layout.write(code_at(time.mktime(rtc.datetime)))
    if port.in_waiting:
        name = port.read(port.in_waiting).decode().strip()
        if name in ALGORITHMS:
            port.write(b"%f\n" % timed(name))
        else:
            gc.collect()
            port.write(b'{"import_ms": %f, "kept": %d, "free": %d}\n' % (import_ms, kept, gc.mem_free()))
