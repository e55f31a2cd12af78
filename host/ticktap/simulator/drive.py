"""The CIRCUITPY drive: an image in memory of a folder, with what FAT on this chip costs and forbids.

The folder on the host is read once and never written, so two tokens can share it and nothing the firmware
opens can lead outside. Directories exist because files in them do.
"""

from __future__ import annotations

import errno
import io
from collections.abc import Callable
from pathlib import Path

from ticktap.simulator.oserror import os_error

CLUSTER = 512
CLUSTERS = 2008  # of a 1 MiB drive on a 2 MiB chip, as CircuitPython formats it
WRITE_MS = 106  # one touched file: two sectors of 53 ms with interrupts off


class Drive:
    """Files by path without a leading slash, as bytes. `writable` is the firmware's view."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.writable = False
        self.writes = 0
        self.on_write: Callable[[], None] = lambda: None

    @classmethod
    def read(cls, root: Path) -> Drive:
        """The image of the folder `root`; raises NotADirectoryError."""
        if not root.is_dir():
            raise NotADirectoryError(f"no drive folder at {root}")
        paths = (
            path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts
        )
        return cls({path.relative_to(root).as_posix(): path.read_bytes() for path in paths})

    @staticmethod
    def key(path: str) -> str:
        """`/lib/../code.py` -> `code.py`; `..` at the root stays there, as on the chip."""
        parts: list[str] = []
        for part in path.split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in ("", "."):
                parts.append(part)
        return "/".join(parts)

    def is_dir(self, path: str) -> bool:
        key = self.key(path)
        return not key or any(name.startswith(key + "/") for name in self.files)

    def get(self, path: str) -> bytes | None:
        """Content of a file, or None when there is none."""
        return self.files.get(self.key(path))

    def listdir(self, path: str) -> list[str]:
        if not self.is_dir(path):
            raise os_error(errno.ENOENT)
        prefix = self.key(path) + "/" if self.key(path) else ""
        return sorted({name[len(prefix) :].split("/")[0] for name in self.files if name.startswith(prefix)})

    def put(self, path: str, content: bytes) -> None:
        """A write by the firmware."""
        self.check_writable()
        self.files[self.key(path)] = content
        self._wrote()

    def remove(self, path: str) -> None:
        self.check_writable()
        if self.files.pop(self.key(path), None) is None:
            raise os_error(errno.ENOENT)
        self._wrote()

    def rename(self, old: str, new: str) -> None:
        """Onto an existing file works, and is not atomic on the chip."""
        self.check_writable()
        if self.key(old) not in self.files:
            raise os_error(errno.ENOENT)
        self.files[self.key(new)] = self.files.pop(self.key(old))
        self._wrote()

    def _wrote(self) -> None:
        self.writes += 1
        self.on_write()

    def check_writable(self) -> None:
        """Raises OSError EROFS while the host may write."""
        if not self.writable:
            raise os_error(errno.EROFS)

    def free_clusters(self) -> int:
        return CLUSTERS - sum(-(-len(content) // CLUSTER) for content in self.files.values())

    def open(self, path: str, mode: str = "r") -> io.IOBase:
        """The firmware's `open()`: modes r, w, a, r+, each as text or with b."""
        kind = mode.replace("b", "").replace("t", "")
        if kind not in ("r", "w", "a", "r+"):
            raise ValueError("Invalid mode")
        if kind != "r":
            self.check_writable()
        content = b"" if kind == "w" else self.get(path)
        if content is None and kind == "a":
            content = b""
        if content is None:
            raise os_error(errno.EISDIR if self.is_dir(path) else errno.ENOENT)
        raw = _File(self, path, content, kind)
        return raw if "b" in mode else io.TextIOWrapper(raw, "utf-8", newline="\n")


class _File(io.BytesIO):
    """An open file; what was written reaches the drive at flush and close."""

    def __init__(self, drive: Drive, path: str, content: bytes, kind: str) -> None:
        super().__init__(content)
        self._drive, self._path, self._kind = drive, path, kind
        self._dirty = kind == "w"
        if kind == "a":
            self.seek(0, io.SEEK_END)

    def writable(self) -> bool:
        return self._kind != "r"

    def write(self, data: object) -> int:
        if self._kind == "r":
            raise os_error(errno.EACCES)
        self._dirty = True
        return super().write(data)  # type: ignore[arg-type]

    def flush(self) -> None:
        if self._dirty and not self.closed:
            self._dirty = False
            self._drive.put(self._path, self.getvalue())

    def close(self) -> None:
        self.flush()
        super().close()
