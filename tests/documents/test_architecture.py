"""docs/architecture.md is true: the rooms it lists are those there are, and imports go where it says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs/architecture.md"


class Tree:
    """Python modules below a folder, and the rooms that they are in.

    A room is a folder of the package, or a file beside those folders. A folder in `apart` is a room of its
    own, apart from the folder that it is in.
    """

    def __init__(self, folder: str, name: str, package: str, apart: tuple[str, ...] = ()) -> None:
        self.folder = REPOSITORY / folder
        self.name = name
        self.package = package
        self.apart = apart

    def files(self) -> Iterator[Path]:
        """Every module."""
        for path in sorted(self.folder.rglob("*.py")):
            if not {"_drive", "node_modules"} & set(path.parts):
                yield path

    def room(self, path: Path) -> str:
        """The room that a file is in."""
        inside = path.relative_to(self.folder).as_posix().removeprefix(self.package)
        for name in self.apart:
            if inside.startswith(f"{name}/"):
                return self.package + name
        first, slash, _ = inside.partition("/")
        return self.package + first if slash else path.relative_to(self.folder).as_posix()

    def rooms(self) -> set[str]:
        """The rooms there are. A package's own `__init__` is one if modules may import from it."""
        return {self.room(path) for path in self.files()} - {f"{self.package}__init__.py"} | self._root()

    def _root(self) -> set[str]:
        return {"__init__.py"} if not self.package else set()

    def folders_inside(self, room: str) -> set[str]:
        """The folders in a room that are no rooms of their own."""
        found = {
            path.parent for path in self.files() if self.room(path) == room and (self.folder / room).is_dir()
        }
        return {path.relative_to(self.folder).as_posix() for path in found} - {room}

    def other_files(self) -> list[str]:
        """Files beside the rooms that are no modules."""
        beside = [path for path in self.folder.iterdir() if path.is_file() and path.suffix != ".py"]
        return sorted(path.name for path in beside if path.name != "py.typed")

    def modules(self) -> dict[str, Path]:
        """Every module by its dotted name."""
        found = {}
        for path in self.files():
            parts = (self.name, *path.relative_to(self.folder).with_suffix("").parts)
            name = ".".join(parts) if self.name else ".".join(parts[1:])
            found[name.removesuffix(".__init__")] = path
        return found

    def imports(self, eager: bool = False) -> Iterator[tuple[Path, Path]]:
        """(file, file that it imports) of each import; only those when a module is loaded, if `eager`."""
        modules = self.modules()
        names = {path: name for name, path in modules.items()}
        for path in self.files():
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in tree.body if eager else ast.walk(tree):
                for name in imported(node, names[path], path.name == "__init__.py"):
                    while name and name not in modules:
                        name = name.rpartition(".")[0]
                    if name and modules[name] != path:
                        yield path, modules[name]

    def arrows(self) -> dict[str, set[str]]:
        """Which rooms each room uses."""
        found: dict[str, set[str]] = {room: set() for room in self.rooms()}
        for path, other in self.imports():
            room, used = self.room(path), self.room(other)
            if room != used and used in found and room in found:
                found[room].add(used)
        return found


