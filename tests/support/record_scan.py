"""The records in bytes of the flash: a log, or a segment behind its header."""

from __future__ import annotations

from fob.store.log import scan


def records_in(image: bytes) -> list[tuple[int, int | None, bytes | None, int]]:
    """(at, kind, body, end) of every record; kind and body are None for bytes that are no record."""
    return list(scan(lambda at, size: bytes(image[at : at + size]), len(image)))
