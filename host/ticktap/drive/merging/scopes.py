"""Which names statements bind, and where they are local."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator


def bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Names that statements bind in their own scope."""
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
            continue
        if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield alias.asname or alias.name.split(".")[0]
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        yield from bound(ast.iter_child_nodes(node))


def _arguments(arguments: ast.arguments) -> Iterator[str]:
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    return (each.arg for each in every if each)


def locals_of(node: ast.AST) -> set[str]:
    """Names that are local to a function, a lambda or a comprehension."""
    if isinstance(node, ast.FunctionDef):
        declared = {name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names}
        return (set(_arguments(node.args)) | set(bound(node.body))) - declared
    if isinstance(node, ast.Lambda):
        return set(_arguments(node.args))
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return set(bound(each.target for each in node.generators))
    return set()


def local_names(tree: ast.Module) -> set[str]:
    """Every name that is local anywhere in a module."""
    found: set[str] = set()
    for node in ast.walk(tree):
        found |= set(bound(node.body)) if isinstance(node, ast.ClassDef) else locals_of(node)
    return found


def top_names(tree: ast.Module) -> list[str]:
    """Names that a module binds at its top, other than by imports at its top."""
    found: list[str] = []
    for statement in tree.body:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            found += [name for name in bound([statement]) if name not in found]
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            found += [name for name in node.names if name not in found]
    return found


def assignments(tree: ast.Module) -> dict[str, ast.expr]:
    """What is assigned to a name once, at the top, by a statement of its own."""
    times: dict[str, int] = {}
    for name in bound(tree.body):
        times[name] = times.get(name, 0) + 1
    found = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) and times[target.id] == 1:
                found[target.id] = statement.value
    return found
