"""Joins the firmware's modules into a few larger ones, before they are compiled.

A chip that starts searches a folder for each module, takes its names into a table one by one, and keeps a
dict for it. A group of modules in one file costs that once. What people read and change stays as it is.

A group is a module and everything that it imports at its top, as far as no earlier group has it. The first is
the program; each import inside a function begins another, which the chip loads when that function runs. The
names of a group share one namespace: one that would mean two things gets its module's name behind it.
Numbers and short texts that a module assigns once, in capitals, are put where they are used.

The sources are Python's ast, so a group's text has no comments, docstrings and annotations; `Group.places`
says where each of its lines comes from.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

SHORT = 10  # characters of a text that MicroPython keeps once, however often it is used
SMALL = 1 << 30  # numbers below need no object


class Unmergeable(Exception):
    """A module does something that this cannot join; the text names it."""


@dataclass(frozen=True)
class Group:
    """Modules joined: the module that others import, the text, and for each of its lines (module, line)."""

    name: str
    text: str
    members: tuple[str, ...]
    places: Mapping[int, tuple[str, int]]


@dataclass
class _Module:
    name: str
    tree: ast.Module
    is_package: bool
    eager: list[str] = field(default_factory=list)
    lazy: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Symbol:
    """A name of a module's top."""

    module: str
    name: str


@dataclass(frozen=True)
class _Alias:
    """A module by another name."""

    module: str


_Meaning = _Symbol | _Alias


def merge(sources: Mapping[str, str], roots: Sequence[str]) -> list[Group]:
    """The groups of a program, in the order in which they may import one another.

    Args:
        sources: text by dotted module name; a package's is under its own name and ends with `__init__`.
        first: the module that the program begins with.

    Raises:
        Unmergeable: see there.
    """
    return _Merger(sources).groups(roots)


