"""The smaller modules: files, settings, time, pins, lights, and what Python's own modules must not offer."""

import pytest

TRY = """
def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)
"""
SETTINGS = """
# a comment
PLAIN = "text"   # and another
NUMBER = 42
HEX = 0x1F
NEGATIVE=-7
ESCAPED = "tab\\t quote\\" back\\\\ \\u00e9"
SPACED   =   "x"
BAD = 1.5
OPEN = "no end
JUNK = "x" y
PLAIN = "second"
[section]
AFTER = 1
"""


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PLAIN", "text"),
        ("NUMBER", "42"),
        ("HEX", "31"),
        ("NEGATIVE", "-7"),
        ("ESCAPED", 'tab\t quote" back\\ é'),
        ("SPACED", "x"),
        ("MISSING", "None"),
        ("AFTER", "None"),
        ("PLAI", "None"),
        ("BAD", "ValueError invalid syntax for integer"),
        ("OPEN", "ValueError File corrupt"),
        ("JUNK", "ValueError File corrupt"),
    ],
)
def test_getenv(printed, key, value):
    code = f"{TRY}import os\nattempt(os.getenv, {key!r})"
    assert printed(code, files={"settings.toml": SETTINGS}) == value + "\n"


def test_getenv_defaults_types_and_the_caller_s_settings(printed):
    code = (
        "import os\nprint(os.getenv('A', 5), type(os.getenv('NUMBER')), os.getenv('PLAIN'), os.getenv('Q'))"
    )
    settings = {"PLAIN": "mine", "Q": 'a"b\\c'}
    files = {"settings.toml": SETTINGS}
    assert printed(code, files=files, settings=settings) == "5 <class 'int'> mine a\"b\\c\n"


def test_the_drive_is_read_only_while_the_host_has_it(printed):
    code = TRY + (
        "import os, storage\nprint(open('/notes.txt').read(), storage.getmount('/').readonly)\n"
        "attempt(open, 'new.txt', 'w')\nattempt(os.remove, 'notes.txt')\nattempt(open, 'missing.txt')\n"
    )
    assert printed(code, files={"notes.txt": "hello"}) == (
        "hello True\nOSError [Errno 30] Read-only filesystem\nOSError [Errno 30] Read-only filesystem\n"
        "OSError [Errno 2] No such file/directory\n"
    )


def test_writing_when_the_host_has_not(run, tmp_path):
    code = """
import os
with open("log.txt", "w") as f:
    f.write("one\\n")
with open("/log.txt", "a") as f:
    f.write("two\\n")
with open("log.txt", "r+b") as f:
    f.write(b"ONE")
os.rename("log.txt", "../../kept.txt")
print(open("kept.txt").read().split(), sorted(os.listdir("/")), os.stat("kept.txt")[6], os.statvfs("/")[:4])
os.remove("kept.txt")
"""
    token = run(code, boot="import storage\nstorage.disable_usb_drive()")
    token.advance(1_000)
    assert token.console.splitlines()[0] == (
        "['ONE', 'two'] ['boot.py', 'boot_out.txt', 'code.py', 'kept.txt'] 8 (512, 512, 2008, 2004)"
    )
    assert not list(tmp_path.rglob("kept.txt"))
    assert token.drive.writes == 6  # boot_out.txt, three closes, rename, remove


