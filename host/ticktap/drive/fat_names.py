"""Names in a FAT directory: the 8.3 name of an entry, and the VFAT entries before it that hold a long name.

Independent of clusters and volumes (Microsoft, "FAT: General Overview of On-Disk Format", 1.03).
"""

from __future__ import annotations

import struct

ENTRY = 32
LONG_NAME = 0x0F
DELETED = 0xE5
LOWER_BASE, LOWER_EXTENSION = 0x08, 0x10
LAST_LONG_ENTRY = 0x40
LONG_CHARS = 13  # characters of a long name in one entry
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~")


def entries_for(name: str, taken: set[bytes]) -> tuple[bytes, bytes, int]:
    """Returns the long-name entries, the 11-byte short name and the case flags of a name.

    `taken` are the directory's short names; the new one is added. Raises ValueError if too many are
    similar.
    """
    plain = _plain_short_name(name)
    if plain is not None:
        taken.add(plain[0])
        return b"", *plain
    short = _numbered_short_name(name, taken)
    return _long_entries(name, short), short, 0


def _plain_short_name(name: str) -> tuple[bytes, int] | None:
    """Returns the 8.3 name and case flags of a name that needs no long entry."""
    base, dot, extension = name.partition(".")
    if not 1 <= len(base) <= 8 or len(extension) > 3 or bool(dot) != bool(extension):
        return None
    if not _PLAIN.issuperset((base + extension).upper()):
        return None
    case = 0
    for part, flag in ((base, LOWER_BASE), (extension, LOWER_EXTENSION)):
        if part != part.upper():
            if part != part.lower():
                return None
            case |= flag
    return f"{base.upper():8}{extension.upper():3}".encode(), case


def _numbered_short_name(name: str, taken: set[bytes]) -> bytes:
    base, _, extension = name.rpartition(".") if "." in name.lstrip(".") else (name, "", "")
    keep, ending = (
        "".join(character for character in part.upper() if character.isascii() and character.isalnum())
        for part in (base, extension)
    )
    for number in range(1, 1000):
        tail = f"~{number}"
        short = f"{keep[: 8 - len(tail)] + tail:8}{ending[:3]:3}".encode()
        if short not in taken:
            taken.add(short)
            return short
    raise ValueError(f"too many names like {name}")


def _long_entries(name: str, short: bytes) -> bytes:
    checksum = 0
    for byte in short:
        checksum = ((checksum >> 1 | checksum << 7) + byte) & 0xFF
    units = name.encode("utf-16-le")
    count = -(-len(units) // 2 // LONG_CHARS)
    if len(units) // 2 % LONG_CHARS:
        units = (units + b"\0\0").ljust(count * LONG_CHARS * 2, b"\xff")
    parts = []
    for number in range(count, 0, -1):
        part = units[(number - 1) * 26 : number * 26]
        order = number | (LAST_LONG_ENTRY if number == count else 0)
        head = struct.pack("<B10sBBB", order, part[:10], LONG_NAME, 0, checksum)
        parts.append(head + part[10:22] + b"\0\0" + part[22:])
    return b"".join(parts)


def long_piece(raw: bytes) -> bytes:
    """The UTF-16 characters in a long-name entry."""
    return raw[1:11] + raw[14:26] + raw[28:32]


def join_long(pieces: dict[int, bytes]) -> str:
    """Joins the numbered pieces of a long name; damaged pieces make a damaged name."""
    joined = b"".join(pieces[number] for number in sorted(pieces))
    return joined.decode("utf-16-le", "replace").partition("\0")[0].replace("/", "_")


def short_text(raw: bytes) -> str:
    """Returns the name in an entry without a long name; a damaged entry has a damaged name."""
    base, extension = raw[:8].decode("cp437").rstrip(), raw[8:11].decode("cp437").rstrip()
    base = base.lower() if raw[12] & LOWER_BASE else base
    extension = extension.lower() if raw[12] & LOWER_EXTENSION else extension
    return (f"{base}.{extension}" if extension else base).replace("/", "_")
