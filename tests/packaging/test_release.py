"""What is released: the same bytes from two builds, checksums that are right, a wheel that installs."""

import hashlib
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from drive.scene import FRESH
from ticktap.drive.build import blank_store_file, find_drive

ROOT = Path(__file__).parents[2]
WHEN = "1795305600"


def built(destination, umask):
    subprocess.run(
        [sys.executable, ROOT / "tools" / "release.py", destination],
        check=True,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": WHEN, "PYTHONHASHSEED": str(umask)},
        umask=umask,
    )
    return {path.name: path.read_bytes() for path in destination.iterdir()}


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    return folder, built(folder, 0o022)


def test_two_builds_are_the_same_bytes(release, tmp_path):
    _, first = release
    assert {name.rpartition(".")[2] for name in first} == {"zip", "whl", "SHA256SUMS"}
    assert built(tmp_path / "again", 0o077) == first


def test_the_sums_are_right(release):
    _, made = release
    sums = dict(line.split("  ")[::-1] for line in made["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(content).hexdigest() for name, content in made.items() if name != "SHA256SUMS"
    }


def test_the_zip_is_the_drive_and_a_blank_store_file_apart(release):
    folder, _ = release
    (path,) = folder.glob("*.zip")
    drive = find_drive()
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 22, 0, 0, 0)}
    assert held.pop("store/store.bin") == blank_store_file()
    assert held.pop("LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert held == {
        f"CIRCUITPY/{each.relative_to(drive).as_posix()}": each.read_bytes()
        for each in drive.rglob("*")
        if each.is_file()
    }


def test_the_wheel_installs_with_its_firmware_rules_and_manual(release, tmp_path):
    folder, _ = release
    (wheel,) = folder.glob("*.whl")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", venv / "bin/python", "install", "--no-deps", "--no-index"]
        + [wheel],
        check=True,
        capture_output=True,
    )
    drive = tmp_path / "CIRCUITPY"
    drive.mkdir()
    for name, content in FRESH.items():
        (drive / name).write_bytes(content)

    def ticktap(*words):
        libraries = {"PYTHONPATH": sysconfig.get_paths()["purelib"], "TICKTAP_HOME": str(tmp_path)}
        done = subprocess.run(
            [venv / "bin/ticktap", *words],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, **libraries},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert str(venv) in subprocess.run(
        [venv / "bin/python", "-c", "import ticktap; print(ticktap.__file__)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.replace(os.sep, "/")
    ticktap("firmware", "install", "--force", drive)
    assert "current" in ticktap("firmware", "check", drive)
    assert "GP15" in (drive / "settings.toml").read_text(), "the board's own pins"
    assert "uaccess" in ticktap("firmware", "udev")
    assert (venv / "share/man/man1/ticktap.1").read_text().startswith(".TH TICKTAP 1")
