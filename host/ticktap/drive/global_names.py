"""The order of a module's global names, on which the speed of the compiled modules depends.

MicroPython keeps the global names of a module in a hash table with linear probing (py/map.c). The table grows
only when it is full, and CircuitPython keeps one byte of each name's hash. So in a large module the names are
in one long run of the table. A name that was added early is found in its first slots, one that was added late
after 20 on average. A built-in function is searched there too, to the end of the run: each `len` took 57
microseconds in a module of 278 names, more than the call itself.

So the module first binds the names that its functions use most, with the built-in functions.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter

_SIZES = (1, 2, 4, 6, 8, 10, 12, 17, 23, 29, 37, 47, 59, 73, 97, 127, 167, 223, 293, 389, 521, 691, 919, 1223)
_SET_BY_THE_INTERPRETER = 2  # __name__ and __file__
_FULL = 0.95  # a table with a larger share of used entries may grow once
_LARGE = 100  # entries of a table that must not grow: its successor takes 768 bytes more in one piece
_OFTEN = 3  # uses of a global name after which it is bound early


def with_frequent_names_first(text: str) -> str:
    """The text of a module whose first line also binds its most frequent names. Lines stay where they are.

    Built-in functions are bound only while the table does not have to grow for them.
    """
    tree = ast.parse(text)
    if not isinstance(tree.body[0], (ast.Import, ast.ImportFrom, ast.Assign)):
        return text  # a line with several statements cannot begin with one that has a body
    own, uses = bound_names(tree), _uses(tree)
    count = len(own) + _SET_BY_THE_INTERPRETER
    size = next(each for each in _SIZES if each >= count)
    if count > _FULL * size and size < _LARGE:
        size = next(each for each in _SIZES if each > size)
    found = [name for name, _ in uses.most_common() if name not in own and hasattr(builtins, name)]
    copied = found[: size - count]
    early = [name for name, often in uses.most_common() if name in own and often >= _OFTEN]
    first = [name for name, _ in uses.most_common() if name in {*copied, *early}]
    return "; ".join([f"{name} = {name if name in copied else None}" for name in first] + [text])


def bound_names(tree: ast.Module) -> set[str]:
    """The global names that a module's own statements bind."""
    found: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            found.add(statement.name)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
        else:
            found |= {
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
    return found


def _uses(tree: ast.Module) -> Counter[str]:
    """How often the functions of a module ask for each name, exceptions left out."""
    found: Counter[str] = Counter()
    for node in tree.body:
        found.update(_UsesInFunctions().of(node))
    return found


class _UsesInFunctions(ast.NodeVisitor):
    def __init__(self) -> None:
        self._local: list[set[str]] = []  # of the functions around
        self._names: list[str] = []

    def of(self, node: ast.AST) -> list[str]:
        self.visit(node)
        return self._names

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.Lambda) -> None:
        inside = list(ast.walk(node))
        local = {each.arg for each in inside if isinstance(each, ast.arg)}
        local |= {
            each.id for each in inside if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
        }
        self._local.append(local)
        self.generic_visit(node)
        self._local.pop()

    visit_Lambda = visit_FunctionDef

    def visit_Raise(self, node: ast.Raise) -> None:
        """Exceptions are rare."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        for statement in node.body:
            self.visit(statement)

    def visit_Name(self, node: ast.Name) -> None:
        if self._local and isinstance(node.ctx, ast.Load) and node.id not in set().union(*self._local):
            self._names.append(node.id)
