"""Gives the statements of a module the names of its group."""

from __future__ import annotations

import ast

from ticktap.drive.merging.joining import Joining
from ticktap.drive.merging.model import Alias, Meaning, Module, Program, Symbol, Unmergeable
from ticktap.drive.merging.scopes import bound, locals_of, top_names


class Rewriter(ast.NodeTransformer):
    """One module's statements with the names of its group."""

    def __init__(self, program: Program, joining: Joining, module: Module) -> None:
        self._program = program
        self._joining = joining
        self._module = module
        self._scopes: list[set[str]] = []
        self._env: dict[str, Meaning] = {name: Symbol(module.name, name) for name in top_names(module.tree)}
        self._externals: dict[str, str] = {}

    def statement(self, node: ast.stmt) -> list[ast.stmt]:
        """What becomes of a statement at the module's top."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return self._top_import(node)
        made = self.visit(node)
        return [made] if made is not None else []

    def _top_import(self, node: ast.Import | ast.ImportFrom) -> list[ast.stmt]:
        """Modules of ours need no import; others are imported once in a group, by one name."""
        kept = []
        for alias in node.names:
            meaning = self._program.meaning(self._module, node, alias)
            bound = alias.asname or alias.name.split(".")[0]
            if meaning is not None:
                self._env[bound] = meaning
                continue
            key = (f"{node.module}:" if isinstance(node, ast.ImportFrom) else "", alias.name)
            known = self._joining.external.get(key)
            if known is None:
                known = bound
                while known in self._joining.taken:
                    known += "_"
                self._joining.taken.add(known)
                self._joining.external[key] = known
                kept.append(ast.alias(alias.name, None if known == alias.name else known))
            self._externals[bound] = known
        if not kept:
            return []
        if isinstance(node, ast.Import):
            return [ast.copy_location(ast.Import(kept), node)]
        return [ast.copy_location(ast.ImportFrom(node.module, kept, 0), node)]

    # -- imports that run later

    def visit_Import(self, node: ast.Import) -> ast.stmt | list[ast.stmt]:
        return self._later_import(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | list[ast.stmt]:
        return self._later_import(node)

    def _later_import(self, node: ast.Import | ast.ImportFrom) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for alias in node.names:
            meaning = self._program.meaning(self._module, node, alias)
            bound = alias.asname or alias.name
            own = bound if self._scopes else self._top(bound)
            if meaning is None:
                new = ast.alias(alias.name, own if own != alias.name else None)
                made.append(
                    ast.Import([new])
                    if isinstance(node, ast.Import)
                    else ast.ImportFrom(node.module, [new], 0)
                )
            elif isinstance(meaning, Alias):
                if self._program.root_of(meaning.module) != meaning.module:
                    raise Unmergeable(
                        f"{self._module.name}: {meaning.module} is part of another; import names"
                    )
                package, _, leaf = meaning.module.rpartition(".")
                new = ast.alias(leaf, own if own != leaf else None)
                made.append(ast.ImportFrom(package, [new], 0) if package else ast.Import([new]))
            else:
                made.append(self._later_name(self._program.resolve(meaning), own))
        return [ast.copy_location(each, node) for each in made]

    def _later_name(self, symbol: Symbol, own: str) -> ast.stmt:
        constant = self._program.constant(symbol)
        root = self._program.root_of(symbol.module)
        if constant is not None or root == self._joining.root:
            return ast.Assign([ast.Name(own, ast.Store())], self._joining.reference(symbol))
        flat = self._program.flat(symbol)
        return ast.ImportFrom(root, [ast.alias(flat, own if own != flat else None)], 0)

    def _top(self, name: str) -> str:
        return self._program.flat(Symbol(self._module.name, name))

    # -- scopes

    def _is_local(self, name: str) -> bool:
        return any(name in scope for scope in self._scopes)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.decorator_list = [self.visit(each) for each in node.decorator_list]
        self._visit_defaults(node.args)
        if not self._scopes:
            node.name = self._top(node.name)
        self._inside(node, node.body)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        self._visit_defaults(node.args)
        self._scopes.append(locals_of(node))
        node.body = self.visit(node.body)
        self._scopes.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.bases = [self.visit(each) for each in node.bases]
        node.decorator_list = [self.visit(each) for each in node.decorator_list]
        if not self._scopes:
            node.name = self._top(node.name)
        # Names of the class's body count in it, not in its methods.
        own = set(bound(node.body))
        body: list[ast.stmt] = []
        for each in node.body:
            if isinstance(each, ast.FunctionDef):
                self._scopes.append(own)
                each.decorator_list = [self.visit(every) for every in each.decorator_list]
                self._visit_defaults(each.args)
                self._scopes.pop()
                self._inside(each, each.body)
                body.append(each)
            else:
                self._scopes.append(own)
                body.append(self.visit(each))
                self._scopes.pop()
        node.body = body
        return node

    def _visit_defaults(self, arguments: ast.arguments) -> None:
        arguments.defaults = [self.visit(each) for each in arguments.defaults]
        arguments.kw_defaults = [each and self.visit(each) for each in arguments.kw_defaults]

    def _inside(self, node: ast.FunctionDef, body: list[ast.stmt]) -> None:
        self._scopes.append(locals_of(node))
        made: list[ast.stmt] = []
        for each in body:
            new = self.visit(each)
            made += new if isinstance(new, list) else [new]
        node.body = made
        self._scopes.pop()

    def _visit_comprehension(self, node: ast.AST) -> ast.AST:
        self._scopes.append(locals_of(node))
        self.generic_visit(node)
        self._scopes.pop()
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension

    # -- names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if self._is_local(node.id):
            return node
        meaning = self._env.get(node.id)
        if isinstance(meaning, Alias):
            raise Unmergeable(f"{self._module.name} uses the module {meaning.module} as a value")
        if meaning is None:
            node.id = self._externals.get(node.id, node.id)
            return node
        symbol = self._program.resolve(meaning)
        if isinstance(node.ctx, ast.Load):
            made = self._joining.reference(symbol)
            self._check(made)
            return ast.copy_location(made, node)
        node.id = self._program.flat(symbol)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name) and not self._is_local(node.value.id):
            meaning = self._env.get(node.value.id)
            if isinstance(meaning, Alias):
                made = self._joining.reference(self._program.resolve(Symbol(meaning.module, node.attr)))
                self._check(made)
                return ast.copy_location(made, node)
        self.generic_visit(node)
        return node

    def _check(self, made: ast.expr) -> None:
        if isinstance(made, ast.Name) and self._is_local(made.id):
            raise Unmergeable(f"{self._module.name}: {made.id} means two things")

    def visit_Global(self, node: ast.Global) -> ast.Global:
        node.names = [self._top(name) for name in node.names]
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        if node.name and not self._scopes and not self._is_local(node.name):
            node.name = self._top(node.name)
        self.generic_visit(node)
        return node
