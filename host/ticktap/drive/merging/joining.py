"""One group being made: its names, and what it imports from earlier groups."""

from __future__ import annotations

import ast

from ticktap.drive.merging.model import Program, Symbol


class Joining:
    """One group being made: names in use, and what it needs of earlier groups."""

    def __init__(self, program: Program, root: str, taken: set[str]) -> None:
        self._program = program
        self.root = root
        self.taken = taken
        self._needed: dict[tuple[str, str], str] = {}
        self.external: dict[tuple[str, str], str] = {}

    def reference(self, symbol: Symbol) -> ast.expr:
        """An expression for a name of some module's top."""
        constant = self._program.constant(symbol)
        if constant is not None:
            return _literal(constant)
        flat, root = self._program.flat(symbol), self._program.root_of(symbol.module)
        if root == self.root:
            return ast.Name(flat, ast.Load())
        key = root, flat
        if key not in self._needed:
            own = flat
            while own in self.taken:
                own += "_"
            self.taken.add(own)
            self._needed[key] = own
        return ast.Name(self._needed[key], ast.Load())

    def imports(self) -> list[ast.stmt]:
        """What the group's text begins with."""
        made: list[ast.stmt] = []
        for root in sorted({root for root, _ in self._needed}):
            names = [
                ast.alias(flat, None if own == flat else own)
                for (other, flat), own in sorted(self._needed.items())
                if other == root
            ]
            made.append(ast.ImportFrom(root, names, 0, lineno=1, col_offset=0))
        return made


def _literal(value: int | str) -> ast.expr:
    if isinstance(value, int) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)