class _Merger:
    def __init__(self, sources: Mapping[str, str]) -> None:
        self._modules = {}
        for name, text in sources.items():
            is_package = name.endswith(".__init__")
            name = name.removesuffix(".__init__")
            tree = _Stripper().visit(ast.parse(text))
            self._modules[name] = _Module(name, tree, is_package)
        for module in self._modules.values():
            self._find_imports(module)
        self._root_of: dict[str, str] = {}
        self._flat: dict[_Symbol, str] = {}
        self._constants: dict[_Symbol, int | str] = {}

    def groups(self, first: Sequence[str]) -> list[Group]:
        roots, found = list(first), []
        for root in roots:
            if root in self._root_of:
                continue
            members = list(self._closure(root, set()))
            for member in members:
                self._root_of[member] = root
            found.append((root, members))
            for member in members:
                roots += self._modules[member].lazy
        for _, members in found:
            for member in members:
                self._find_constants(self._modules[member])
        named = [(self._named(root, members), members) for root, members in found]
        return [self._join(joining, members) for joining, members in named]

    def _closure(self, name: str, seen: set[str]) -> Iterator[str]:
        """What a module imports at its top and no group has yet, those imported first; then itself."""
        if name in seen or name in self._root_of:
            return
        seen.add(name)
        for other in self._modules[name].eager:
            yield from self._closure(other, seen)
        yield name

    # -- imports

    def _find_imports(self, module: _Module) -> None:
        top = {id(node) for node in module.tree.body}
        for node in ast.walk(module.tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                into = module.eager if id(node) in top else module.lazy
                into += [name for name in self._targets(module, node) if name not in into]

    def _targets(self, module: _Module, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        for alias in node.names:
            meaning = self.meaning(module, node, alias)
            if meaning is not None:
                yield meaning.module

    def meaning(
        self, module: _Module, node: ast.Import | ast.ImportFrom, alias: ast.alias
    ) -> _Meaning | None:
        """What an import binds; None when it is not one of these modules."""
        if isinstance(node, ast.Import):
            if alias.name in self._modules and "." in alias.name and not alias.asname:
                raise Unmergeable(f"{module.name}: import {alias.name} as something")
            return _Alias(alias.name) if alias.name in self._modules else None
        base = node.module or ""
        if node.level:
            parts = module.name.split(".")
            parts = parts[: len(parts) - node.level + module.is_package]
            base = ".".join([*parts, base] if base else parts)
        if f"{base}.{alias.name}" in self._modules:
            return _Alias(f"{base}.{alias.name}")
        return _Symbol(base, alias.name) if base in self._modules else None

    def resolve(self, symbol: _Symbol) -> _Symbol:
        """The module that a name comes from, through modules that only pass it on."""
        module = self._modules[symbol.module]
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name) == symbol.name:
                        meaning = self.meaning(module, node, alias)
                        if isinstance(meaning, _Symbol):
                            return self.resolve(meaning)
        return symbol

    # -- joining

    def _named(self, root: str, members: list[str]) -> _Joining:
        """A group whose names are chosen; the root's stay as they are: others ask for them."""
        modules = [self._modules[name] for name in members]
        locals_ = set().union(*(_local_names(module.tree) for module in modules))
        joining = _Joining(self, root, set(dir(builtins)))
        for module in reversed(modules):
            for name in _top_names(module.tree):
                flat = name
                if module.name != root and (name in joining.taken or name in locals_):
                    flat = f"{name}_{module.name.rpartition('.')[2]}"
                    while flat in joining.taken or flat in locals_:
                        flat += "_"
                joining.taken.add(flat)
                self._flat[_Symbol(module.name, name)] = flat
        joining.taken |= locals_
        return joining

    def _join(self, joining: _Joining, members: list[str]) -> Group:
        root = joining.root
        body: list[tuple[str, ast.stmt]] = []
        for module in (self._modules[name] for name in members):
            rewriter = _Rewriter(self, joining, module)
            for statement in module.tree.body:
                if not self._is_inlined(module, root, statement):
                    body += [(module.name, made) for made in rewriter.statement(statement)]
        text, places = _unparse([(root, each) for each in joining.imports()] + body)
        return Group(root, text, tuple(members), places)

    def _find_constants(self, module: _Module) -> None:
        for name, value in _assignments(module.tree).items():
            constant = self._constant(module, value) if name.lstrip("_").isupper() else None
            if constant is not None:
                self._constants[_Symbol(module.name, name)] = constant

    def _constant(self, module: _Module, value: ast.expr) -> int | str | None:
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

    def _evaluate(self, module: _Module, node: ast.expr) -> int | str | None:
        if isinstance(node, ast.Constant):
            return node.value if type(node.value) in (int, str) else None  # type: ignore[return-value]
        if isinstance(node, ast.Name):
            own = self.constant(_Symbol(module.name, node.id))
            return self._imported_constant(module, node.id) if own is None else own
        if isinstance(node, ast.UnaryOp):
            number = self._evaluate(module, node.operand)
            return _computed(ast.UnaryOp(node.op, ast.Constant(number))) if isinstance(number, int) else None
        if isinstance(node, ast.BinOp):
            left, right = self._evaluate(module, node.left), self._evaluate(module, node.right)
            if isinstance(left, int) and isinstance(right, int):
                return _computed(ast.BinOp(ast.Constant(left), node.op, ast.Constant(right)))
        return None

    def _imported_constant(self, module: _Module, name: str) -> int | str | None:
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        meaning = self.meaning(module, node, alias)
                        if isinstance(meaning, _Symbol):
                            return self.constant(self.resolve(meaning))
        return None

    def _is_inlined(self, module: _Module, root: str, statement: ast.stmt) -> bool:
        """Whether a statement only assigns a constant that nobody can ask the module for."""
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return False
        target = statement.targets[0]
        if not isinstance(target, ast.Name) or (module.name == root and not target.id.startswith("_")):
            return False
        return _Symbol(module.name, target.id) in self._constants

    # -- asked by those that rewrite

    def constant(self, symbol: _Symbol) -> int | str | None:
        """What a name stands for, if that is put where it is used."""
        return self._constants.get(symbol)

    def flat(self, symbol: _Symbol) -> str:
        try:
            return self._flat[symbol]
        except KeyError:
            raise Unmergeable(f"{symbol.module} has no {symbol.name}") from None

    def root_of(self, module: str) -> str:
        return self._root_of[module]


def _computed(node: ast.expr) -> int | None:
    """The number that an expression of numbers is; None for a fraction."""
    result = eval(compile(ast.fix_missing_locations(ast.Expression(node)), "constant", "eval"))
    return result if type(result) is int else None


def _literal(value: int | str) -> ast.expr:
    if isinstance(value, int) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


class _Joining:
    """One group being made: names in use, and what it needs of earlier groups."""

    def __init__(self, merger: _Merger, root: str, taken: set[str]) -> None:
        self._merger = merger
        self.root = root
        self.taken = taken
        self._needed: dict[tuple[str, str], str] = {}
        self.external: dict[tuple[str, str], str] = {}

    def reference(self, symbol: _Symbol) -> ast.expr:
        """An expression for a name of some module's top."""
        constant = self._merger.constant(symbol)
        if constant is not None:
            return _literal(constant)
        flat, root = self._merger.flat(symbol), self._merger.root_of(symbol.module)
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


class _Stripper(ast.NodeTransformer):
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


# -- names and where they count


def _bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
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
        yield from _bound(ast.iter_child_nodes(node))


def _arguments(arguments: ast.arguments) -> Iterator[str]:
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    return (each.arg for each in every if each)


def _locals_of(node: ast.AST) -> set[str]:
    """Names that are local to a function, a lambda or a comprehension."""
    if isinstance(node, ast.FunctionDef):
        declared = {name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names}
        return (set(_arguments(node.args)) | set(_bound(node.body))) - declared
    if isinstance(node, ast.Lambda):
        return set(_arguments(node.args))
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return set(_bound(each.target for each in node.generators))
    return set()


def _local_names(tree: ast.Module) -> set[str]:
    """Every name that is local anywhere in a module."""
    found: set[str] = set()
    for node in ast.walk(tree):
        found |= set(_bound(node.body)) if isinstance(node, ast.ClassDef) else _locals_of(node)
    return found


def _top_names(tree: ast.Module) -> list[str]:
    """Names that a module binds at its top, other than by imports at its top."""
    found: list[str] = []
    for statement in tree.body:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            found += [name for name in _bound([statement]) if name not in found]
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            found += [name for name in node.names if name not in found]
    return found


def _assignments(tree: ast.Module) -> dict[str, ast.expr]:
    """What is assigned to a name once, at the top, by a statement of its own."""
    times: dict[str, int] = {}
    for name in _bound(tree.body):
        times[name] = times.get(name, 0) + 1
    found = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) and times[target.id] == 1:
                found[target.id] = statement.value
    return found


