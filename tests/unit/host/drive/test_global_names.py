"""Frequent names are bound first, so that a search in MicroPython's table of global names ends early."""

import ast
import builtins
from collections import Counter

import pytest

from ticktap.drive.build import find_drive
from ticktap.drive.global_names import bound_names, with_frequent_names_first
from ticktap.drive.mpy_compile import groups_of

SIZES = (1, 2, 4, 6, 8, 10, 12, 17, 23, 29, 37, 47, 59, 73, 97, 127, 167, 223, 293, 389, 521)  # py/map.c


def name_hash(name: str) -> int:
    """qstr_compute_hash (py/qstr.c), of which CircuitPython keeps one byte."""
    value = 5381
    for byte in name.encode():
        value = value * 33 ^ byte
    return value & 0xFF or 1


class Table:
    """mp_map_lookup of py/map.c: linear probing; the table grows when it is full."""

    def __init__(self) -> None:
        self.slots: list[str | None] = [None]

    def add(self, name: str) -> None:
        if self.steps(name)[1]:
            return
        if None not in self.slots:
            old = self.slots
            self.slots = [None] * next(size for size in SIZES if size > len(old))
            for each in old:
                assert each is not None
                self._put(each)
        self._put(name)

    def _put(self, name: str) -> None:
        at = name_hash(name) % len(self.slots)
        while self.slots[at] is not None:
            at = (at + 1) % len(self.slots)
        self.slots[at] = name

    def steps(self, name: str) -> tuple[int, bool]:
        """How many slots a search looks at, and whether it finds the name."""
        at = name_hash(name) % len(self.slots)
        for step in range(len(self.slots)):
            if self.slots[at] in (name, None):
                return step + 1, self.slots[at] == name
            at = (at + 1) % len(self.slots)
        return len(self.slots), False


def table_of(text: str) -> Table:
    table = Table()
    for name in ("__name__", "__file__"):
        table.add(name)
    for statement in ast.parse(text).body:
        for name in sorted(bound_names(ast.Module([statement], []))):
            table.add(name)
    return table


def mean_steps(text: str, names: Counter[str]) -> float:
    table = table_of(text)
    return sum(table.steps(name)[0] * often for name, often in names.items()) / names.total()


def used(text: str) -> Counter[str]:
    """What functions ask for: global names and built-in functions. Exceptions are rare."""
    tree = ast.parse(text)
    known = bound_names(tree) | {name for name in dir(builtins) if not name.endswith(("Error", "Exception"))}
    known -= {"id"}  # a parameter of many functions
    inside = {
        id(node): node.id
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in known
    }
    return Counter(inside.values())


def test_the_search_is_short_in_the_largest_module_of_the_drive() -> None:
    drive = find_drive()
    files = {
        path.relative_to(drive).as_posix(): path.read_bytes() for path in drive.rglob("*") if path.is_file()
    }
    largest = max(groups_of(files), key=lambda group: len(group.text)).text
    names, bound_first = used(largest), with_frequent_names_first(largest)
    assert mean_steps(bound_first, names) < mean_steps(largest, names) * 0.4
    assert table_of(bound_first).steps("len")[0] < 10


TEXT = """\
import struct
LIMIT = [3]

def count(values):
    return len(values) + len(LIMIT) + len(struct.pack('<H', LIMIT[0] + min(LIMIT)))

def other():
    return count(LIMIT)
"""


def test_lines_and_meaning_stay() -> None:
    text = with_frequent_names_first(TEXT)
    assert text.splitlines()[1:] == TEXT.splitlines()[1:]
    assert text.splitlines()[0].endswith("; import struct")
    assert "LIMIT = None" in text.splitlines()[0]
    space: dict[str, object] = {}
    exec(text, space)
    assert space["len"] is len
    assert space["other"]() == 4  # type: ignore[operator]


@pytest.mark.parametrize("text", ["def f():\n    return len('')\n", "class C:\n    x = 1\n"])
def test_a_module_that_begins_with_a_body_stays_as_it_is(text: str) -> None:
    assert with_frequent_names_first(text) == text


def test_built_in_functions_do_not_make_a_table_grow_that_has_room() -> None:
    used_here = "; ".join(
        f"{name}(x)" for name in ("len", "int", "str", "bytes", "list", "dict", "set", "min")
    )
    many = "\n".join(f"name_{number} = {number}" for number in range(22))
    text = f"{many}\n\ndef f(x):\n    {used_here}\n"
    assert len(table_of(with_frequent_names_first(text)).slots) == len(table_of(text).slots) == 29
