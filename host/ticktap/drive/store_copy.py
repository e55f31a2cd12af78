"""What an update keeps on this computer until it is done: the vault, and the settings of the pins.

A power cut while the FAT is written can cost the whole drive (docs/decisions/0013); with this copy the
accounts come back. It is as secret as the token's own flash, so it is its owner's alone and goes when the
update is done.
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
    """What was on a drive when an update began; None for what was not there."""

    vault: bytes | None
    settings: bytes | None


class VaultCopy:
    """The copy of one token, by its serial number.

    Args:
        folder: where copies lie; None is ticktap's folder.
    """

    _names = {"vault": "store.bin", "settings": "settings.toml"}

    def __init__(self, serial: str, folder: Path | None = None) -> None:
        if not serial.isalnum():
            raise BadInput(
                "the drive does not tell the board's serial number (UID in boot_out.txt)",
                "Update CircuitPython to 10 first.",
            )
        self.folder = (folder or data_dir() / FOLDER) / serial

    def keep(self, kept: SavedStore) -> None:
        """Durable when it returns. BadInput: it cannot be written; nothing may be updated then."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(
                f"{self.folder} cannot be made ({error.strerror})",
                "Set TICKTAP_HOME to a folder you may use.",
            ) from None
        for field, name in self._names.items():
            content = getattr(kept, field)
            if content is None:
                self._wipe(self.folder / name)
            else:
                private_files.write(self.folder / name, content, replace=True)

    def read(self) -> SavedStore | None:
        """The copy of an update that was not finished; None when there is none."""
        found = {field: self._bytes(name) for field, name in self._names.items()}
        return SavedStore(**found) if any(each is not None for each in found.values()) else None

    def forget(self) -> None:
        """The update is done."""
        for name in self._names.values():
            self._wipe(self.folder / name)
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    def _bytes(self, name: str) -> bytes | None:
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    @staticmethod
    def _wipe(path: Path) -> None:
        """Overwritten first, for what that is worth on this computer's disk."""
        with contextlib.suppress(FileNotFoundError):
            size = path.stat().st_size
            with path.open("r+b") as file:
                file.write(bytes(size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
