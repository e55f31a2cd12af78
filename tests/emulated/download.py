"""Getting the CircuitPython UF2 from the official site: one board, one version, one checksum, or nothing.

A file that nobody vouches for is never run: without a checksum nothing is downloaded. The project pins those
of files that it has run (`PINNED`); for any other, the person who runs the tests gives it.
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
    """The file cannot be had, or is not the one that was vouched for. The text says which."""


def download(name: str, folder: Path, checksum: str | None = None, site: str = SITE) -> Path:
    """Puts the file into `folder` and returns its path, once its SHA-256 (hex) is right. Refused otherwise.

    `checksum` None takes the pinned one. What does not match is not kept.
    """
    board = NAME.fullmatch(name)
    if board is None:
        raise Refused(f"{name!r} is not the name of a CircuitPython release for a board")
    wanted = (checksum or PINNED.get(name, "")).lower()
    if not re.fullmatch("[0-9a-f]{64}", wanted):
        raise Refused(f"nobody vouches for {name}: give its SHA-256 (make uf2 UF2=... SHA256=...)")
    data = _fetched(site.format(board=board[1], name=name))
    found = hashlib.sha256(data).hexdigest()
    if found != wanted:
        raise Refused(f"{name} has the SHA-256 {found}, not {wanted}; it was not kept")
    return _kept(folder / name, data)


def check(path: Path) -> None:
    """Refused when CIRCUITPYTHON_UF2_SHA256 says otherwise or, without it, a pinned name has other bytes."""
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
        raise Refused(f"{url} cannot be had: {error}") from error
    if len(data) > LONGEST:
        raise Refused(f"{url} is longer than any UF2 for such a board")
    return data


def _kept(path: Path, data: bytes) -> Path:
    """Under its name all at once: a run that is interrupted leaves no half file there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(data)
    return Path(part.name).replace(path)
