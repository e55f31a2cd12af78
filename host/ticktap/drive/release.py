"""A downloaded release: verifies its signature and checksums, and gives the firmware that was released.

A release is a folder with SHA256SUMS, SHA256SUMS.minisig and the files named there; of these only the drive's
zip is needed here.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ticktap.drive import minisign
from ticktap.drive.compare import Firmware, firmware_of
from ticktap.errors import BadInput, NotFound, NotVerified

KEYS: tuple[str, ...] = ()
"""The public keys that sign releases, as in minisign's files. There is none before the first release: its key
is made outside the project (docs/releasing.md).
"""

SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.minisig"
DRIVE_ZIP = re.compile(r"ticktap-(?P<version>[\w.+-]+)-drive\.zip")
_ROW = re.compile(r"([0-9a-f]{64})  ([\w.+-]+)")


@dataclass(frozen=True)
class Release:
    """A verified release: its firmware, the ID of the key that signed it, and the signature's comment."""

    firmware: Firmware
    key: str
    comment: str


def read_release(place: Path, keys: tuple[str, ...] = KEYS) -> Release:
    """Reads a release and verifies signature and checksum.

    Args:
        place: the folder, or the drive's zip in it.

    Raises:
        BadInput: a file cannot be used, or there is no public key.
        NotFound: a file is missing.
        NotVerified: signature or checksum is wrong.
    """
    if not keys:
        raise BadInput(
            "this ticktap contains no public key of releases",
            "Give --key with the public key that the project publishes.",
        )
    folder = place if place.is_dir() else place.parent
    sums = _read(folder / SUMS)
    key, comment = minisign.verify(sums, _read(folder / SIGNATURE).decode("utf-8", "replace"), keys)
    digests = {
        row[2]: row[1] for row in map(_ROW.fullmatch, sums.decode("ascii", "replace").splitlines()) if row
    }
    name = place.name if place != folder else next(filter(DRIVE_ZIP.fullmatch, sorted(digests)), "")
    if not DRIVE_ZIP.fullmatch(name) or name not in digests:
        raise NotFound(f"{folder / SUMS} names no zip of the drive", "Give the folder of a release.")
    content = _read(folder / name)
    if hashlib.sha256(content).hexdigest() != digests[name]:
        raise NotVerified(f"{name} differs from its checksum in {SUMS}", "Download it again.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {
            path.removeprefix("CIRCUITPY/"): archive.read(path)
            for path in archive.namelist()
            if path.startswith("CIRCUITPY/")
        }
    return Release(firmware_of(files, name), minisign.key_id(key), comment)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound(
            f"{path} is missing", "Give the folder into which you downloaded the release."
        ) from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror})") from None
