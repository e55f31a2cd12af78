"""Decodes pictures in a separate process with limits on memory and time.

Picture decoders are large programs in C and Rust, and files may be hostile. A picture that crashes
one, or keeps it busy, ends that process and not the command. Ctrl-C ends both.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from ticktap.errors import BadInput
from ticktap.formats import qr_decoder
from ticktap.formats.qr_decoder import Codes
from ticktap.formats.structured_append import Piece

MEMORY = 2 << 30  # bytes of address space; a picture of 64 million pixels uses half of it
PROCESSOR = 20  # seconds of processor time
WAIT = 120.0  # seconds until the process is ended in any case
_TOO_MUCH = (
    "the picture cannot be decoded: it needs too much memory or time",
    "Save it again as png or jpg.",
)


def codes(data: bytes) -> Codes:
    """Returns the QR codes of a picture, as qr_decoder.decode does.

    Raises:
        BadInput: as qr_decoder.decode; or the decoder did not end within its limits.
    """
    command = [sys.executable, "-m", "ticktap.formats.isolated"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=WAIT, check=False)
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise BadInput(*_TOO_MUCH) from None
    if "error" in answer:
        raise BadInput(*answer["error"])
    return Codes(answer["texts"], [Piece(*each) for each in answer["pieces"]])


def _limit() -> None:
    """Sets the limits of this process; Windows has none."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (value, value))


def _answer(data: bytes) -> dict[str, Any]:
    try:
        found = qr_decoder.decode(data)
    except BadInput as error:
        return {"error": [error.message, error.remedy]}
    except (MemoryError, RecursionError):
        return {"error": list(_TOO_MUCH)}
    except Exception:  # any exception of the decoders
        return {"error": list(qr_decoder.NO_PICTURE)}
    pieces = [[each.index, each.count, each.parity, each.known, each.text] for each in found.pieces]
    return {"texts": found.texts, "pieces": pieces}


if __name__ == "__main__":
    _limit()
    print(json.dumps(_answer(sys.stdin.buffer.read())))
