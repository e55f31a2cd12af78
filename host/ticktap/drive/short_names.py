"""Shortens private names in the joined modules, before they are compiled.

The interpreter keeps each name that it has met in a table in RAM, with all its characters. So the source can
have readable names and the chip need not pay for them.

Only names that begin with one underscore are shortened: they are used in one class, with its bases and
subclasses, or in one file. Each class begins with the same short names, so that many classes share them.
Public names stay: other files, libraries and error messages use them.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import string
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ticktap.drive.merging.model import Group


def shorten(groups: Sequence[Group]) -> list[Group]:
    """The groups with short private names; every line stays where it is."""
    trees = [ast.parse(group.text) for group in groups]
    taken = set(_identifiers(trees))
    attributes = _attribute_names(trees, taken)
    return [
        replace(group, text=_shortened(tree, attributes, _top_names(tree, trees, taken)))
        for group, tree in zip(groups, trees, strict=True)
    ]


def _shortened(tree: ast.Module, attributes: Mapping[str, Mapping[str, str]], tops: Mapping[str, str]) -> str:
    lines = ast.unparse(tree).count("\n")
    text = ast.unparse(_Renamer(attributes, tops).visit(tree)) + "\n"
    assert text.count("\n") == lines + 1
    return text


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and len(name) > 2


def _short_names(taken: set[str]) -> Iterator[str]:
    """`_a`, `_b`, ... without those that are in use."""
    for size in itertools.count(1):
        for letters in itertools.product(string.ascii_lowercase, repeat=size):
            name = "_" + "".join(letters)
            if name not in taken:
                yield name


def _identifiers(trees: Iterable[ast.Module]) -> Iterator[str]:
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield node.asname or node.name


# -- names of attributes and methods


def _attribute_names(trees: Sequence[ast.Module], taken: set[str]) -> dict[str, dict[str, str]]:
    """For each class by name: its private attributes and their short names."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    shared = _used_from_outside(trees)
    found: dict[str, dict[str, str]] = {}
    for family in _families(classes):
        names = {name for each in family for name in _private_attributes(each)} - shared
        mapping = dict(zip(sorted(names), _short_names(taken), strict=False))
        found.update({each.name: mapping for each in family})
    return found


def _families(classes: Sequence[ast.ClassDef]) -> list[list[ast.ClassDef]]:
    """Classes with their bases and subclasses. One with a base that is not known here belongs to none."""
    known = {each.name for each in classes} | set(dir(builtins))
    family = {each.name: {each.name} for each in classes}
    opaque = set()
    for each in classes:
        for base in each.bases:
            name = base.id if isinstance(base, ast.Name) else ""
            if name in family:
                joined = family[each.name] | family[name]
                for member in joined:
                    family[member] = joined
            elif name not in known:
                opaque.add(each.name)
    by_family: dict[frozenset[str], list[ast.ClassDef]] = defaultdict(list)
    for each in classes:
        if not family[each.name] & opaque:
            by_family[frozenset(family[each.name])].append(each)
    return list(by_family.values())


def _private_attributes(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and _is_private(each.name):
            yield each.name
        elif isinstance(each, ast.Assign):
            yield from (
                name.id for name in each.targets if isinstance(name, ast.Name) and _is_private(name.id)
            )
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and _is_own(inner.value) and _is_private(inner.attr):
            yield inner.attr


def _is_own(base: ast.expr) -> bool:
    """Whether an attribute is asked of `self` or `super()`."""
    if isinstance(base, ast.Call):
        return isinstance(base.func, ast.Name) and base.func.id == "super"
    return isinstance(base, ast.Name) and base.id == "self"


def _used_from_outside(trees: Sequence[ast.Module]) -> set[str]:
    """Names of attributes that some code asks of another object."""
    return {
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and not _is_own(node.value)
    }


# -- names at a file's top


def _top_names(tree: ast.Module, trees: Sequence[ast.Module], taken: set[str]) -> dict[str, str]:
    """Private functions, classes and variables that no other file imports and no function hides."""
    bound = {name for node in tree.body for name in _bound(node) if _is_private(name)}
    imported = {
        alias.name
        for other in trees
        for node in ast.walk(other)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    names = bound - imported - _hidden(tree)
    return dict(zip(sorted(names), _short_names(taken), strict=False))


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _hidden(tree: ast.Module) -> set[str]:
    """Names that a function or a class binds for itself."""
    hidden = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            hidden.add(node.arg)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            for inner in (each for statement in node.body for each in ast.walk(statement)):
                if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
                    hidden.add(inner.id)
                elif isinstance(inner, (ast.FunctionDef, ast.ClassDef)):
                    hidden.add(inner.name)
                elif isinstance(inner, ast.alias):
                    hidden.add(inner.asname or inner.name)
    return hidden


class _Renamer(ast.NodeTransformer):
    def __init__(self, attributes: Mapping[str, Mapping[str, str]], tops: Mapping[str, str]) -> None:
        self._of_class = attributes
        self._tops = tops
        self._own: Mapping[str, str] = {}

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        outer, self._own = self._own, self._of_class.get(node.name, {})
        for each in node.body:
            if isinstance(each, ast.FunctionDef):
                each.name = self._own.get(each.name, each.name)
            elif isinstance(each, ast.Assign):
                for target in each.targets:
                    if isinstance(target, ast.Name):
                        target.id = self._own.get(target.id, target.id)
        self.generic_visit(node)
        self._own = outer
        node.name = self._tops.get(node.name, node.name)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.name = self._tops.get(node.name, node.name)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        self.generic_visit(node)
        if _is_own(node.value):
            node.attr = self._own.get(node.attr, node.attr)
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._tops.get(node.id, node.id)
        return node
