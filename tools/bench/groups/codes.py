"""What one code costs the chip, by hash."""

from __future__ import annotations

from collections.abc import Iterator

from bench import board
from bench.groups.start import MACROPAD_PACKAGES
from bench.row import Row
from bench.run import Run

TITLE = "One code on the chip"
ABOUT = (
    "`fob.crypto.hmac` and `fob.otp.otp` alone, in emulated ms. "
    "The next code of a key reuses what the key alone decides."
    " The baseline is adafruit_hashlib under a plain HMAC."
)
EMULATED = True

HASHES = {"SHA1": ("native", 5.0), "SHA256": ("own", 40.0), "SHA512": ("own", 80.0)}


def rows(run: Run) -> Iterator[Row]:
    with board.powered(run.peer_flash("codes", ("fob",))) as token:
        floor = board.answer(token, "bare")
        for algorithm, (kind, budget) in HASHES.items():
            first, following = board.answer(token, f"{algorithm} {kind}")
            beside = (
                {"floor": floor, "floor_is": "the two hashes in C alone"}
                if kind == "native"
                else {"floor": None}
            )
            yield Row(f"{algorithm} ({kind}), next code of a key", following, "ms", budget, **beside)
            yield Row(f"{algorithm} ({kind}), first code of a key", first, "ms")
    with board.powered(run.peer_flash("macropad", MACROPAD_PACKAGES)) as token:
        for algorithm in HASHES:
            yield Row(
                f"{algorithm}, library baseline", board.answer(token, algorithm), "ms", peer=True, bar=""
            )
