"""Anchors of the audit log as files: JSON, to be stored where administrators of the registry cannot write.

A file has one anchor on each line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ticktap.errors import BadInput

Anchor = dict[str, tuple[int, str]]
"""For each chain, by its number as text: how many entries it had, and the HMAC of the last one in
hexadecimal."""

_MARK = "audit anchor"


def line(anchor: Mapping[str, tuple[int, str]], now: int) -> bytes:
    """Returns an anchor as a line without the newline. `now`: Unix seconds."""
    return json.dumps({"ticktap": _MARK, "at": now, "chains": anchor}).encode()


def parse(data: bytes) -> list[Anchor]:
    """Returns the anchors in a file.

    Raises:
        BadInput: the file is no anchor.
    """
    found = []
    try:
        for each in data.splitlines():
            document = json.loads(each)
            if document["ticktap"] != _MARK:
                raise ValueError
            chains = document["chains"].items()
            found.append({str(int(chain)): (int(count), str(mac)) for chain, (count, mac) in chains})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInput(
            "the file has no anchors", "Give a file that 'ticktap audit anchor' or TICKTAP_ANCHORS wrote."
        ) from None
    return found
