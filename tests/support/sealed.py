"""Accounts as they lie on the flash: sealed, so that a test knows what to look for."""

from struct import unpack

from fob.store.record_types import OF_ACCOUNT, STUB_SIZE
from fob.store.sector import HEADER_SIZE, SECTOR_SIZE
from support.record_scan import records_in

ACCOUNT = OF_ACCOUNT[0]


def sealed(flash: bytes, id: int) -> set[bytes]:
    """The sealed bytes of every record of an account, in a log or in segments at a multiple of 512 bytes."""
    found = set()
    for at in range(0, len(flash), 512):
        sector = bytes(flash[at : at + SECTOR_SIZE])
        if sector.startswith(b"ttseg"):
            found |= _of(sector[HEADER_SIZE:], id)
        elif sector[3:10] == b"ticktap":
            found |= _of(sector, id)
    return found


def _of(image: bytes, id: int) -> set[bytes]:
    bodies = [body for _, kind, body, _ in records_in(image) if kind == ACCOUNT and body]
    return {body[2:] for body in bodies if len(body) > STUB_SIZE and unpack("<H", body[:2])[0] == id}
