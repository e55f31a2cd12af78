"""What a merge works on: modules, names of their tops, and the groups that are made."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Unmergeable(Exception):
    """A module does something that this cannot join; the text names it."""


@dataclass(frozen=True)
class Group:
    """Modules joined: the module that others import, the text, and for each of its lines (module, line)."""

    name: str
    text: str
    members: tuple[str, ...]
    places: Mapping[int, tuple[str, int]]


@dataclass
class Module:
    name: str
    tree: ast.Module
    is_package: bool
    eager: list[str] = field(default_factory=list)
    lazy: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Symbol:
    """A name of a module's top."""

    module: str
    name: str


@dataclass(frozen=True)
class Alias:
    """A module by another name."""

    module: str


Meaning = Symbol | Alias


class Program(Protocol):
    """All modules of a merge, as rewriting needs them."""

    def meaning(self, module: Module, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> Meaning | None:
        """What an import binds; None if it is not one of these modules."""

    def resolve(self, symbol: Symbol) -> Symbol:
        """The name in the module that defines it."""

    def constant(self, symbol: Symbol) -> int | str | None:
        """The value that is put where a name is used; None for other names."""

    def flat(self, symbol: Symbol) -> str:
        """The name within its group. Raises Unmergeable if the module has no such name."""

    def root_of(self, module: str) -> str:
        """The root of a module's group."""