class _Rewriter(ast.NodeTransformer):
    """One module's statements with the names of its group."""

    def __init__(self, merger: _Merger, joining: _Joining, module: _Module) -> None:
        self._merger = merger
        self._joining = joining
        self._module = module
        self._scopes: list[set[str]] = []
        self._env: dict[str, _Meaning] = {
            name: _Symbol(module.name, name) for name in _top_names(module.tree)
        }
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
            meaning = self._merger.meaning(self._module, node, alias)
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
            meaning = self._merger.meaning(self._module, node, alias)
            bound = alias.asname or alias.name
            own = bound if self._scopes else self._top(bound)
            if meaning is None:
                new = ast.alias(alias.name, own if own != alias.name else None)
                made.append(
                    ast.Import([new])
                    if isinstance(node, ast.Import)
                    else ast.ImportFrom(node.module, [new], 0)
                )
            elif isinstance(meaning, _Alias):
                if self._merger.root_of(meaning.module) != meaning.module:
                    raise Unmergeable(
                        f"{self._module.name}: {meaning.module} is part of another; import names"
                    )
                package, _, leaf = meaning.module.rpartition(".")
                new = ast.alias(leaf, own if own != leaf else None)
                made.append(ast.ImportFrom(package, [new], 0) if package else ast.Import([new]))
            else:
                made.append(self._later_name(self._merger.resolve(meaning), own))
        return [ast.copy_location(each, node) for each in made]

    def _later_name(self, symbol: _Symbol, own: str) -> ast.stmt:
        constant = self._merger.constant(symbol)
        root = self._merger.root_of(symbol.module)
        if constant is not None or root == self._joining.root:
            return ast.Assign([ast.Name(own, ast.Store())], self._joining.reference(symbol))
        flat = self._merger.flat(symbol)
        return ast.ImportFrom(root, [ast.alias(flat, own if own != flat else None)], 0)

    def _top(self, name: str) -> str:
        return self._merger.flat(_Symbol(self._module.name, name))

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
        self._scopes.append(_locals_of(node))
        node.body = self.visit(node.body)
        self._scopes.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.bases = [self.visit(each) for each in node.bases]
        node.decorator_list = [self.visit(each) for each in node.decorator_list]
        if not self._scopes:
            node.name = self._top(node.name)
        # Names of the class's body count in it, not in its methods.
        own = set(_bound(node.body))
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
        self._scopes.append(_locals_of(node))
        made: list[ast.stmt] = []
        for each in body:
            new = self.visit(each)
            made += new if isinstance(new, list) else [new]
        node.body = made
        self._scopes.pop()

    def _visit_comprehension(self, node: ast.AST) -> ast.AST:
        self._scopes.append(_locals_of(node))
        self.generic_visit(node)
        self._scopes.pop()
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehension

    # -- names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if self._is_local(node.id):
            return node
        meaning = self._env.get(node.id)
        if isinstance(meaning, _Alias):
            raise Unmergeable(f"{self._module.name} uses the module {meaning.module} as a value")
        if meaning is None:
            node.id = self._externals.get(node.id, node.id)
            return node
        symbol = self._merger.resolve(meaning)
        if isinstance(node.ctx, ast.Load):
            made = self._joining.reference(symbol)
            self._check(made)
            return ast.copy_location(made, node)
        node.id = self._merger.flat(symbol)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name) and not self._is_local(node.value.id):
            meaning = self._env.get(node.value.id)
            if isinstance(meaning, _Alias):
                made = self._joining.reference(self._merger.resolve(_Symbol(meaning.module, node.attr)))
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


def _unparse(body: list[tuple[str, ast.stmt]]) -> tuple[str, dict[int, tuple[str, int]]]:
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
