"""The mutants of one module: small changes of its source, each of which a test should notice.

Only the text of the changed expression or statement is replaced, so that a mutant is a small diff.
Docstrings, annotations, decorators, imports, `__all__` and texts with a space (messages) are left alone.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

COMPARED = {
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.Is: ("is", ("is not",)),
    ast.IsNot: ("is not", ("is",)),
    ast.In: ("in", ("not in",)),
    ast.NotIn: ("not in", ("in",)),
}
CALCULATED = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "//"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.BitXor: ("^", "&"),
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Mutant:
    """A change of one module.

    Attributes:
        module: path of the module in the repository.
        function: qualified name of the outermost function whose body has the change, "" if there is none.
        line, last: first and last line of the statement, or of its head, from 1.
        before, after: the whole source.
    """

    module: str
    function: str
    line: int
    last: int
    before: str
    after: str

    @cached_property
    def valid(self) -> bool:
        """Whether the changed source is still Python."""
        try:
            ast.parse(self.after)
        except SyntaxError:
            return False
        return True

    @cached_property
    def diff(self) -> str:
        """The unified diff, with file and line."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), self.module, self.module, lineterm="", n=2
        )
        return "\n".join(lines)

    @cached_property
    def change(self) -> str:
        """The removed and added lines: what a mutant is known by when the code around it moves."""
        lines = difflib.ndiff(self.before.splitlines(), self.after.splitlines())
        return "\n".join(f"{line[0]} {line[2:].strip()}" for line in lines if line[0] in "-+")


def mutants_of(module: str, source: str) -> list[Mutant]:
    """Returns every mutant of a module, in the order of its source; a few may not be `valid`."""
    return list(_Maker(module, source).all())


class _Maker:
    def __init__(self, module: str, source: str) -> None:
        self._module = module
        self._source = source
        self._bytes = source.encode()
        self._starts = [0]
        for line in self._bytes.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def all(self) -> Iterator[Mutant]:
        seen = set()
        for node, function, first, last in _nodes(ast.parse(self._source)):
            for start, end, text in self._changes(node):
                after = (self._bytes[:start] + text.encode() + self._bytes[end:]).decode()
                if after in seen:
                    continue
                seen.add(after)
                yield Mutant(self._module, function, first, last, self._source, after)

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return self._at(node.lineno, node.col_offset), self._at(node.end_lineno, node.end_col_offset)

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self._bytes[start:end].decode()

    def _between(self, left: ast.AST, right: ast.AST, old: str, new: str) -> Iterator[tuple[int, int, str]]:
        """Replaces an operator between two operands; parentheses and comments may be there too."""
        start, end = self._span(left)[1], self._span(right)[0]
        gap = self._bytes[start:end].decode()
        words = r"\s+".join(old.split())
        found = re.search(rf"\b{words}\b" if old.isalpha() or " " in old else re.escape(old), gap)
        if found:
            at = start + len(gap[: found.start()].encode())
            yield at, at + len(found.group().encode()), new

    def _changes(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.Compare():
                operands = [node.left, *node.comparators]
                for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
                    old, others = COMPARED[type(operator)]
                    for new in others:
                        yield from self._between(left, right, old, new)
            case ast.BinOp() if type(node.op) in CALCULATED:
                yield from self._between(node.left, node.right, *CALCULATED[type(node.op)])
            case ast.BoolOp():
                old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
                for left, right in zip(node.values, node.values[1:], strict=False):
                    yield from self._between(left, right, old, new)
            case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
                yield *self._span(node), f"({self._text(node.operand)})"
            case ast.Constant():
                for text in _constants(node.value):
                    yield *self._span(node), text
            case ast.If() | ast.IfExp() | ast.While():
                yield from self._negated(node.test)
            case ast.comprehension():
                for test in node.ifs:
                    yield from self._negated(test)
            case ast.Return(value=value) if value is not None and not _is_false(value):
                yield *self._span(node), "return None"
            case ast.Expr(value=ast.Call()) | ast.Expr(value=ast.Await()) | ast.Raise() | ast.Delete():
                yield *self._span(node), "pass"
            case ast.AugAssign():
                yield *self._span(node), "pass"
            case ast.Break():
                yield *self._span(node), "continue"
            case ast.Continue():
                yield *self._span(node), "break"

    def _negated(self, test: ast.expr) -> Iterator[tuple[int, int, str]]:
        """A condition that a comparison's own changes do not negate."""
        if not isinstance(test, ast.Compare | ast.UnaryOp | ast.Constant):
            yield *self._span(test), f"(not ({self._text(test)}))"


def _constants(value: object) -> tuple[str, ...]:
    if isinstance(value, bool):
        return (str(not value),)
    if isinstance(value, int):
        return (str(value + 1), str(value - 1)) if value > 0 else (str(value + 1),)
    if isinstance(value, float):
        return (repr(value * 1.5 or 1.0), repr(value / 2 - 1))
    if isinstance(value, str) and value and " " not in value:
        return (repr(value + "X"),)
    if isinstance(value, bytes) and value:
        return (repr(value[:-1] + bytes([value[-1] ^ 1])),)
    return ()


def _is_false(node: ast.expr) -> bool:
    """Whether returning None instead is no change, or one that the change of the constant covers."""
    return isinstance(node, ast.Constant) and not node.value


def _nodes(tree: ast.Module) -> Iterator[tuple[ast.AST, str, int, int]]:
    """Every node that may change, the outermost function whose body it is in, and its statement's lines."""
    yield from _inside(tree, "", "", 1, 1)


def _inside(
    node: ast.AST, names: str, function: str, line: int, last: int
) -> Iterator[tuple[ast.AST, str, int, int]]:
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _skipped(node, field, child):
                continue
            name = f"{names}.{child.name}" if isinstance(child, (*FUNCTIONS, ast.ClassDef)) else names
            inside = function
            if isinstance(node, FUNCTIONS) and field == "body":
                inside = function or names.lstrip(".")
            first, end = _lines(child) if isinstance(child, ast.stmt) else (line, last)
            yield child, inside, first, end
            yield from _inside(child, name, inside, first, end)


def _lines(statement: ast.stmt) -> tuple[int, int]:
    """The lines of a statement, without those of the statements in it."""
    body = getattr(statement, "body", None)
    end = body[0].lineno - 1 if body else statement.end_lineno
    return statement.lineno, max(statement.lineno, end or 0)


def _skipped(parent: ast.AST, field: str, child: ast.AST) -> bool:
    if field in ("annotation", "returns", "decorator_list", "bases", "type_params", "slots"):
        return True
    if isinstance(child, ast.Import | ast.ImportFrom | ast.JoinedStr | ast.Global | ast.Nonlocal):
        return True
    if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
        return True
    if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
        return True
    if isinstance(child, ast.Subscript) and isinstance(child.value, ast.Name) and child.value.id == "Literal":
        return True
    if isinstance(parent, ast.Module) and isinstance(child, ast.Assign):
        return any(
            isinstance(each, ast.Name) and each.id in ("__all__", "__slots__") for each in child.targets
        )
    if isinstance(child, ast.Call) and isinstance(child.func, ast.Name):
        return child.func.id in ("cast", "TypeVar", "NewType")
    return False
