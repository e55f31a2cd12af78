"""Pictures decoded in a process of their own, with limits of memory and time.

Decoders of pictures are large programs in C and Rust, and files come from anywhere. A picture that crashes
one, or keeps it busy, ends that process and not the command. Ctrl-C ends both.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from ticktap.errors import BadInput

if TYPE_CHECKING:
    from ticktap.formats.qr_code import Codes

MEMORY = 2 << 30  # bytes of addresses; a picture of 64 million pixels takes half of it
PROCESSOR = 20  # seconds of processor time
WAIT = 120.0  # seconds until the process is ended in any case, on a busy computer too
_TOO_MUCH = (
    "the picture cannot be decoded: it takes too much memory or time",
    "Save it again as png or jpg.",
)


def codes(data: bytes) -> Codes:
    """The QR codes of a picture, as qr_code.decode.

    Raises:
        BadInput: as qr_code.decode; or the decoder did not end within its limits.
    """
    from ticktap.formats.qr_code import Codes
    from ticktap.formats.structured_append import Piece

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
    """Takes the limits upon this process; Windows knows none."""
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
    from ticktap.formats import qr_code

    try:
        found = qr_code.decode(data)
    except BadInput as error:
        return {"error": [error.message, error.remedy]}
    except (MemoryError, RecursionError):
        return {"error": list(_TOO_MUCH)}
    except Exception:  # of the decoders, in all their classes
        return {"error": list(qr_code.NO_PICTURE)}
    pieces = [[each.index, each.count, each.parity, each.known, each.text] for each in found.pieces]
    return {"texts": found.texts, "pieces": pieces}


if __name__ == "__main__":
    _limit()
    print(json.dumps(_answer(sys.stdin.buffer.read())))
