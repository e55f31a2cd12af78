"""Joins the firmware's modules into a few larger ones, before they are compiled.

A chip that starts searches a folder for each module, takes its names into a table one by one, and keeps a
dict for it. A group of modules in one file costs that once. What people read and change stays as it is.

A group is a module and everything that it imports at its top, as far as no earlier group has it. The first is
the program; each import inside a function begins another, which the chip loads when that function runs. The
names of a group share one namespace: one that would mean two things gets its module's name behind it.
Numbers and short texts that a module assigns once, in capitals, are put where they are used.

The sources are Python's ast, so a group's text has no comments, docstrings and annotations; `Group.places`
says where each of its lines comes from.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence

from ticktap.drive.merging.constants import Constants
from ticktap.drive.merging.joining import Joining
from ticktap.drive.merging.model import Alias, Group, Meaning, Module, Symbol, Unmergeable
from ticktap.drive.merging.rewriting import Rewriter
from ticktap.drive.merging.scopes import local_names, top_names
from ticktap.drive.merging.stripping import Stripper
from ticktap.drive.merging.text import unparse


def merge(sources: Mapping[str, str], roots: Sequence[str]) -> list[Group]:
    """The groups of a program, in the order in which they may import one another.

    Args:
        sources: text by dotted module name; a package's is under its own name and ends with `__init__`.
        first: the module that the program begins with.

    Raises:
        Unmergeable: see there.
    """
    return Merger(sources).groups(roots)


class Merger:
    def __init__(self, sources: Mapping[str, str]) -> None:
        self._modules = {}
        for name, text in sources.items():
            is_package = name.endswith(".__init__")
            name = name.removesuffix(".__init__")
            tree = Stripper().visit(ast.parse(text))
            self._modules[name] = Module(name, tree, is_package)
        for module in self._modules.values():
            self._find_imports(module)
        self._root_of: dict[str, str] = {}
        self._flat: dict[Symbol, str] = {}
        self._constants = Constants(self.meaning, self.resolve)

    def groups(self, first: Sequence[str]) -> list[Group]:
        roots, found = list(first), []
        for root in roots:
            if root in self._root_of:
                continue
            members = list(self._closure(root, set()))
            for member in members:
                self._root_of[member] = root
            found.append((root, members))
            for member in members:
                roots += self._modules[member].lazy
        for _, members in found:
            for member in members:
                self._constants.find(self._modules[member])
        named = [(self._named(root, members), members) for root, members in found]
        return [self._join(joining, members) for joining, members in named]

    def _closure(self, name: str, seen: set[str]) -> Iterator[str]:
        """What a module imports at its top and no group has yet, those imported first; then itself."""
        if name in seen or name in self._root_of:
            return
        seen.add(name)
        for other in self._modules[name].eager:
            yield from self._closure(other, seen)
        yield name

    # -- imports

    def _find_imports(self, module: Module) -> None:
        top = {id(node) for node in module.tree.body}
        for node in ast.walk(module.tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                into = module.eager if id(node) in top else module.lazy
                into += [name for name in self._targets(module, node) if name not in into]

    def _targets(self, module: Module, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        for alias in node.names:
            meaning = self.meaning(module, node, alias)
            if meaning is not None:
                yield meaning.module

    def meaning(self, module: Module, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> Meaning | None:
        """What an import binds; None when it is not one of these modules."""
        if isinstance(node, ast.Import):
            if alias.name in self._modules and "." in alias.name and not alias.asname:
                raise Unmergeable(f"{module.name}: import {alias.name} as something")
            return Alias(alias.name) if alias.name in self._modules else None
        base = node.module or ""
        if node.level:
            parts = module.name.split(".")
            parts = parts[: len(parts) - node.level + module.is_package]
            base = ".".join([*parts, base] if base else parts)
        if f"{base}.{alias.name}" in self._modules:
            return Alias(f"{base}.{alias.name}")
        return Symbol(base, alias.name) if base in self._modules else None

    def resolve(self, symbol: Symbol) -> Symbol:
        """The module that a name comes from, through modules that only pass it on."""
        module = self._modules[symbol.module]
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name) == symbol.name:
                        meaning = self.meaning(module, node, alias)
                        if isinstance(meaning, Symbol):
                            return self.resolve(meaning)
        return symbol

    # -- joining

    def _named(self, root: str, members: list[str]) -> Joining:
        """A group whose names are chosen; the root's stay as they are: others ask for them."""
        modules = [self._modules[name] for name in members]
        locals_ = set().union(*(local_names(module.tree) for module in modules))
        joining = Joining(self, root, set(dir(builtins)))
        for module in reversed(modules):
            for name in top_names(module.tree):
                flat = name
                if module.name != root and (name in joining.taken or name in locals_):
                    flat = f"{name}_{module.name.rpartition('.')[2]}"
                    while flat in joining.taken or flat in locals_:
                        flat += "_"
                joining.taken.add(flat)
                self._flat[Symbol(module.name, name)] = flat
        joining.taken |= locals_
        return joining

    def _join(self, joining: Joining, members: list[str]) -> Group:
        root = joining.root
        body: list[tuple[str, ast.stmt]] = []
        for module in (self._modules[name] for name in members):
            rewriter = Rewriter(self, joining, module)
            for statement in module.tree.body:
                if not self._is_inlined(module, root, statement):
                    body += [(module.name, made) for made in rewriter.statement(statement)]
        text, places = unparse([(root, each) for each in joining.imports()] + body)
        return Group(root, text, tuple(members), places)

    def _is_inlined(self, module: Module, root: str, statement: ast.stmt) -> bool:
        """Whether a statement only assigns a constant that no other module can import."""
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return False
        target = statement.targets[0]
        if not isinstance(target, ast.Name) or (module.name == root and not target.id.startswith("_")):
            return False
        return self.constant(Symbol(module.name, target.id)) is not None

    # -- asked by those that rewrite

    def constant(self, symbol: Symbol) -> int | str | None:
        """What a name stands for, if that is put where it is used."""
        return self._constants.get(symbol)

    def flat(self, symbol: Symbol) -> str:
        try:
            return self._flat[symbol]
        except KeyError:
            raise Unmergeable(f"{symbol.module} has no {symbol.name}") from None

    def root_of(self, module: str) -> str:
        return self._root_of[module]
