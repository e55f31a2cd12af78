"""SHA256SUMS, and its signature by minisign if a key is given."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

NAME = "SHA256SUMS"
KEY = "MINISIGN_KEY"
"""The variable that names the file of the secret key. The key is made and kept outside the project
(docs/releasing.md); minisign asks for its password.
"""


def digest(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(folder: Path, files: Iterable[Path]) -> Path:
    """Writes the checksums of `files`, sorted by name."""
    sums = folder / NAME
    sums.write_text("".join(f"{digest(path)}  {path.name}\n" for path in sorted(files)))
    return sums


def sign(sums: Path, version: str) -> Path | None:
    """Signs the checksums; None if no key is given."""
    key = os.environ.get(KEY)
    if not key:
        return None
    signature = sums.with_name(f"{NAME}.minisig")
    subprocess.run(
        ["minisign", "-S", "-s", key, "-m", sums, "-x", signature, "-t", f"ticktap {version}"], check=True
    )
    return signature
