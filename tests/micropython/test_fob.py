"""The pure firmware under another VM: every module imports, and the codes are right."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from micropython.vm import FIRMWARE, firmware_files, run
from support import otp_vectors

VECTORS = {"otp_vectors.py": Path(otp_vectors.__file__).read_bytes()}
MODULES = [path[:-3].replace("/", ".").removesuffix(".__init__") for path in firmware_files()]
ALLOWED = {"array", "struct", "binascii", "json", "hashlib", "io"}


def test_every_pure_module_imports() -> None:
    script = """
for name in %r:
    try:
        __import__(name)
    except Exception as error:
        print(name, repr(error))
"""
    assert run(script % MODULES, firmware_files()) == ""
    assert {"fob", "fob.otp.otp", "fob.rpc"} <= set(MODULES)


@pytest.mark.parametrize("path", firmware_files())
def test_pure_modules_import_only_each_other(path: str) -> None:
    foreign = set()
    for node in ast.walk(ast.parse((FIRMWARE / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            foreign |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            foreign.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("hw"), "fob must not import fob.hw"
    assert foreign <= ALLOWED | {"fob"}


def printed_by(script: str) -> list[str]:
    prelude = (
        "from otp_vectors import *\n"
        "from fob.crypto import digest, hmac as mac, sha1, sha256, sha512\n"
        "from fob.otp import otp\n"
    )
    return run(prelude + script, firmware_files() | VECTORS).splitlines()


def test_hash_vectors() -> None:
    script = """
modules = {"SHA1": sha1, "SHA256": sha256, "SHA512": sha512}
for algorithm, message, _ in HASHES:
    print(digest.digest(modules[algorithm], message).hex())
"""
    assert printed_by(script) == [expected for _, _, expected in otp_vectors.HASHES]


def test_mac_vectors() -> None:
    script = """
for algorithm, key, message, _ in MACS:
    print(mac.Hmac(algorithm, key).digest(message).hex())
"""
    codes = [row[3] for row in otp_vectors.MACS]
    assert [line[: len(code)] for line, code in zip(printed_by(script), codes, strict=True)] == codes


def test_hotp_vectors() -> None:
    script = """
key = mac.Hmac("SHA1", RFC_4226_KEY)
for counter, authentication_code, truncated, _ in RFC_4226:
    print(otp.hotp(key, counter), otp.truncate(bytes.fromhex(authentication_code)) == truncated)
for algorithm, key, counter, _ in LARGE_COUNTERS:
    print(otp.hotp(mac.Hmac(algorithm, key), counter))
"""
    published = [code + " True" for _, _, _, code in otp_vectors.RFC_4226]
    assert printed_by(script) == published + [code for _, _, _, code in otp_vectors.LARGE_COUNTERS]


def test_totp_vectors() -> None:
    script = """
for unix, codes in RFC_6238:
    for algorithm in ("SHA1", "SHA256", "SHA512"):
        key = mac.Hmac(algorithm, RFC_6238_KEYS[algorithm])
        print(otp.code("totp", key, otp.step(unix, 30), 8))
for algorithm, key, unix, period, digits, _ in OURS:
    print(otp.code("totp", mac.Hmac(algorithm, key), otp.step(unix, period), digits))
"""
    published = [codes[name] for _, codes in otp_vectors.RFC_6238 for name in ("SHA1", "SHA256", "SHA512")]
    assert printed_by(script) == published + [row[5] for row in otp_vectors.OURS]


def test_steam_vectors() -> None:
    script = """
key = mac.Hmac("SHA1", STEAM_KEY)
for unix, _ in STEAM:
    print(otp.code("steam", key, otp.step(unix, 30)))
"""
    assert printed_by(script) == [code for _, code in otp_vectors.STEAM]


def test_counters_and_digits_out_of_range_are_refused() -> None:
    script = """
key = mac.Hmac("SHA1", RFC_4226_KEY)
for counter, digits in ((-1, 6), (1 << 64, 6), (0, 4), (0, 11)):
    try:
        print(otp.hotp(key, counter, digits))
    except ValueError as error:
        print(error)
"""
    assert printed_by(script) == ["counter outside 64 bits"] * 2 + ["digits must be 5 to 10"] * 2
