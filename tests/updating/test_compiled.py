"""Firmware that is compiled on the computer: what of it, by whose compiler, and what goes from the drive."""

import pytest

from ticktap.errors import BadInput
from ticktap.firmware.compare import SETTINGS, Firmware, examine
from ticktap.firmware.compiling import compiled, is_module
from ticktap.firmware.vaultcopy import VaultCopy
from updating.compiler import stand_in
from updating.scene import FRESH, SERIAL, Chip, few, older


@pytest.fixture(scope="module")
def source():
    return few(older())


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return str(stand_in(tmp_path_factory.mktemp("bin")))


@pytest.fixture(scope="module")
def binary(source, program):
    return compiled(source, program)


def on(chip, firmware):
    stored = chip.drive.stored()
    del stored[SETTINGS], stored["boot_out.txt"]
    return stored == {path: body for path, body in firmware.files.items() if path != SETTINGS}


def test_modules_are_compiled_and_what_tells_the_version_stays(source, binary, program):
    stay = {path for path in source.files if not is_module(path)}
    assert {"boot.py", "code.py", "settings.toml", "lib/fob/version.py"} <= stay
    assert {path for path in binary.files if not path.endswith(".mpy")} == stay
    assert len(binary.files) == len(source.files)
    assert all(body[:2] == b"C\x06" for path, body in binary.files.items() if path.endswith(".mpy"))
    assert (binary.version, binary.formats) == (source.version, source.formats)
    assert compiled(source, program) == binary, "the same bytes each time"


def test_the_drive_has_one_form_at_a_time(source, binary, tmp_path):
    """CircuitPython imports a .py before the .mpy beside it, so an old one would go on being run."""
    copy = VaultCopy(SERIAL, tmp_path)
    chip = Chip(FRESH)
    for firmware in (source, binary, source):
        chip.update(firmware, copy, fresh=True, lay=False)
        assert on(chip, firmware)
        assert examine(chip.files(), firmware).current


def test_a_single_module_of_the_other_form_is_stray(binary):
    single = {"lib/adafruit_ds3231.mpy": b"C\x06", **binary.files}
    firmware = Firmware(single, binary.version, binary.formats)
    chip = Chip({**single, "lib/adafruit_ds3231.py": b"", "lib/mine.py": b""})
    seen = examine(chip.files(), firmware)
    assert (seen.stray, seen.in_the_way) == (["lib/adafruit_ds3231.py"], [])
    chip = Chip({**single, "adafruit_ds3231.py": b""})
    assert examine(chip.files(), firmware).in_the_way == ["adafruit_ds3231.py"]


def test_a_compiler_of_something_else_is_refused(source, tmp_path):
    with pytest.raises(BadInput, match="not the compiler of CircuitPython 10"):
        compiled(source, str(stand_in(tmp_path, mark="M")))


def test_no_compiler_at_all(source, tmp_path):
    with pytest.raises(BadInput, match="did not compile: No such file"):
        compiled(source, str(tmp_path / "nothing"))


def test_a_compiler_that_fails_is_quoted(source, program):
    broken = Firmware({"lib/fob/x.py": b"def\n"}, source.version, source.formats)
    with pytest.raises(BadInput, match=r"cannot compile fob/x\.py: SyntaxError"):
        compiled(broken, program)
