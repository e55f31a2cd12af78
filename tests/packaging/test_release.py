"""What is released: the same bytes from two builds, checksums that are right, a wheel that installs."""

import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from drive.scene import FRESH
from ticktap.drive.build import blank_store_file, find_drive

ROOT = Path(__file__).parents[2]
LOCKED = ROOT / "tools" / "releasing" / "locked.txt"
WHEN = "1795305600"
HOME = "https://example.org/owner/ticktap"
MADE = {
    "ticktap-0.1.0-drive.zip",
    "ticktap-0.1.0-py3-none-any.whl",
    "ticktap-0.1.0-requirements.txt",
    "ticktap-0.1.0.tar.gz",
    "ticktap.rb",
    "PKGBUILD",
    "SHA256SUMS",
}


def built(destination, umask):
    subprocess.run(
        [sys.executable, ROOT / "tools" / "release.py", destination],
        check=True,
        capture_output=True,
        env={
            **os.environ,
            "SOURCE_DATE_EPOCH": WHEN,
            "PYTHONHASHSEED": str(umask),
            "REPOSITORY": HOME,
            "CIRCUITPYTHON_FOLDER": str(destination),  # none: tests/emulated/test_board_image.py has it
        },
        umask=umask,
    )
    return {path.name: path.read_bytes() for path in destination.iterdir()}


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    return folder, built(folder, 0o022)


def test_two_builds_are_the_same_bytes(release, tmp_path):
    _, first = release
    assert set(first) == MADE
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


def test_the_source_archive_has_what_a_build_needs_and_nothing_of_this_machine(release):
    folder, _ = release
    (path,) = folder.glob("*.tar.gz")
    drive = find_drive()
    with tarfile.open(path) as archive:
        held = {each.name: archive.extractfile(each).read() for each in archive if each.isfile()}
        assert {(each.mtime, each.uid, each.uname) for each in archive} == {(int(WHEN), 0, "root")}
    top = "ticktap-0.1.0/"
    assert {f"{top}{name}" for name in ("PKG-INFO", "pyproject.toml", "setup.py", "man/ticktap.1")} <= set(
        held
    )
    prebuilt = f"{top}prebuilt/CIRCUITPY/"
    assert {
        name.removeprefix(prebuilt): body for name, body in held.items() if name.startswith(prebuilt)
    } == {
        each.relative_to(drive).as_posix(): each.read_bytes() for each in drive.rglob("*") if each.is_file()
    }
    assert not [name for name in held if name.endswith(".pyc")]
    assert not [name for name, body in held.items() if str(ROOT).encode() in body]


def test_the_packages_of_others_name_the_released_files(release):
    """Homebrew and Arch Linux fetch these addresses, and compare these checksums."""
    _, made = release
    base = f"{HOME}/releases/download/v0.1.0/"
    for name in ("ticktap.rb", "PKGBUILD"):
        text = made[name].decode()
        assert sorted(re.findall(r"https://[^\s\"']+/([\w.+-]+)\"", text))[-2:] == [
            "ticktap-0.1.0-py3-none-any.whl",
            "ticktap-0.1.0-requirements.txt",
        ]
        for file in ("ticktap-0.1.0-py3-none-any.whl", "ticktap-0.1.0-requirements.txt"):
            assert base + file in text
            assert hashlib.sha256(made[file]).hexdigest() in text


def test_every_library_is_locked_with_its_checksums():
    """What pyproject.toml requires, in a version that it accepts."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = dict(re.findall(r"^([a-z0-9-]+)==([\w.]+)", LOCKED.read_text(), re.MULTILINE))
    for requirement in map(Requirement, project["dependencies"]):
        assert requirement.specifier.contains(locked[requirement.name]), requirement
    assert LOCKED.read_text().count("--hash=sha256:") >= len(locked)


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
