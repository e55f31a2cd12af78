"""How the agent's parts tell the host that something happened."""

from __future__ import annotations

from collections.abc import Callable

Event = Callable[..., None]
"""event(kind, **values)"""
