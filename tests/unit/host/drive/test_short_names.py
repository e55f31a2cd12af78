"""Private names of the joined modules are shortened, and nothing else changes."""

import ast
import re

from ticktap.drive.build import find_drive
from ticktap.drive.merging.model import Group
from ticktap.drive.mpy_compile import groups_of
from ticktap.drive.short_names import shorten

BASES = """\
class Base:
    _shared_constant = 3

    def __init__(self):
        self._from_base = 1

    def _inherited(self):
        return self._from_base + self._shared_constant

class Other:
    def __init__(self, peer):
        self._unrelated, self._asked_of_a_peer = 5, 7
        self.public = peer

    def total(self):
        return self._unrelated + self.public._asked_of_a_peer

def _function(value):
    return value * 2

def _hidden():
    return 1

def visible():
    _hidden = 10
    return _function(_hidden)
"""
DERIVED = """\
from one import Base, Other, visible

class Derived(Base):
    def _inherited(self):
        self._own = 100
        return super()._inherited() + self._own + self._from_base

answer = Derived()._inherited, visible(), Other(Other(None)).total()
"""


def made() -> list[Group]:
    return shorten([Group("one", BASES, ("one",), {}), Group("two", DERIVED, ("two",), {})])


def test_the_program_does_the_same():
    one, two = made()
    first: dict[str, object] = {}
    exec(one.text, first)
    text = re.sub("^from one import.*$", "", two.text, flags=re.MULTILINE)
    exec(text, first)
    inherited, doubled, total = first["answer"]  # type: ignore[misc]
    assert (inherited(), doubled, total) == (3 + 1 + 100 + 1, 20, 12)


def test_private_names_get_short_and_public_ones_stay():
    one, two = made()
    for name in ("_from_base", "_shared_constant", "_unrelated", "_function", "_own"):
        assert name not in one.text + two.text, name
    for name in ("Base", "visible", "public", "total", "__init__", "_hidden"):
        assert name in one.text, name


def test_a_name_asked_of_another_object_stays():
    assert "self.public._asked_of_a_peer" in made()[0].text
    assert "_inherited" in made()[1].text, "asked of an instance"


def test_classes_that_are_not_related_share_short_names():
    (group,) = shorten([Group("one", BASES.replace("super()", ""), ("one",), {})])
    own = {
        node.name: {
            each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute) and each.attr[0] == "_"
        }
        for node in ast.parse(group.text).body
        if isinstance(node, ast.ClassDef)
    }
    assert own["Base"] & own["Other"]


def test_lines_stay_where_they_are():
    for group, text in zip(made(), (BASES, DERIVED), strict=True):
        plain = ast.unparse(ast.parse(text)).splitlines()
        short = group.text.splitlines()
        assert [len(line) - len(line.lstrip()) for line in plain] == [
            len(line) - len(line.lstrip()) for line in short
        ]


def test_the_firmware_has_few_long_private_names_left():
    drive = find_drive()
    files = {path.relative_to(drive).as_posix(): path.read_bytes() for path in drive.rglob("*.py")}
    text = "".join(group.text for group in groups_of(files))
    assert len(set(re.findall(r"\b_[a-z]\w{3,}", text))) < 30
