"""What a token asks for before its accounts may be changed: the one place to change when it asks for more."""

from __future__ import annotations

from typing import Any

from ticktap.client import Client


def allow_changes(token: Any, client: Client) -> None:
    """Makes a ready token, virtual or emulated, accept changes as long as its port stays open.

    This firmware asks for nothing.
    """
