"""docs/porting.md names what the firmware asks of a board: the modules it imports, the settings it reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs/porting.md").read_text(encoding="utf-8")
ON_THE_DRIVE = {"fob", "adafruit_ds3231", "adafruit_hid", "adafruit_register"}


def imported() -> Iterator[str]:
    """The modules that the firmware imports from elsewhere."""
    for path in (REPOSITORY / "firmware").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (name.name.partition(".")[0] for name in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                yield node.module.partition(".")[0]


def cells(title: str) -> set[str]:
    """The names in the first column of the table whose first column has this title."""
    table = re.search(rf"^\| {title} \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert table, title
    return {name for row in table[1].splitlines() for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


def test_the_modules_are_those_the_firmware_imports() -> None:
    assert cells("module") == set(imported()) - ON_THE_DRIVE


def test_the_settings_are_those_the_firmware_reads() -> None:
    pins = (REPOSITORY / "firmware/fob/hw/pins.py").read_text(encoding="utf-8")
    assert cells("key") == set(re.findall(r'"(TICKTAP_[A-Z]+)"', pins))
