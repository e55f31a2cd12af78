"""How the agent's parts report events to the host."""

from __future__ import annotations

from collections.abc import Callable

Event = Callable[..., None]
"""event(kind, **values)"""
