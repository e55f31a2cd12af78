"""The CIRCUITPY drive as firmware sees it: a FAT volume in the chip's flash, laid out from a folder.

The folder on the host is read once and never written, so two tokens can share it and nothing the firmware
opens can lead outside. FAT and flash are in parts/; paths, write permission and open files are here.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Mapping
from pathlib import Path

from ticktap.drive import fat_volume
from ticktap.drive.fat_geometry import SECTOR, Geometry, made_by_circuitpython
from ticktap.drive.fat_volume import Layout, Volume
from ticktap.simulator.files import Stream
from ticktap.simulator.oserror import os_error
from ticktap.simulator.parts.fat_file import FatFile
from ticktap.simulator.parts.fatfs import FatFs
from ticktap.simulator.parts.sector_cache import BLOCKS_PER_SECTOR, FIRST_SECTOR, VOLUME_ADDRESS, SectorCache

_CREATING = ("w", "a", "x")


class Drive:
    """Files by path without a leading slash, as bytes. `writable` is the firmware's view.

    `writes` counts changes that reached a directory: files closed or flushed, removed, renamed. `geometry`:
    that of a volume that another system created; None: CircuitPython's.
    """

    def __init__(
        self,
        files: dict[str, bytes],
        cache: SectorCache,
        layout: Layout | None = None,
        geometry: Geometry | None = None,
    ) -> None:
        self.cache = cache
        self.writable = False
        self.writes = 0
        self.original = files
        self._layout = layout
        self._geometry = geometry or made_by_circuitpython(cache.blocks)
        self._open: list[Stream] = []
        self.lay_out(files)

    @staticmethod
    def read_folder(root: Path) -> dict[str, bytes]:
        """Reads the files of a folder. Raises NotADirectoryError."""
        if not root.is_dir():
            raise NotADirectoryError(f"no drive folder at {root}")
        paths = (
            path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts
        )
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}

    def lay_out(self, files: Mapping[str, bytes]) -> None:
        """Writes a new volume with `files`, like a programmer. Raises ValueError if they do not fit."""
        self.cache.flash.load(VOLUME_ADDRESS, fat_volume.build(files, self._layout, self._geometry))
        self.fat = FatFs(self.cache)
        self._seen: tuple[int, Volume] | None = None

    # --- inspection

    @property
    def volume(self) -> Volume:
        """The volume, with what is still in RAM."""
        if self._seen is None or self._seen[0] != self.fat.changes:
            self._seen = (self.fat.changes, Volume(self.fat.image()))
        return self._seen[1]

    @property
    def files(self) -> dict[str, bytes]:
        """A copy of every file's contents, as the firmware reads them now."""
        return self.volume.files

    def stored(self) -> dict[str, bytes]:
        """Every file's contents in the flash: those that a power failure now would leave."""
        return Volume(self.cache.flash.read(VOLUME_ADDRESS, self.cache.size)).files

    def sector_of(self, path: str, offset: int = 0) -> int:
        """Returns the flash sector of a byte of a file or directory. Raises KeyError, IndexError."""
        where = self.volume.geometry
        index, within = divmod(offset, where.cluster_size)
        block = where.block_of(self.volume.clusters(path)[index]) + within // SECTOR
        return FIRST_SECTOR + block // BLOCKS_PER_SECTOR

    # --- operations of firmware and CircuitPython; every access is a block read

    @staticmethod
    def key(path: str) -> str:
        """`/lib/../code.py` -> `code.py`; `..` at the root means the root, as on the chip."""
        parts: list[str] = []
        for part in path.split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in ("", "."):
                parts.append(part)
        return "/".join(parts)

    def is_dir(self, path: str) -> bool:
        self.fat.look()
        key = self.key(path)
        return not key or key in self.volume.folders

    def get(self, path: str) -> bytes | None:
        """Returns the content of a file; None if it does not exist."""
        self.fat.look()
        return self.files.get(self.key(path))

    def listdir(self, path: str) -> list[str]:
        if not self.is_dir(path):
            raise os_error(errno.ENOENT)
        prefix = self.key(path) + "/" if self.key(path) else ""
        names = [*self.files, *self.volume.folders]
        return sorted({name[len(prefix) :].split("/")[0] for name in names if name.startswith(prefix)})

    def free_clusters(self) -> int:
        self.fat.look()
        return self.volume.free

    def remove(self, path: str) -> None:
        self.check_writable()
        self.fat.remove(self.key(path))
        self.writes += 1

    def rename(self, old: str, new: str) -> None:
        """Renames a file; replacing an existing one is not atomic on the chip."""
        self.check_writable()
        self.fat.rename(self.key(old), self.key(new))
        self.writes += 1

    def check_writable(self) -> None:
        """Checks that the firmware may write. Raises OSError EROFS while the host may."""
        if not self.writable:
            raise os_error(errno.EROFS)

    def open(self, path: str, mode: str = "r") -> Stream:
        """The firmware's `open()`: modes r, w, a, x, optionally with + and b."""
        kind = mode.replace("b", "", 1).replace("t", "", 1).replace("+", "", 1)
        if kind not in ("r", *_CREATING):
            raise ValueError("Invalid mode")
        if mode != "r" and (kind != "r" or "+" in mode):
            self.check_writable()
        return self._open_file(path, kind, "+" in mode, "b" not in mode)

    def _open_file(self, path: str, kind: str, both: bool, text: bool) -> Stream:
        key = self.key(path)
        if kind == "x" and self.get(path) is not None:
            raise os_error(errno.EEXIST)
        file = FatFile(
            self.fat,
            key,
            read=both or kind == "r",
            write=both or kind != "r",
            create=kind in _CREATING,
            truncate=kind == "w",
        )
        if kind == "a":
            file.seek(file.size)
        stream = Stream(file, text, self._count)
        self._open = [other for other in self._open if not other.closed] + [stream]
        return stream

    def write_whole(self, path: str, content: bytes) -> None:
        """Replaces a file if the volume has room, as CircuitPython does, also while a host may write."""
        with contextlib.suppress(OSError), self._open_file(path, "w", False, False) as file:
            file.write(content)
        self.cache.flush()

    def _count(self) -> None:
        self.writes += 1

    # --- end of a run, reset

    def end_run(self) -> None:
        """Closes open files at the end of boot.py or code.py, as finalisers do."""
        self.cache.flush()
        for stream in self._open:
            with contextlib.suppress(OSError):  # a damaged volume; nothing can report it
                stream.close()
        self._open.clear()

    def reset(self) -> None:
        """Resets: RAM is lost, and nothing is closed."""
        for stream in self._open:
            stream.abandon()
        self._open.clear()
        self.cache.reset()
        self.fat.mount()
        self.writable = False
