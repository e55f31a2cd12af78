"""Modules joined: the same program, fewer files; what cannot be joined is refused, and lines lead back."""

import sys
from types import ModuleType

import pytest

from ticktap.drive.merging.merge import merge
from ticktap.drive.merging.model import Unmergeable

PROGRAM = {
    "app.__init__": "",
    "app.main": (
        '"""The program."""\n\n'
        "import struct\n"
        "from . import left, right\n"
        "from .left import value as left_value, Thing\n"
        "from .deep.low import LIMIT\n\n\n"
        "def run(value: int = LIMIT) -> list:\n"
        '    """Doc."""\n'
        "    from . import late\n"
        "    from .later import more\n\n"
        "    keys = [value for value in range(3)]\n"
        "    return [left_value(), right.value(), left.SHARED, value, keys, late.double(4),\n"
        "            more(Thing(2)),\n"
        "            struct.pack('<H', right.NUMBER), (lambda value: value + LIMIT)(1)]\n"
    ),
    "app.left": (
        "from .deep.low import LIMIT\n\n_SIZE = 2 * LIMIT + 1\nSHARED = 'a long text that stays'\n\n\n"
        "class Thing:\n    size = _SIZE\n\n    def __init__(self, value):\n        self.value = value\n\n"
        "    def keys(self):\n        return _helper(self.value)\n\n\n"
        "def value():\n    return 'left', _SIZE\n\n\ndef _helper(value):\n    return value * 10\n"
    ),
    "app.right": (
        "import struct\n\n_SIZE = 5\nNUMBER = 0x0102\nkeys = 7\n_count = 0\n\n\n"
        "def value():\n    return 'right', _SIZE, keys, _helper(1), _more()\n\n\n"
        "def _helper(keys):\n    return keys + struct.calcsize('<H')\n\n\n"
        "def _more():\n    global _count\n    _count += 1\n    return _count\n"
    ),
    "app.deep.__init__": "",
    "app.deep.low": 'WORD = "ok"\nLIMIT = 3\n',
    "app.late": "from .left import SHARED\n\nBASE = 10\n\n\ndef double(n):\n    return n * 2 + len(SHARED)\n",
    "app.later": (
        "from . import late\nfrom .deep.low import WORD\n\n\n"
        "def more(thing):\n    return thing.keys(), late.BASE, WORD, thing.size\n"
    ),
}


def run(modules, root="app.main"):
    """The result of `run()` of a program given as name -> text."""
    kept = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "app"}
    for name in kept:
        del sys.modules[name]

    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            from importlib.machinery import ModuleSpec

            package = any(other.startswith(f"{name}.") for other in modules)
            if name in modules or f"{name}.__init__" in modules or package:
                return ModuleSpec(name, Loader, is_package=package)
            return None

    class Loader:
        @staticmethod
        def create_module(spec):
            return ModuleType(spec.name)

        @staticmethod
        def exec_module(module):
            text = modules.get(module.__name__, modules.get(f"{module.__name__}.__init__", ""))
            exec(compile(text, module.__name__, "exec"), module.__dict__)

    sys.meta_path.insert(0, Finder)
    try:
        __import__(root)
        return sys.modules[root].run()
    finally:
        sys.meta_path.remove(Finder)
        for name in [name for name in sys.modules if name.split(".")[0] == "app"]:
            del sys.modules[name]


@pytest.fixture(scope="module")
def groups():
    return merge(PROGRAM, ["app.main"])


def test_the_program_does_the_same(groups):
    assert run({group.name: group.text for group in groups}) == run(PROGRAM)


def test_what_is_imported_at_the_top_is_one_group_and_what_comes_later_another(groups):
    assert [(group.name, set(group.members)) for group in groups] == [
        ("app.main", {"app.main", "app.left", "app.right", "app.deep.low"}),
        ("app.late", {"app.late"}),
        ("app.later", {"app.later"}),
    ]


def test_nothing_is_left_of_words_for_people(groups):
    text = groups[0].text
    assert "The program" not in text and "Doc." not in text and "-> list" not in text
    assert text.count("import struct") == 1


def test_numbers_and_short_texts_are_put_where_they_are_used(groups):
    text = "".join(group.text for group in groups)
    assert "_SIZE" not in text and "LIMIT" not in text and "WORD" not in text
    assert "size = 7" in text and "BASE = 10" in text, "a module that is asked for by name keeps its own"


def test_lines_lead_back_to_the_source(groups):
    for group in groups:
        lines = group.text.splitlines()
        for line, (module, at) in group.places.items():
            source = PROGRAM[module].splitlines()[at - 1].strip().split("(")[0].split(" ")[0]
            assert lines[line - 1].strip().startswith(source.split(":")[0][:6])


def test_the_same_text_each_time(groups):
    assert merge(dict(reversed(PROGRAM.items())), ["app.main"]) == groups


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"app.main": "from . import left\n\nx = left\n"}, "uses the module app.left as a value"),
        ({"app.main": "from .left import nothing\n\nx = nothing\n"}, "app.left has no nothing"),
        (
            {"app.main": "from . import left\n\n\ndef f():\n    from . import left as x\n    x.y\n"},
            "app.left is part of another",
        ),
        ({"app.main": "import app.left\n"}, "import app.left as something"),
    ],
)
def test_what_cannot_be_joined_is_refused(changed, why):
    with pytest.raises(Unmergeable, match=why):
        merge({**PROGRAM, **changed}, ["app.main"])
