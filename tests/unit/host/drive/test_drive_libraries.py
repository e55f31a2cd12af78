"""Which of the libraries' modules are on the drive: those that run there, and no others."""

import ast

import pytest

from ticktap.drive.build import find_drive

DRIVE = find_drive()
MODULES = sorted(
    path.relative_to(DRIVE / "lib").as_posix() for path in (DRIVE / "lib").glob("adafruit_*/*.py")
)


def test_modules_that_the_firmware_does_not_import_are_left_out():
    assert "adafruit_hid/__init__.py" in MODULES
    assert "adafruit_hid/keyboard.py" not in MODULES


@pytest.mark.parametrize("module", [*MODULES, "adafruit_ds3231.py"])
def test_what_a_module_imports_is_there(module):
    for node in ast.walk(ast.parse((DRIVE / "lib" / module).read_text())):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("adafruit_register"):
            for each in node.names:
                stem = DRIVE / "lib" / node.module.replace(".", "/")
                places = (stem / f"{each.name}.py", stem.with_suffix(".py"), stem / "__init__.py")
                assert any(place.is_file() for place in places)


def test_each_library_has_its_licence():
    assert len(list((DRIVE / "lib" / "licenses").iterdir())) == 3
