"""The private import system and the dialect: what firmware may import and write, and what stays apart."""

import sys

import pytest

ABSENT = [
    "enum",
    "typing",
    "dataclasses",
    "functools",
    "itertools",
    "abc",
    "contextlib",
    "datetime",
    "logging",
    "string",
    "copy",
    "pathlib",
    "ctypes",
    "hmac",
    "base64",
    "secrets",
    "asyncio",
    "ssl",
    "threading",
    "socket",
    "subprocess",
    "pytest",
    "ticktap",
]
PRESENT = [
    "array",
    "binascii",
    "board",
    "busio",
    "collections",
    "digitalio",
    "errno",
    "gc",
    "hashlib",
    "io",
    "json",
    "keypad",
    "math",
    "microcontroller",
    "micropython",
    "neopixel_write",
    "os",
    "random",
    "re",
    "storage",
    "struct",
    "supervisor",
    "sys",
    "time",
    "traceback",
    "usb_cdc",
    "usb_hid",
    "watchdog",
    "adafruit_bus_device.i2c_device",
    "microcontroller.pin",
]


@pytest.mark.parametrize("name", ABSENT)
def test_what_the_chip_lacks_is_not_there(printed, name):
    code = f"try:\n    import {name}\nexcept ImportError as error:\n    print(error)\n"
    assert printed(code) == f"no module named '{name}'\n"


@pytest.mark.parametrize("name", PRESENT)
def test_what_the_chip_has_is_there(printed, name):
    assert printed(f"import {name}\nprint({name}.__name__)\n") == f"{name}\n"


def test_root_comes_before_lib_and_built_in_modules_before_both(printed):
    files = {
        "a.py": "x = 'root'",
        "lib/a.py": "x = 'lib'",
        "lib/b.py": "x = 'lib'",
        "board.py": "board_id = 'drive'",
    }
    code = "import a, b, board\nprint(a.x, b.x, board.board_id)"
    assert printed(code, files=files) == "root lib raspberry_pi_pico\n"


def test_packages_and_relative_imports(printed):
    files = {
        "lib/p/__init__.py": "from .one import ONE\nfrom . import two",
        "lib/p/one.py": "ONE = 1",
        "lib/p/two.py": "from .one import ONE\nfrom p.sub.deep import THREE\nTWO = ONE + 1",
        "lib/p/sub/__init__.py": "",
        "lib/p/sub/deep.py": "from .. import one\nTHREE = one.ONE + 2",
    }
    code = "import p.sub.deep\nfrom p import two as t, ONE\nprint(ONE, t.TWO, t.THREE, p.sub.deep.THREE)"
    assert printed(code, files=files) == "1 2 3 3\n"


def test_missing_names_and_submodules_are_import_errors(printed):
    code = """
for line in ("from p import nothing", "import p.nothing", "from p.nothing import x"):
    try:
        exec(line)
    except ImportError:
        print("ImportError")
"""
    assert printed(code, files={"p/__init__.py": ""}) == "ImportError\n" * 3


def test_a_module_that_fails_is_not_kept(printed):
    code = """
for _ in range(2):
    try:
        import broken
    except ValueError:
        print("again")
"""
    assert printed(code, files={"broken.py": "raise ValueError"}) == "again\nagain\n"


def test_annotations_are_not_evaluated(printed):
    assert printed("def f(x: Nothing) -> Neither:\n    y: Either = x\n    return y\nprint(f(3))") == "3\n"


def test_future_annotations(printed):
    assert printed("from __future__ import annotations\nprint('ok')") == "ok\n"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("match 1:\n    case 1: pass", "match statement"),
        ("a = {}\nb = {**a}", "{**a} display"),
        ("a = []\nb = [*a]", "[*a] display"),
        ("def f(a, /): pass", "positional-only parameters"),
        ("class A(metaclass=type): pass", "class keywords"),
    ],
)
def test_syntax_the_chip_lacks(printed, line, what):
    text = printed(line)
    assert f"SyntaxError: CircuitPython has no {what}" in text
    assert 'File "code.py", line' in text


def test_star_assignment_and_calls_are_fine(printed):
    assert printed("a, *b = [1, 2, 3]\nprint(*b)") == "2 3\n"


@pytest.mark.parametrize("name", ["FileNotFoundError", "PermissionError", "UnicodeDecodeError", "input"])
def test_missing_built_in_names(printed, name):
    assert f"NameError: name '{name}' is not defined" in printed(name)


def test_a_file_too_long_to_compile(printed):
    assert "MemoryError" in printed("import big", files={"big.py": "#" * 60_000})


def test_nothing_reaches_sys_modules(run):
    before = set(sys.modules)
    token = run("import board, mine, json\nprint(mine.x)", files={"mine.py": "x = 1"})
    assert token.console.startswith("1\n")
    assert {name for name in set(sys.modules) - before if not name.startswith("ticktap.")} == set()


def test_two_machines_have_modules_of_their_own(run):
    one = run("import m\nm.x += 1\nprint(m.x)", files={"m.py": "x = 1"})
    two = run("import m\nm.x += 1\nprint(m.x)", files={"m.py": "x = 10"})
    assert (one.console[0], two.console[:2]) == ("2", "11")
    one.advance(10)
    two.advance(10)
