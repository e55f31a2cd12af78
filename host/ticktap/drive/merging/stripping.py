"""Removes what does nothing on the chip."""

from __future__ import annotations

import ast


class Stripper(ast.NodeTransformer):
    """Takes away what does nothing on the chip: docstrings, annotations, imports for them."""

    def visit_Module(self, node: ast.Module) -> ast.Module:
        node.body = _without_docstring(node.body)
        self.generic_visit(node)
        used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        node.body = [each for each in node.body if not _is_idle(each, used)]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        self.generic_visit(node)
        node.body = [each for each in node.body if not _is_text(each)] or [ast.Pass()]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.body = _without_docstring(node.body) or [ast.Pass()]
        node.returns = None
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | None:
        if node.value is None:
            return None
        return ast.copy_location(ast.Assign([node.target], node.value), node)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    return body[1:] if body and _is_text(body[0]) else body


def _is_idle(statement: ast.stmt, used: set[str]) -> bool:
    """Texts; what a library says of itself; a try that imports what nothing uses any more; __future__."""
    if _is_text(statement):
        return True
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return True
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id in ("__version__", "__repo__")
    if not isinstance(statement, ast.Try):
        return False
    imports = [each for each in statement.body if isinstance(each, (ast.Import, ast.ImportFrom))]
    names = {alias.asname or alias.name for each in imports for alias in each.names}
    handled = [each for handler in statement.handlers for each in handler.body]
    return (
        len(imports) == len(statement.body)
        and not names & used
        and all(isinstance(each, ast.Pass) for each in handled)
    )
