"""Looks over the shoulder of every process, at its arguments and environment, and into some folders.

Reads /proc, as any program of the same user can. Processes that live shorter than a look are looked at once
by whoever starts them (`look_at`).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from support.canaries import Canary, found

EVERY_S = 0.01


class Watch:
    """Looks from entering to leaving; `seen` is what was found, `processes` how many were looked at."""

    def __init__(
        self, canaries: Sequence[Canary], folders: Sequence[Path], kept: Mapping[str, Canary] | None = None
    ) -> None:
        """`kept`: by name, files that are there to hold a mark."""
        self._canaries = canaries
        self._kept = kept or {}
        self._folders = folders
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="watch")
        self._known: dict[str, bytes] = {}
        self._files: dict[Path, bytes] = {}
        self.seen: set[str] = set()
        self.processes: set[str] = set()
        self.files: set[str] = set()

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    def _look_on(self) -> None:
        while not self._over.wait(EVERY_S):
            self._look()

    def _look(self) -> None:
        for process in Path("/proc").glob("[0-9]*"):
            self.look_at(process.name)
        for folder in self._folders:
            for path in folder.rglob("*"):
                self._read(path)

    def look_at(self, pid: str) -> None:
        """The arguments and the environment of one process, if they are other than at the last look."""
        told = b""
        for part in ("cmdline", "environ"):
            with contextlib.suppress(OSError):  # it has ended, or is another user's
                told += Path("/proc", pid, part).read_bytes() + b"\0"
        if told != self._known.get(pid):
            self._known[pid] = told
            self.processes.add(pid)
            self.seen.update(f"arguments or environment: {leak}" for leak in found(self._canaries, told))

    def _read(self, path: Path) -> None:
        with contextlib.suppress(OSError):  # gone meanwhile, a folder, a socket
            if path.is_file():
                content = path.read_bytes()
                if content != self._files.get(path):
                    self._files[path] = content
                    self.files.add(path.name)
                    canaries = [
                        canary for canary in self._canaries if canary is not self._kept.get(path.name)
                    ]
                    self.seen.update(f"{path.name}: {leak}" for leak in found(canaries, content))
