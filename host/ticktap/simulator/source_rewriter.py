"""Compiles firmware source: refuses syntax that CircuitPython 10 lacks, and makes loops consume time.

Two small additions are compiled in, neither visible to the firmware:

* every pass of a `while` loop consumes its time on the chip, so `while True: pass` advances the time and a
watchdog can end it;
* `except:` and `except BaseException:` pass on a loss of power.

Annotations are not evaluated, as on the chip. Line numbers are those of the source.
"""

from __future__ import annotations
import __future__

import ast
from functools import lru_cache
from types import CodeType

LOOP_HOOK = "__loop_pass__"
EXCEPT_HOOK = "__power_check__"


class _SourceRewriter(ast.NodeTransformer):
    def __init__(self, filename: str) -> None:
        self._filename = filename

    def _refuse(self, node: ast.AST, what: str) -> SyntaxError:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0) + 1
        return SyntaxError(f"CircuitPython has no {what}", (self._filename, line, column, None))

    def visit_Match(self, node: ast.Match) -> ast.AST:
        raise self._refuse(node, "match statement")

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        if any(key is None for key in node.keys):
            raise self._refuse(node, "{**a} display")
        return self.generic_visit(node)

    def visit_List(self, node: ast.List) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and any(isinstance(item, ast.Starred) for item in node.elts):
            raise self._refuse(node, "[*a] display")
        return self.generic_visit(node)

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        if node.posonlyargs:
            raise self._refuse(node.posonlyargs[0], "positional-only parameters")
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if node.keywords:
            raise self._refuse(node, "class keywords")
        return self.generic_visit(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, _call(LOOP_HOOK, node.body[0]))
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if any(kind is None or (isinstance(kind, ast.Name) and kind.id == "BaseException") for kind in kinds):
            node.body.insert(0, _call(EXCEPT_HOOK, node.body[0]))
        return node


def _call(name: str, where: ast.stmt) -> ast.stmt:
    call = ast.Expr(ast.Call(ast.Name(name, ast.Load()), [], []))
    return ast.fix_missing_locations(ast.copy_location(call, where))


@lru_cache(maxsize=512)
def compile_firmware(source: bytes, filename: str) -> CodeType:
    """Compiles one firmware file. Raises SyntaxError like the chip. The result is shared and immutable."""
    tree: ast.Module = _SourceRewriter(filename).visit(ast.parse(source, filename))
    flags = __future__.annotations.compiler_flag
    code: CodeType = compile(tree, filename, "exec", flags, dont_inherit=True)
    return code
