"""The result of `open()` in firmware: CircuitPython's streams over an open FAT file, bytes or UTF-8 text.

Nothing is buffered here. A stream without references stays open until the program ends: the drive runs the
finalisers, not Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ticktap.simulator.parts.fat_file import FatFile


class Stream:
    """`on_change()` is called for every change that reached the directory."""

    def __init__(self, file: FatFile, text: bool, on_change: Callable[[], None]) -> None:
        self._file = file
        self._text = text
        self._on_change = on_change

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[str | bytes]:
        return iter(self.readline, "" if self._text else b"")

    @property
    def closed(self) -> bool:
        return self._file.closed

    def read(self, size: int = -1) -> str | bytes:
        if not self._text:
            return self._file.read(self._file.size if size < 0 else size)
        if size < 0:
            return self._file.read(self._file.size).decode()
        return "".join(self._character() for _ in range(size))

    def _character(self) -> str:
        raw = self._file.read(1)
        more = 0 if raw < b"\xc0" else 1 if raw < b"\xe0" else 2 if raw < b"\xf0" else 3
        return (raw + self._file.read(more)).decode()

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        data = self._file.read(len(view))
        view[: len(data)] = data
        return len(data)

    def readline(self, size: int = -1) -> str | bytes:
        line = b""
        while len(line) != size and not line.endswith(b"\n"):
            byte = self._file.read(1)
            if not byte:
                break
            line += byte
        return line.decode() if self._text else line

    def readlines(self) -> list[str | bytes]:
        return list(self)

    def write(self, data: Any) -> int:
        """Writes, and returns the number of bytes, also for text."""
        if isinstance(data, str) != self._text and self._text:
            raise TypeError("a string is required")
        raw = data.encode() if isinstance(data, str) else bytes(memoryview(data))
        self._file.write(raw)
        return len(raw)

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._file.position, self._file.size)[whence]
        self._file.seek(max(0, base + offset))
        return self._file.position

    def tell(self) -> int:
        return self._file.position

    def flush(self) -> None:
        if self._file.sync():
            self._on_change()

    def close(self) -> None:
        if not self._file.closed and self._file.close():
            self._on_change()

    def abandon(self) -> None:
        """Drops the file after a reset; nothing is written."""
        self._file.closed = True