def test_ticks_wrap_after_65_seconds(run):
    token = run("import supervisor, time\nwhile True:\n    print(supervisor.ticks_ms())\n    time.sleep(1)")
    token.advance(70_000)
    ticks = [int(line) for line in token.console.split()]
    steps = [(b - a) & 0x1FFFFFFF for a, b in zip(ticks, ticks[1:], strict=False)]
    assert ticks[0] > 0x1FFF0000 > 0x10000 > ticks[-1]
    assert set(steps) <= {1000, 1001}


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("time.localtime(2147483647)[:6]", "(2038, 1, 19, 3, 14, 7)"),
        ("time.localtime(2147483648)", "OverflowError timestamp out of range for platform time_t"),
        ("time.localtime(946684799)", "OverflowError timestamp out of range for platform time_t"),
        ("time.mktime((2050, 1, 1, 0, 0, 0, 0, 0, 0))", "2524608000"),
        ("time.struct_time((1, 2))", "TypeError time.struct_time() takes a 9-sequence"),
        ("time.sleep(-1)", "ValueError sleep length must be non-negative"),
        ("hasattr(time, 'gmtime')", "False"),
        ("struct.unpack('<I', b'abc')", "RuntimeError unpack requires a buffer of 4 bytes"),
        ("struct.pack('<B', 256)", "OverflowError ubyte format requires 0 <= number <= 255"),
        ("hasattr(struct, 'error')", "False"),
        ("json.loads('')", "ValueError syntax error in JSON"),
        ("json.loads('[[')", "ValueError syntax error in JSON"),
        ("json.loads('[1 2,,3}')", "[1, 2, 3]"),
        ("json.loads('{')", "{}"),
        ("json.dumps({'a': 'é'})", '{"a": "é"}'),
        ("json.dumps(1, indent=2)", "TypeError"),
        ("hashlib.new('sha1', b'abc').digest().hex()", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("hashlib.new('sha256')", "ValueError Unsupported hash algorithm"),
        ("hasattr(hashlib.new('sha1'), 'hexdigest')", "False"),
        ("sys.implementation.name", "circuitpython"),
        ("binascii.crc32(b'abc')", "891568578"),
        ("microcontroller.cpu.uid.hex()", "de6348109f2a4c17"),
        ("setattr(microcontroller.watchdog, 'timeout', 9)", "ValueError timeout must be <= 8"),
        ("board.GP4 == microcontroller.pin.GPIO4", "True"),
        ("print('x', flush=True)", "TypeError"),
    ],
)
def test_calls(printed, call, result):
    modules = "binascii, board, hashlib, json, microcontroller, struct, sys, time"
    assert printed(f"import {modules}\n{TRY}attempt(lambda: {call})").startswith(result)


def test_a_newer_circuitpython_hashes_more(printed):
    code = "import hashlib\nh = hashlib.new('sha256')\nh.update(b'abc')\nprint(h.digest().hex()[:8])"
    assert printed(code, native_hashes=("sha1", "sha256")) == "ba7816bf\n"


def test_monotonic_has_the_precision_of_the_chip(run):
    token = run("import time\ntime.sleep(20000)\nprint(time.monotonic() == time.monotonic_ns() / 1e9)\n")
    token.advance(20_001_000)
    assert token.console.startswith("False\n")


def test_pins(run):
    code = (
        TRY
        + """
import board, digitalio
from digitalio import DigitalInOut, Direction, Pull
pin = DigitalInOut(board.GP15)
attempt(DigitalInOut, board.GP15)
print(pin.value, pin.direction is Direction.INPUT)
pin.pull = Pull.UP
print(pin.value)
attempt(setattr, pin, "value", True)
pin.switch_to_output(value=True)
print(pin.value, pin.direction is Direction.OUTPUT)
pin.deinit()
attempt(lambda: pin.value)
with DigitalInOut(board.GP15) as pin:
    print(pin.value)
"""
    )
    assert run(code).console.splitlines()[:7] == [
        "ValueError GP15 in use",
        "False True",
        "True",
        "AttributeError Cannot set value when direction is input.",
        "True True",
        "ValueError Object has been deinitialized and can no longer be used. Create a new object.",
        "False",
    ]


def test_the_led_s_history(run):
    code = (
        "import board, digitalio, time\nled = digitalio.DigitalInOut(board.LED)\nled.switch_to_output()\n"
        "while True:\n    led.value = not led.value\n    time.sleep(0.25)\n"
    )
    token = run(code)
    token.advance(1_000)
    times = [at for at, _ in token.led_history]
    assert [lit for _, lit in token.led_history[:4]] == [True, False, True, False]
    assert times[2] - times[0] == pytest.approx(500, abs=1)
    token.unplug()
    assert token.led is False


def test_a_neopixel(run):
    code = (
        "import board, digitalio, time\nfrom neopixel_write import neopixel_write\n"
        "pin = digitalio.DigitalInOut(board.NEOPIXEL)\npin.switch_to_output()\n"
        "neopixel_write(pin, bytes((1, 2, 3)))\ntime.sleep(1)\n"
    )
    token = run(code, board="waveshare_rp2040_zero")
    assert token.led == (2, 1, 3)


def test_traceback_module(printed):
    code = (
        "import traceback, io\ntry:\n    1 / 0\nexcept ZeroDivisionError as error:\n"
        "    print(''.join(traceback.format_exception(error)))\n"
    )
    assert printed(code).splitlines()[:2] == [
        "Traceback (most recent call last):",
        '  File "code.py", line 3, in <module>',
    ]
