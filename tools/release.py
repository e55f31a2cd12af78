"""`make release`: the drive as a zip, the wheel, and their checksums, the same bytes each time.

    python tools/release.py DESTINATION

Times in the archives are SOURCE_DATE_EPOCH (reproducible-builds.org), or else the last commit's.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from man import write as write_manual

from ticktap.drive.build import blank_store_file, build_drive

ROOT = Path(__file__).parents[1]
SOURCES = ("host", "firmware", "hardware/settings", "pyproject.toml", "setup.py", "README.md", "LICENSE")
FIRST = 315_532_800  # 1980-01-01, the earliest time in a zip
MODE = 0o644 << 16


def epoch() -> int:
    """Returns the time for all archives, in Unix seconds."""
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if not told:
        told = subprocess.run(
            ["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
    return max(FIRST, int(told))


def write_zip(path: Path, files: dict[str, bytes], when: int) -> None:
    """A zip of `files`, sorted, with one time and mode; uncompressed, because versions of zlib differ."""
    stamp = time.gmtime(when)[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, stamp)
            info.create_system = 3  # Unix, on whatever system it is built
            info.external_attr = MODE
            archive.writestr(info, content)


def drive_files(work: Path) -> dict[str, bytes]:
    """What the zip holds: CIRCUITPY/ to copy onto the drive, and store/ to copy there once."""
    drive = build_drive(ROOT / "firmware", work / "CIRCUITPY")
    files = {
        f"CIRCUITPY/{path.relative_to(drive).as_posix()}": path.read_bytes()
        for path in drive.rglob("*")
        if path.is_file()
    }
    return {**files, "store/store.bin": blank_store_file(), "LICENSE": (ROOT / "LICENSE").read_bytes()}


def build_wheel(work: Path, when: int) -> Path:
    """Builds the wheel from a copy, without files of an earlier build, and repacks it."""
    source = work / "source"
    source.mkdir()
    ignored = shutil.ignore_patterns("*.egg-info", "__pycache__", "_drive")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, source)
    write_manual(source / "man")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(work), str(source)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(when)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    (wheel,) = work.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    packed = work / "packed"
    packed.mkdir()
    write_zip(packed / wheel.name, files, when)
    return packed / wheel.name


def release(destination: Path) -> list[Path]:
    """Makes all released files in `destination`; SHA256SUMS last."""
    destination.mkdir(parents=True, exist_ok=True)
    when = epoch()
    version = re.search(r'VERSION = "(.+)"', (ROOT / "firmware/fob/version.py").read_text())
    assert version, "firmware/fob/version.py names no version"
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        drive = destination / f"ticktap-{version[1]}-drive.zip"
        write_zip(drive, drive_files(work), when)
        wheel = Path(shutil.copy(build_wheel(work, when), destination))
    made = [drive, wheel]
    sums = destination / "SHA256SUMS"
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(made)]
    sums.write_text("".join(lines))
    return [*made, sums]


if __name__ == "__main__":
    for each in release(Path(sys.argv[1])):
        print(f"{each}: {each.stat().st_size} bytes")
