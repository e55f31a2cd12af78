"""Archives that are the same bytes each time: sorted, one time, one owner.

They are not compressed, because versions of zlib differ.
"""

from __future__ import annotations

import io
import struct
import tarfile
import time
import zipfile
from binascii import crc32
from pathlib import Path

FILE, EXECUTABLE = 0o644, 0o755
_LONGEST = 0xFFFF  # bytes of a stored block (RFC 1951, 3.2.4)


def write_zip(path: Path, files: dict[str, bytes], when: int) -> None:
    """A zip of `files`, path to contents."""
    stamp = time.gmtime(when)[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, stamp)
            info.create_system = 3  # Unix, on whatever system it is built
            info.external_attr = FILE << 16
            archive.writestr(info, content)


def tar(files: dict[str, bytes], when: int, executable: frozenset[str] = frozenset()) -> bytes:
    """A tar archive of `files`, and of the folders they are in; root owns them."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        folders = {parent.as_posix() for name in files for parent in Path(name).parents} - {"."}
        for name in sorted({*folders, *files}):
            info = tarfile.TarInfo(name)
            info.mtime = when
            info.uname = info.gname = "root"
            if name in files:
                info.size, info.mode = len(files[name]), EXECUTABLE if name in executable else FILE
                archive.addfile(info, io.BytesIO(files[name]))
            else:
                info.type, info.mode = tarfile.DIRTYPE, EXECUTABLE
                archive.addfile(info)
    return out.getvalue()


def gzip(content: bytes) -> bytes:
    """A gzip file (RFC 1952) of stored blocks, without a time."""
    blocks = [content[at : at + _LONGEST] for at in range(0, len(content), _LONGEST)] or [b""]
    out = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff"]
    for number, block in enumerate(blocks):
        last = number == len(blocks) - 1
        out += [struct.pack("<BHH", last, len(block), len(block) ^ _LONGEST), block]
    out.append(struct.pack("<II", crc32(content), len(content) & 0xFFFFFFFF))
    return b"".join(out)
