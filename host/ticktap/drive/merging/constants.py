"""Numbers and short texts that a module assigns once, in capitals: they are put where they are used."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ticktap.drive.merging.model import Meaning, Module, Symbol
from ticktap.drive.merging.scopes import assignments

SHORT = 10  # characters of a text that MicroPython keeps once, however often it is used
SMALL = 1 << 30  # numbers below need no object


class Constants:
    """The constants found so far.

    Args:
        meaning, resolve: as those of model.Program.
    """

    def __init__(
        self,
        meaning: Callable[[Module, ast.ImportFrom, ast.alias], Meaning | None],
        resolve: Callable[[Symbol], Symbol],
    ) -> None:
        self._meaning = meaning
        self._resolve = resolve
        self._values: dict[Symbol, int | str] = {}

    def get(self, symbol: Symbol) -> int | str | None:
        """The value of a constant; None for other names."""
        return self._values.get(symbol)

    def find(self, module: Module) -> None:
        """Adds the constants of a module; those that it uses must be known."""
        for name, value in assignments(module.tree).items():
            constant = self._constant(module, value) if name.lstrip("_").isupper() else None
            if constant is not None:
                self._values[Symbol(module.name, name)] = constant

    def _constant(self, module: Module, value: ast.expr) -> int | str | None:
        """The number or short text that an expression is; None when it is something else."""
        result = self._evaluate(module, value)
        if (
            isinstance(result, str)
            and len(result) > SHORT
            or isinstance(result, int)
            and abs(result) >= SMALL
        ):
            return None
        return result

    def _evaluate(self, module: Module, node: ast.expr) -> int | str | None:
        if isinstance(node, ast.Constant):
            return node.value if type(node.value) in (int, str) else None  # type: ignore[return-value]
        if isinstance(node, ast.Name):
            own = self.get(Symbol(module.name, node.id))
            return self._imported_constant(module, node.id) if own is None else own
        if isinstance(node, ast.UnaryOp):
            number = self._evaluate(module, node.operand)
            return _computed(ast.UnaryOp(node.op, ast.Constant(number))) if isinstance(number, int) else None
        if isinstance(node, ast.BinOp):
            left, right = self._evaluate(module, node.left), self._evaluate(module, node.right)
            if isinstance(left, int) and isinstance(right, int):
                return _computed(ast.BinOp(ast.Constant(left), node.op, ast.Constant(right)))
        return None

    def _imported_constant(self, module: Module, name: str) -> int | str | None:
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        meaning = self._meaning(module, node, alias)
                        if isinstance(meaning, Symbol):
                            return self.get(self._resolve(meaning))
        return None


def _computed(node: ast.expr) -> int | None:
    """The number that an expression of numbers is; None for a fraction."""
    result = eval(compile(ast.fix_missing_locations(ast.Expression(node)), "constant", "eval"))
    return result if type(result) is int else None
