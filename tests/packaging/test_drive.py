"""The drive that goes onto a board, and the wheel that carries it."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ticktap.drive.build import LIBRARIES, build_drive
from ticktap.errors import NotFound

ROOT = Path(__file__).parents[2]


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def drive(tmp_path_factory):
    return build_drive(ROOT / "firmware", tmp_path_factory.mktemp("drive"))


def test_the_drive_has_what_the_firmware_imports_and_nothing_of_this_machine(drive):
    files = contents(drive)
    assert {"boot.py", "code.py", "settings.toml", "lib/fob/app/token.py", "lib/adafruit_ds3231.py"} <= set(
        files
    )
    assert {f"lib/licenses/{library}.txt" for library in LIBRARIES} <= set(files)
    assert not [name for name in files if name.endswith((".pyc", ".so")) or "__pycache__" in name]
    assert not [name for name, body in files.items() if str(ROOT).encode() in body]


def test_the_same_input_gives_the_same_bytes(drive, tmp_path):
    assert contents(build_drive(ROOT / "firmware", tmp_path)) == contents(drive)


def test_building_again_mends_changes_and_removes_strays(drive, tmp_path):
    build_drive(ROOT / "firmware", tmp_path)
    (tmp_path / "code.py").write_text("print('old')")
    (tmp_path / "lib" / "gone").mkdir()
    (tmp_path / "lib" / "gone" / "old.py").write_text("")
    build_drive(ROOT / "firmware", tmp_path)
    assert contents(tmp_path) == contents(drive)
    assert not (tmp_path / "lib" / "gone").exists()


def test_a_missing_library_is_named_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr("ticktap.drive.build.LIBRARIES", ("adafruit-circuitpython-nothing",))
    with pytest.raises(NotFound) as caught:
        build_drive(ROOT / "firmware", tmp_path)
    assert "adafruit-circuitpython-nothing" in caught.value.message
    assert "make firmware" in caught.value.remedy


def test_a_wheel_carries_the_drive_and_runs_it(drive, tmp_path):
    source = tmp_path / "source"  # a copy: building leaves files behind
    for name in ("host", "firmware"):
        shutil.copytree(
            ROOT / name, source / name, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__")
        )
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    assert contents(installed / "ticktap" / "_drive") == contents(drive)
    script = (
        "from ticktap.simulator.token import VirtualToken\n"
        "from ticktap.drive.build import find_drive\n"
        "with VirtualToken() as token:\n"
        "    token.advance(3000)\n"
        "    assert token.error is None\n"
        "print(find_drive())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert str(installed) in done.stdout
