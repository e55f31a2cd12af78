"""Serial numbers for formats that need them, for accounts whose tokens are not known."""

from __future__ import annotations

from collections.abc import Sequence

SENTENCE = "The serial numbers are generated, from TT000001: change them if the server has such tokens."


def or_made_up(serials: Sequence[str], count: int) -> Sequence[str]:
    """Returns `serials`; if there are none, numbers made from the position."""
    return serials or [f"TT{at:06d}" for at in range(1, count + 1)]
