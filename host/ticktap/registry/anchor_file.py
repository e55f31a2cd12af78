"""Anchors of the audit log as files: JSON, to be kept where administrators of the registry cannot write."""

from __future__ import annotations

import json

from ticktap.errors import BadInput
from ticktap.registry.audit_log import Anchor

_MARK = "audit anchor"


def as_file(anchor: Anchor) -> bytes:
    """Returns the content of a file for the result of `Audit.anchor`."""
    return json.dumps({"ticktap": _MARK, "chains": anchor}).encode()


def parse(data: bytes) -> Anchor:
    """Returns the anchor in a file.

    Raises:
        BadInput: the file is no anchor.
    """
    try:
        document = json.loads(data)
        if document["ticktap"] != _MARK:
            raise ValueError
        return {str(int(chain)): (int(count), str(mac)) for chain, (count, mac) in document["chains"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInput("the file is no anchor", "Give a file that 'ticktap audit anchor' wrote.") from None
