"""Wheel and source archive of the host package, with the built drive inside.

The source archive contains the built drive too, which setup.py then takes: so it installs without the
compiler and the libraries of the drive.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from man import write as write_manual

from releasing.archives import gzip, tar, write_zip

SOURCES = (
    *("host", "firmware", "hardware/settings"),
    *("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md"),
)
PREBUILT = "prebuilt"  # setup.py has the same


def source_tree(root: Path, drive: Path, destination: Path) -> Path:
    """Copies the sources, without files of an earlier build, and adds drive and manual."""
    destination.mkdir()
    ignored = shutil.ignore_patterns("*.egg-info", "__pycache__", "_drive")
    for name in SOURCES:
        if (root / name).is_dir():
            shutil.copytree(root / name, destination / name, ignore=ignored)
        else:
            shutil.copy(root / name, destination)
    shutil.copytree(drive, destination / PREBUILT / "CIRCUITPY")
    write_manual(destination / "man")
    return destination


def build(tree: Path, work: Path, when: int) -> tuple[Path, Path]:
    """Builds (wheel, source archive) into `work`, and packs both again."""
    raw, packed = work / "raw", work / "packed"
    packed.mkdir()
    command = [sys.executable, "-m", "build", "--sdist", "--wheel", "--no-isolation", "--outdir", raw, tree]
    subprocess.run(
        command, check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": str(when)}
    )
    (wheel,), (source,) = raw.glob("*.whl"), raw.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        write_zip(packed / wheel.name, {name: archive.read(name) for name in archive.namelist()}, when)
    with tarfile.open(source) as archive:
        members = [each for each in archive if each.isfile()]
        files = {each.name: archive.extractfile(each).read() for each in members}
    (packed / source.name).write_bytes(gzip(tar(files, when)))
    return packed / wheel.name, packed / source.name
