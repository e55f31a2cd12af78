"""`make release`: what is released, the same bytes each time.

    python tools/release.py DESTINATION [TOOLS]

Without TOOLS: the drive as a zip, wheel and source archive, the locked libraries, and an image for each
CircuitPython at hand. TOOLS is the folder of the programs in tools/releasing/requirements.txt: with it also
the command as a single file, the Debian package and the SBOM.

Times in the archives are SOURCE_DATE_EPOCH (reproducible-builds.org), or else the last commit's. Other
variables: REPOSITORY is the repository's address, for the files of other package managers; MINISIGN_KEY names
the key that signs SHA256SUMS; MAINTAINER is that of the Debian package; CIRCUITPYTHON_FOLDER has the UF2
files for images.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from releasing import bill_of_materials, debian, images, packagers, python_packages, single_file, sums
from releasing.archives import write_zip

from ticktap.drive.build import blank_store_file, build_drive

ROOT = Path(__file__).parents[1]
FIRST = 315_532_800  # 1980-01-01, the earliest time in a zip
MAINTAINER = os.environ.get("MAINTAINER", "ticktap project <nobody@example.invalid>")  # of the Debian package


def epoch() -> int:
    """Returns the time for all archives, in Unix seconds."""
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if not told:
        told = subprocess.run(
            ["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
    return max(FIRST, int(told))


def version_of() -> str:
    """Returns the version, of which there is one: pyproject.toml and the firmware agree."""
    firmware = re.search(r'^VERSION = "(.+)"', (ROOT / "firmware/fob/version.py").read_text(), re.MULTILINE)
    package = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert firmware and package and firmware[1] == package[1], "two versions, or none"
    return firmware[1]


def drive_files(drive: Path) -> dict[str, bytes]:
    """What the zip holds: CIRCUITPY/ to copy onto the drive, and store/ to copy there once."""
    files = {
        f"CIRCUITPY/{path.relative_to(drive).as_posix()}": path.read_bytes()
        for path in drive.rglob("*")
        if path.is_file()
    }
    return {**files, "store/store.bin": blank_store_file(), "LICENSE": (ROOT / "LICENSE").read_bytes()}


def release(destination: Path, tools: Path | None = None) -> list[Path]:
    """Makes all released files in `destination`; SHA256SUMS and its signature last."""
    destination.mkdir(parents=True, exist_ok=True)
    when, version = epoch(), version_of()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        drive = build_drive(ROOT / "firmware", work / "CIRCUITPY")
        archive = destination / f"ticktap-{version}-drive.zip"
        write_zip(archive, drive_files(drive), when)
        tree = python_packages.source_tree(ROOT, drive, work / "source")
        wheel, source = (
            Path(shutil.copy(each, destination)) for each in python_packages.build(tree, work, when)
        )
        requirements = destination / f"ticktap-{version}-requirements.txt"
        shutil.copyfile(single_file.LOCKED, requirements)
        made = [archive, wheel, source, requirements]
        made += packagers.write(destination, version, wheel, requirements)
        new, unused = images.write(destination, version)
        made += new
        for reason in unused:
            print(f"no image: {reason}", file=sys.stderr)
        if tools is not None:
            made += _with_tools(destination, wheel, tree / "man" / "ticktap.1", version, when, work, tools)
    checksums = sums.write(destination, made)
    signature = sums.sign(checksums, version)
    return [*made, checksums, *([signature] if signature else [])]


def _with_tools(
    destination: Path, wheel: Path, manual: Path, version: str, when: int, work: Path, tools: Path
) -> list[Path]:
    pyz = single_file.build(wheel, destination / f"ticktap-{version}.pyz", when, work / "pyz", tools)
    bill = bill_of_materials.write(destination / f"ticktap-{version}.cdx.json", when, work, tools)
    package = debian.build(pyz, manual, version, MAINTAINER, destination, when, work)
    return [pyz, bill, package]


if __name__ == "__main__":
    for each in release(Path(sys.argv[1]), *map(Path, sys.argv[2:])):
        print(f"{each}: {each.stat().st_size} bytes")
