"""Accounts as they lie on the flash: sealed, so that a test knows what to look for."""

from struct import unpack

from fob.journal import scan
from fob.records import OF_ACCOUNT
from fob.segments import HEADER, SECTOR

ACCOUNT = OF_ACCOUNT[0]


def sealed(flash: bytes, id: int) -> set[bytes]:
    """The sealed bytes of every record of an account, in a log or in segments at a multiple of 512 bytes."""
    found = set()
    for at in range(0, len(flash), 512):
        sector = bytes(flash[at : at + SECTOR])
        if sector.startswith(b"ttseg"):
            found |= _of(sector[HEADER:], id)
        elif sector[3:10] == b"ticktap":
            found |= _of(sector, id)
    return found


def _of(image: bytes, id: int) -> set[bytes]:
    records = [(kind, body) for _, kind, body, _ in scan(image)]
    return {body[2:] for kind, body in records if kind == ACCOUNT and unpack("<H", body[:2])[0] == id}
