"""The file that keeps a simulated token's state: replaced whole, readable by its owner only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def read(path: Path) -> bytes | None:
    """Content of the file, or None when there is none yet."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write(path: Path, state: bytes) -> None:
    """Replace the file at once: a reader, or a crash, sees the old state or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(state)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
