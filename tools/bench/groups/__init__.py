"""The groups of rows, in the order of the report."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from bench.row import Row
from bench.run import Run

NAMES = ("start", "press", "codes", "accounts", "memory", "clock", "wear", "command", "verify", "signin")


class Group(Protocol):
    """What a module of this folder has."""

    TITLE: str
    ABOUT: str
    EMULATED: bool

    def rows(self, run: Run) -> Iterator[Row]:
        """Measures the group."""


def group(name: str) -> Group:
    """The module of a group."""
    return cast(Group, import_module(f"bench.groups.{name}"))
