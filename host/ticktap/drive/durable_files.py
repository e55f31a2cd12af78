"""File access for updates: writes in place, makes writes durable, and reads from the medium.

A file is written in place and keeps its clusters, so the FAT changes only if a file grows
(docs/decisions/0013). Nothing here is atomic; compare.py and update.py handle what a power cut leaves.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from ticktap.errors import Refused, TicktapError

CLUSTER = 4096  # bytes, if the system does not report it


class Image(Protocol):
    """The bytes of a volume. Reading may raise OSError."""

    def __getitem__(self, part: slice, /) -> bytes: ...


class Files(Protocol):
    """A drive. Paths are relative and use "/". Every method may raise OSError."""

    def list(self) -> dict[str, int]:
        """Returns the size of every file by path, except the computer's own files."""

    def read(self, path: str) -> bytes:
        """Reads a file from the medium. Raises FileNotFoundError if there is none."""

    def write(self, path: str, data: bytes) -> None:
        """Writes a file, and creates its folders if needed. Durable after `sync`."""

    def remove(self, path: str) -> None:
        """Removes the file. Durable after `sync`."""

    def rename(self, path: str, new: str) -> None:
        """Renames a file within its folder to a free name. Durable after `sync`."""

    def sync(self) -> None:
        """Makes all writes so far durable before any later write."""

    def free(self) -> int:
        """The free space in bytes."""

    def cluster_size(self) -> int:
        """The size of a cluster in bytes; a file occupies whole clusters."""

    def image(self) -> Image | None:
        """The volume's bytes; None if they cannot be read."""


class Damaged(TicktapError):
    """The drive's file system is damaged or full.

    Args:
        copied: whether this computer has a copy of the store file and the settings.
    """

    def __init__(self, what: str, copied: bool = False) -> None:
        super().__init__(
            f"the drive's files cannot be used: {what}",
            "Unplug it and try again. " + (_RECREATE if copied else _LAST_RESORT),
        )


_ERASE = (
    "let CircuitPython recreate the file system: open the token's console, press Ctrl-C, type "
    "'import storage; storage.erase_filesystem()'"
)
_RECREATE = (
    f"If that does not help, {_ERASE}, then run this command again: it restores the accounts from "
    "the copy on this computer."
)
_LAST_RESORT = (
    "If that does not help, repair the file system with a tool of your system (fsck.vfat, "
    "chkdsk, Disk Utility). "
    f"The last resort is to {_ERASE}: that erases the store file and the accounts in it."
)


class LinkOnDrive(Refused):
    """A path on the drive contains a link, so it may lead out of the drive."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is a link, which a CircuitPython drive cannot have",
            "Nothing was written through it. Give the folder of the drive itself.",
        )


class Mounted:
    """Files of a mounted drive. No links are followed below its root: every method may raise LinkOnDrive.

    Args:
        device: its block device; it is only read, to locate the store file, and only with permission.
    """

    def __init__(self, root: Path, device: Path | None = None) -> None:
        self._root = root
        self._device = device
        self._written: set[Path] = set()

    def list(self) -> dict[str, int]:
        """As Files.list; names that begin with a dot are the computer's own."""
        found = {}
        for folder, folders, names in os.walk(self._root, onerror=_raise):
            folders[:] = sorted(
                name for name in folders if not name.startswith(".") and name not in _WINDOWS_OWN
            )
            for name in sorted(names):
                if not name.startswith("."):
                    path = Path(folder, name)
                    found[path.relative_to(self._root).as_posix()] = _unlinked(path).lstat().st_size
            for name in folders:
                _unlinked(Path(folder, name))
        return found

    def _at(self, path: str) -> Path:
        """The file's path. No part of it below the root is a link."""
        found = self._root
        for part in path.split("/"):
            found = _unlinked(found / part)
        return found

    def read(self, path: str) -> bytes:
        """Bypasses the system's cache where possible (Linux, macOS)."""
        with _opened(self._at(path), os.O_RDONLY, "rb") as file:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            elif sys.platform == "darwin":
                import fcntl

                fcntl.fcntl(file.fileno(), fcntl.F_NOCACHE, 1)
            return file.read()

    def write(self, path: str, data: bytes) -> None:
        """See Files."""
        target = self._at(path)
        there = target.exists()
        if not there:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._written.update((target.parent, target.parent.parent))
        with _opened(target, os.O_RDWR | (0 if there else os.O_CREAT | os.O_EXCL), "r+b") as file:
            file.write(data)
            file.truncate()
        self._written.add(target)

    def remove(self, path: str) -> None:
        """See Files."""
        target = self._at(path)
        target.unlink()
        self._written.discard(target)
        self._written.add(target.parent)

    def rename(self, path: str, new: str) -> None:
        """See Files."""
        self._at(path).rename(self._at(new))
        self._written.discard(self._root / path)
        self._written.update((self._root / new, (self._root / new).parent))

    def sync(self) -> None:
        """Calls fsync for every written file and folder; the first call writes the FAT too."""
        for path in sorted(self._written):
            if path.is_dir():
                if os.name == "posix":
                    _fsync(path, os.O_RDONLY)
            elif path.exists():
                _fsync(path, os.O_RDWR | _BINARY)
        self._written.clear()

    def free(self) -> int:
        """See Files."""
        return shutil.disk_usage(self._root).free

    def cluster_size(self) -> int:
        """See Files."""
        if sys.platform == "win32":
            return _windows_cluster_size(self._root)
        return os.statvfs(self._root).f_frsize or CLUSTER

    def image(self) -> Image | None:
        """The block device's bytes; reading them needs root or the udev rule."""
        return _Device(self._device) if self._device and os.access(self._device, os.R_OK) else None


class _Device:
    """A block device's bytes, read on demand: reading all takes seconds over USB."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __getitem__(self, part: slice, /) -> bytes:
        start = part.start or 0
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(part.stop - start)


_WINDOWS_OWN = ("System Volume Information",)


_BINARY = getattr(os, "O_BINARY", 0)  # Windows would convert line ends
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_JUNCTION = 0xA0000003  # Windows: IO_REPARSE_TAG_MOUNT_POINT


def _unlinked(path: Path) -> Path:
    """Returns the path. Raises LinkOnDrive if it is a link (on Windows, a junction too)."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return path
    if stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) == _JUNCTION:
        raise LinkOnDrive(path)
    return path


def _opened(path: Path, flags: int, mode: str) -> BinaryIO:
    return cast("BinaryIO", os.fdopen(os.open(path, flags | _BINARY | _NO_LINK, 0o666), mode))


def _fsync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | _NO_LINK)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _raise(error: OSError) -> None:
    raise error


def _windows_cluster_size(path: Path) -> int:
    import ctypes

    sectors, size = ctypes.c_ulong(), ctypes.c_ulong()
    succeeded = ctypes.windll.kernel32.GetDiskFreeSpaceW(  # type: ignore[attr-defined]  # Windows only
        path.anchor, ctypes.byref(sectors), ctypes.byref(size), None, None
    )
    return sectors.value * size.value if succeeded else CLUSTER
