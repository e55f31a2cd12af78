"""Statements as text, with the place that each line comes from."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def unparse(body: list[tuple[str, ast.stmt]]) -> tuple[str, dict[int, tuple[str, int]]]:
    """The text of statements, and where its lines come from."""
    tree = ast.Module([statement for _, statement in body], [])
    text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    places: dict[int, tuple[str, int]] = {}
    for (module, old), new in zip(body, ast.parse(text).body, strict=True):
        for one, other in zip(_statements(old), _statements(new), strict=True):
            places[other.lineno] = module, one.lineno
    return text, places


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """A statement and those inside it, in the order of the text."""
    if isinstance(node, ast.stmt):
        yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.ExceptHandler)):
            yield from _statements(child)
