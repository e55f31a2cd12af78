"""Downloads the CircuitPython UF2 of one board and version from the official site, and verifies its checksum.

Nothing is downloaded without a checksum. The project has those of files that it has run (`PINNED`); for any
other file, the person who runs the tests gives it.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

SITE = "https://downloads.circuitpython.org/bin/{board}/en_US/{name}"
NAME = re.compile(r"adafruit-circuitpython-([a-z0-9_]+)-en_US-\d+(?:\.\d+)+\.uf2")
LONGEST = 8 << 20  # bytes; a UF2 for 2 MB of flash has at most 4 MiB
PATIENCE_S = 30

PINNED: Mapping[str, str] = {
    "adafruit-circuitpython-rfguru_rp2040-en_US-10.0.3.uf2": (
        "5d580a2cd4eb7feba88b6259bc7ae09f727dae038670638fd3cd34a8a1476344"
    ),
}
"""SHA-256 by file name, of files that these tests have run on; other bytes under such a name are refused."""


class Refused(Exception):
    """The file cannot be downloaded, or has another checksum. The message says which."""


def download(name: str, folder: Path, checksum: str | None = None, site: str = SITE) -> Path:
    """Downloads the file into `folder` and returns its path. Refused: its SHA-256 (hex) is wrong or not
    known.

    `checksum`: None means the pinned one. A file that does not match is not stored.
    """
    board = NAME.fullmatch(name)
    if board is None:
        raise Refused(f"{name!r} is not the name of a CircuitPython release for a board")
    wanted = (checksum or PINNED.get(name, "")).lower()
    if not re.fullmatch("[0-9a-f]{64}", wanted):
        raise Refused(f"the checksum of {name} is not known: give its SHA-256 (make uf2 UF2=... SHA256=...)")
    data = _fetched(site.format(board=board[1], name=name))
    found = hashlib.sha256(data).hexdigest()
    if found != wanted:
        raise Refused(f"{name} has the SHA-256 {found}, not {wanted}; it was not kept")
    return _kept(folder / name, data)


def check(path: Path) -> None:
    """Refused: the file does not match CIRCUITPYTHON_UF2_SHA256 or, without that, the pinned checksum."""
    wanted = os.environ.get("CIRCUITPYTHON_UF2_SHA256", "").lower() or PINNED.get(path.name)
    if wanted is None:
        return
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != wanted:
        raise Refused(f"{path} has the SHA-256 {found}, not {wanted}")


def _fetched(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            data: bytes = answer.read(LONGEST + 1)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise Refused(f"{url} cannot be downloaded: {error}") from error
    if len(data) > LONGEST:
        raise Refused(f"{url} is longer than any UF2 for such a board")
    return data


def _kept(path: Path, data: bytes) -> Path:
    """Writes the file atomically, so that an interrupted run leaves no incomplete file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(data)
    return Path(part.name).replace(path)