def imported(node: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    """The dotted names that an import statement may mean, in full."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = module.split(".")
            parts = parts[: len(parts) - node.level + is_package]
            base = ".".join([*parts, base] if base else parts)
        yield from (f"{base}.{alias.name}" for alias in node.names)


HOST = Tree("host/ticktap", "ticktap", "", apart=("cli/framework",))
FIRMWARE = Tree("firmware", "", "fob/")
TESTS = Tree("tests", "", "")
TREES = pytest.mark.parametrize(
    ("tree", "heading"), [(HOST, "host/ticktap"), (FIRMWARE, "firmware")], ids=["host", "firmware"]
)


def section(heading: str) -> str:
    """The part of the page below a heading."""
    found = re.search(rf"^## `{heading}`.*?\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert found, heading
    return found[1]


def rows(heading: str) -> dict[str, list[str]]:
    """The table below a heading: the name in the first column, without the slash, to the other cells."""
    lines = re.findall(r"^\| `([^`]+?)/?` \| (.*) \|$", section(heading), re.M)
    found = {name: rest.split(" | ") for name, rest in lines}
    assert len(found) == len(lines), "a room is listed twice"
    return found


@TREES
def test_the_rooms_are_those_listed(tree: Tree, heading: str) -> None:
    inside = {folder for room in tree.rooms() for folder in tree.folders_inside(room)}
    assert set(rows(heading)) == tree.rooms() | inside | set(tree.other_files())


@TREES
def test_a_room_uses_what_the_page_says(tree: Tree, heading: str) -> None:
    told = {name: set(re.findall(r"`([^`]+)`", cells[-1])) for name, cells in rows(heading).items()}
    assert tree.arrows() == {room: told[room] for room in tree.rooms()}


@TREES
def test_a_room_is_drawn_above_all_that_it_uses(tree: Tree, heading: str) -> None:
    """So the rooms use one another in no circle."""
    found = re.search(r"^```\n(.*?)^```", section(heading), re.M | re.S)
    assert found
    floors = {name: floor for floor, line in enumerate(found[1].splitlines()) for name in line.split()}
    assert set(floors) == tree.rooms()
    upwards = [(a, b) for a, used in tree.arrows().items() for b in used if floors[a] >= floors[b]]
    assert upwards == []


@pytest.mark.parametrize("tree", [HOST, FIRMWARE, TESTS], ids=["host", "firmware", "tests"])
def test_no_modules_import_one_another_in_a_circle(tree: Tree) -> None:
    """Imports inside functions and those for types count too."""
    uses: dict[Path, set[Path]] = {}
    for path, other in tree.imports():
        uses.setdefault(path, set()).add(other)
    circles = {frozenset(path.stem for path in circle) for circle in circles_of(uses)}
    assert circles == set()


def circles_of(uses: dict[Path, set[Path]]) -> list[set[Path]]:
    """The sets of modules each of which reaches all others of its set."""
    reached = {path: reachable(path, uses) for path in uses}
    found: list[set[Path]] = []
    for path, there in reached.items():
        circle = {other for other in there if path in reached.get(other, set())}
        if circle and circle not in found:
            found.append(circle)
    return found


def reachable(start: Path, uses: dict[Path, set[Path]]) -> set[Path]:
    """All modules that a module imports, directly or through others; itself only if it is in a circle."""
    found: set[Path] = set()
    todo = [start]
    while todo:
        for other in uses.get(todo.pop(), set()) - found:
            found.add(other)
            todo.append(other)
    return found


def test_a_circle_is_found() -> None:
    a, b, c, d = (Path(name) for name in "abcd")
    assert circles_of({a: {b}, b: {c}, c: {b}, d: {a}}) == [{b, c}]
    assert circles_of({a: {b, c}, b: {c}}) == []


@TREES
def test_each_room_says_what_belongs_there(tree: Tree, heading: str) -> None:
    for name, cells in rows(heading).items():
        file = tree.folder / name / "__init__.py"
        if file.is_file():
            said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
            assert cells[0] == said.partition("\n")[0] != "", name


def test_the_folders_of_tests_are_those_listed() -> None:
    tests = REPOSITORY / "tests"
    files = [
        path.relative_to(tests) for path in tests.rglob("*.*") if path.suffix in (".py", ".mjs", ".json")
    ]
    found = {path.parent.as_posix() for path in files if "node_modules" not in path.parts} - {"."}
    mirrored = {"/".join(name.split("/")[:2]) if name.startswith("unit/") else name for name in found}
    assert set(rows("tests")) == mirrored


def test_unit_tests_are_in_folders_named_like_the_rooms() -> None:
    for tree, folder in ((HOST, "host"), (FIRMWARE, "firmware")):
        there = {path.parent.name for path in (REPOSITORY / "tests/unit" / folder).rglob("*.py")}
        assert there <= {room.removeprefix(tree.package) for room in tree.rooms()}
