"""Files made to crash a decoder, or to keep it busy, are refused within limits; Ctrl-C ends a command."""

import json
import signal
import struct
import subprocess
import sys
import zlib

import pytest

from formats import managers, writers
from formats.people import ALICE
from ticktap.errors import BadInput
from ticktap.formats import decryption, isolated, qr_code, qr_decoder, registry, ticktap_backup


def png(width, height):
    """A grey picture of these sides, all white."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    rows = zlib.compress((b"\0" + b"\xff" * width) * height, 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99">'
SLOW = (
    f'{OPEN}<filter id="f">'
    + '<feTurbulence numOctaves="9" baseFrequency="0.5"/><feGaussianBlur stdDeviation="900"/>' * 40
    + '</filter><rect width="99" height="99" filter="url(#f)"/></svg>'
)


@pytest.mark.parametrize(
    "data",
    [
        png(1, 2_000_000),
        png(2_000_000, 1),
        (OPEN * 30_000 + "</svg>" * 30_000).encode(),
        (OPEN + "<g>" * 200_000 + "</g>" * 200_000 + "</svg>").encode(),
    ],
)
def test_a_picture_that_crashes_a_decoder_is_refused(data):
    try:
        assert qr_code.read(data) == qr_decoder.Codes()
    except BadInput as error:
        assert error.remedy


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch):
    """The limit of processor time is the child's own, taken before it reads anything."""
    monkeypatch.setattr(isolated, "WAIT", 3.0)
    try:
        assert qr_code.read(SLOW.encode()) == qr_decoder.Codes()  # a fast computer
    except BadInput as error:
        assert "memory or time" in error.message


def test_the_decoder_has_limits():
    code = (
        "import resource; from ticktap.formats import isolated; isolated._limit();"
        "print(*(resource.getrlimit(each)[1] for each in (resource.RLIMIT_AS, resource.RLIMIT_CPU)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    memory, seconds = map(int, done.stdout.split())
    assert 0 < memory <= isolated.MEMORY and 0 < seconds <= isolated.PROCESSOR


# --- key derivations


def test_memory_times_passes_is_bounded():
    backup = json.loads(ticktap_backup.encrypt([ALICE], "long enough", 0))
    backup["kdf"] |= {"memory": decryption.MEMORY >> 10, "passes": 64}
    with pytest.raises(BadInput, match="memory and time"):
        registry.read(json.dumps(backup).encode(), "long enough")
    export = json.loads(managers.bitwarden_encrypted([ALICE], "x", argon=True))
    export |= {"kdfMemory": 1024, "kdfIterations": 50}
    with pytest.raises(BadInput, match="memory and time"):
        registry.read(json.dumps(export).encode(), "x")


def test_the_sum_over_slots_is_bounded():
    vault = json.loads(writers.aegis_encrypted([ALICE], "x"))
    slot = next(each for each in vault["header"]["slots"] if each["type"] == 1)
    vault["header"]["slots"] = [slot | {"n": 1 << 17, "key": "00" * 32}] * 100
    with pytest.raises(BadInput, match="memory and time"):
        registry.read(json.dumps(vault).encode(), "y")


def test_the_largest_that_an_app_asks_for_is_allowed():
    decryption.check_work((1 << 30) * 4)  # Ente Auth: 1 GiB, four passes
    decryption.check_work(decryption.scrypt_work(32768, 8, 1) * 16)


def test_ctrl_c_ends_a_key_derivation():
    """A child that derives for minutes is interrupted; it must end at once and by the interrupt."""
    code = (
        "from ticktap.formats import decryption as ciphers\n"
        "print('ready', flush=True)\n"
        "ciphers.pbkdf2('sha512', 'x', b'salt', ciphers.ROUNDS)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGINT)
        error = child.communicate(timeout=60)[1]
    assert b"KeyboardInterrupt" in error
    assert child.returncode != 0
