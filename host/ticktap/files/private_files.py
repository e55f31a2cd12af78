"""Files that only their owner may read, written atomically and durably."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from ticktap.errors import BadInput, NotFound, Refused

_BINARY = getattr(os, "O_BINARY", 0)  # Windows would convert line ends
FILE_BYTES = 32 * 1024 * 1024


def write(path: Path, data: bytes, replace: bool = False) -> None:
    """Writes a file of mode 0600. An old file at `path` is kept until the new one is on the disk.

    Args:
        replace: whether an existing file may be replaced.

    Raises:
        Refused: the file exists.
        BadInput: the folder cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                unfinished.replace(path)
            else:
                os.link(unfinished, path)  # unlike a rename, never replaces
        finally:
            with contextlib.suppress(FileNotFoundError):
                unfinished.unlink()
        if os.name == "posix":  # elsewhere a folder cannot be opened
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
    except FileExistsError:
        raise exists(path) from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror})", "Name another file.") from None


def exists(path: Path) -> Refused:
    """The error for a file that exists already."""
    return Refused(f"the file {path} exists already", "Name another, or give --force to replace it.")


def read(path: Path) -> bytes:
    """Reads a file that the user named.

    Raises:
        NotFound: it does not exist.
        BadInput: it cannot be read, or is too large to be an export.
    """
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES + 1)
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}", "Check the path.") from None
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror})", "Give a file that you may read."
        ) from None
    if len(data) > FILE_BYTES:
        raise BadInput(f"{path} is too large for an export", "Give the export itself.")
    return data
