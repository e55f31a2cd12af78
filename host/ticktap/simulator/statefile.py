"""The file with a simulated token's state: replaced as a whole, private, used by one token."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ticktap.errors import BadInput


class StateInUse(BadInput):
    """Another running simulated token uses the state file."""


def lock(path: Path) -> int:
    """Locks the state file of a token for as long as the returned descriptor is open.

    The lock is on a file beside it, because the state file itself is replaced at every change.

    Raises:
        StateInUse: another token has it.
        BadInput: the folder cannot be written.
    """
    import fcntl

    try:
        descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror})", "Use another state file.") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise StateInUse(
            f"another running simulated token uses {path}",
            "Stop that one first, or use another file with --state.",
        ) from None
    return descriptor


def read(path: Path) -> bytes | None:
    """Returns the content of the file; None if it does not exist yet."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write(path: Path, state: bytes) -> None:
    """Replaces the file atomically: a reader sees the old state or the new one, also after a crash."""
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
