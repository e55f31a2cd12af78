"""A copy of the store file and of the pin settings, which an update keeps on this computer until it ends.

A power cut while the FAT is written can destroy the file system (docs/decisions/0013); this copy restores the
accounts. It is as secret as the token's flash, so only its owner may read it, and it is deleted after the
update.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from ticktap.errors import BadInput
from ticktap.files import private_files
from ticktap.files.paths import data_dir

FOLDER = "updates"


@dataclass(frozen=True)
class SavedStore:
    """The store file and settings.toml of a drive before an update; None if missing."""

    store_file: bytes | None
    settings: bytes | None


class StoreCopy:
    """The copy of one token, by its serial number.

    Args:
        folder: the folder of copies; None for ticktap's.
    """

    _names = {"store_file": "store.bin", "settings": "settings.toml"}

    def __init__(self, serial: str, folder: Path | None = None) -> None:
        if not serial.isalnum():
            raise BadInput(
                "the drive does not contain the board's serial number (UID in boot_out.txt)",
                "Update CircuitPython to 10 first.",
            )
        self.folder = (folder or data_dir() / FOLDER) / serial

    def keep(self, kept: SavedStore) -> None:
        """Stores the copy durably. BadInput: it cannot be written; then do not update."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(
                f"{self.folder} cannot be created ({error.strerror})",
                "Set TICKTAP_HOME to a folder that you may write to.",
            ) from None
        for field, name in self._names.items():
            content = getattr(kept, field)
            if content is None:
                self._wipe(self.folder / name)
            else:
                private_files.write(self.folder / name, content, replace=True)

    def read(self) -> SavedStore | None:
        """Returns the copy of an unfinished update; None if there is none."""
        found = {field: self._bytes(name) for field, name in self._names.items()}
        return SavedStore(**found) if any(each is not None for each in found.values()) else None

    def forget(self) -> None:
        """Deletes the copy."""
        for name in self._names.values():
            self._wipe(self.folder / name)
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    def _bytes(self, name: str) -> bytes | None:
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    @staticmethod
    def _wipe(path: Path) -> None:
        """Deletes a file, and overwrites it first; on many disks that does not erase the data."""
        with contextlib.suppress(FileNotFoundError):
            size = path.stat().st_size
            with path.open("r+b") as file:
                file.write(bytes(size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
