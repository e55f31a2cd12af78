"""What a screen shows in several situations, in order: for docs/pictures/screen.png and its test."""

from __future__ import annotations

from emulated.conftest import NOON
from emulated.enrolling import enrol
from emulated.screen import Rows, rows_of, with_settings
from emulated.token import EmulatedToken
from ticktap.device.client import Client
from ticktap.otp.account import Account

ACCOUNTS = (("Example", "alice"), ("Some Bank", "alice"))
SECRET = b"12345678901234567890"  # RFC 6238, appendix B
SIZE = "128x32"
LOOKS_MS = 300
REQUEST = b'{"jsonrpc":"2.0","id":1,"method":"code.get","params":{"id":2}}\n'


def screened(firmware_flash: bytes, size: str = SIZE) -> EmulatedToken:
    """A token with a screen; its power comes on when the `with` block is entered."""
    flash = with_settings(firmware_flash, {"TICKTAP_SCREEN": size})
    return EmulatedToken(None, flash=flash, unix=NOON, screen=True)


def furnish(token: EmulatedToken) -> None:
    """Waits until it is ready and adds the accounts."""
    client = Client(token.open())
    client.status()
    for issuer, name in ACCOUNTS:
        enrol(token, client, Account(issuer, name, SECRET))
    client.close()


def panels(token: EmulatedToken) -> list[Rows]:
    """Idle; a code; choosing; asked for a code by the computer."""
    token.rtc(unix=NOON + 3600 + 2)
    token.advance(1300)
    pictures = [rows_of(token)]
    token.press()
    token.advance(600)
    pictures.append(rows_of(token))
    token.hold(ms=900)
    token.advance(100)
    token.press()
    token.advance(LOOKS_MS)
    pictures.append(rows_of(token))
    port = token.open()
    port.write(REQUEST)
    token.advance(LOOKS_MS)
    pictures.append(rows_of(token))
    port.close()
    token.advance(100)
    return pictures
