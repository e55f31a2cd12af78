"""Boards' drives on this computer: where they are mounted, and how to eject them.

A CIRCUITPY drive is recognised by its boot_out.txt, because its name can be changed; a bootloader's by its
INFO_UF2.TXT.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ticktap.drive.boot_out import BOOT_OUT, INFO_UF2, Board, parse_boot_out, parse_info

MOUNTS = Path("/proc/self/mounts")
LABELLED = Path("/dev/disk/by-label/CIRCUITPY")
_FAT = ("vfat", "msdos")
_REMOVABLE, _RAM = 2, 6  # Windows: DRIVE_REMOVABLE, DRIVE_RAMDISK
EJECT_S = 30


@dataclass(frozen=True)
class Drive:
    """A mounted CIRCUITPY drive. `device` is its block device, None if the system does not report it."""

    path: Path
    board: Board
    device: Path | None = None


@dataclass(frozen=True)
class Loader:
    """A mounted drive of a bootloader; the board waits for a UF2 file."""

    path: Path
    model: str
    board_id: str


def find() -> tuple[list[Drive], list[Loader]]:
    """Lists the mounted drives of boards, by path."""
    drives, loaders = [], []
    for path, device in sorted(_mounted(), key=lambda each: str(each[0])):
        if drive := at(path, device):
            drives.append(drive)
        elif (text := _text(path / INFO_UF2)) and (info := parse_info(text)):
            loaders.append(Loader(path, *info))
    return drives, loaders


def at(path: Path, device: Path | None = None) -> Drive | None:
    """Returns the drive at a path; None if it is not CircuitPython's."""
    text = _text(path / BOOT_OUT)
    board = parse_boot_out(text) if text else None
    if board is None:
        return None
    return Drive(path, board, device or dict(_mounted()).get(path.absolute()))


def is_fat(path: Path, platform: str = sys.platform, mounts: Path = MOUNTS) -> bool:
    """Whether a folder is the root of a FAT volume, as the drive of a board is."""
    if platform == "win32":
        return _windows_system(path).startswith("FAT")
    if platform == "darwin":
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            lines = subprocess.run(["/sbin/mount"], capture_output=True, timeout=EJECT_S, check=False).stdout
            return f" on {path.resolve()} (msdos".encode() in lines
        return False
    try:
        return path.resolve() in [point for point, _ in parse_mounts(mounts.read_text().splitlines())]
    except OSError:
        return False


def _windows_system(path: Path) -> str:
    """The name of the file system of a volume; "" if it is not known."""
    import ctypes

    name = ctypes.create_unicode_buffer(64)
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]  # Windows only
    found = kernel.GetVolumeInformationW(f"{path}\\", None, 0, None, None, None, name, len(name))
    return name.value if found else ""


def not_mounted(labelled: Path = LABELLED) -> str:
    """Returns the device of a connected CIRCUITPY drive that is not mounted, else "" (Linux)."""
    if not labelled.exists():
        return ""
    device = labelled.resolve()
    return "" if device in [each for _, each in _mounted()] else str(device)


def _text(path: Path) -> str:
    try:
        return path.read_bytes()[:4096].decode("utf-8", "replace")
    except OSError:
        return ""


def _mounted() -> Iterator[tuple[Path, Path | None]]:
    """Yields possible mount points with their block devices."""
    if sys.platform == "win32":
        yield from ((path, None) for path in _letters())
    elif sys.platform == "darwin":
        with contextlib.suppress(OSError):
            yield from ((path, None) for path in Path("/Volumes").iterdir())
    else:
        with contextlib.suppress(OSError):
            yield from parse_mounts(MOUNTS.read_text().splitlines())


def parse_mounts(lines: Iterable[str]) -> Iterator[tuple[Path, Path | None]]:
    """Yields (mount point, device) of each FAT volume in /proc/self/mounts (proc(5): \\\\040 is a blank)."""
    for line in lines:
        device, point, kind, *_ = (*line.split(" "), "", "")
        if kind in _FAT:
            plain = [
                re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), each) for each in (point, device)
            ]
            yield Path(plain[0]), Path(plain[1])


def _letters() -> Iterator[Path]:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]  # Windows only
    present = kernel.GetLogicalDrives()
    for number in range(26):
        root = f"{chr(ord('A') + number)}:\\"
        if present >> number & 1 and kernel.GetDriveTypeW(root) in (_REMOVABLE, _RAM):
            yield Path(root)


def eject_commands(drive: Drive, platform: str = sys.platform) -> list[list[str]]:
    """Returns the commands that eject a drive, to be tried in order; none on Windows."""
    if platform == "darwin":
        return [["diskutil", "eject", str(drive.path)]]
    if platform == "win32" or drive.device is None:
        return []
    return [["udisksctl", "unmount", "--block-device", str(drive.device)], ["umount", str(drive.path)]]


def eject(drive: Drive) -> bool:
    """Ejects the drive; False if the user has to do it."""
    for command in eject_commands(drive):
        if shutil.which(command[0]) is None:
            continue
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            done = subprocess.run(command, capture_output=True, timeout=EJECT_S, check=False)
            if done.returncode == 0:
                return True
    return False


def how_to_eject(platform: str = sys.platform) -> str:
    """Explains how to eject a drive by hand."""
    if platform == "win32":
        return "Right-click the drive in Explorer and choose Eject."
    if platform == "darwin":
        return "Eject the drive in Finder."
    return "Eject it in the file manager, or run 'sync' and unmount it."
