"""The program: the parts of this board put together, and the loop."""

import time

import usb_cdc

from ..app.token import Token
from ..clock.timekeeper import Timekeeper
from ..store.keystore import KeyStore
from ..store.token_store import TokenStore
from ..version import BUILT
from .keyboard import Keyboard
from .led import make_led
from .pins import name_of
from .rtc import Rtc
from .sector_file import open_store_file
from .serial_port import Port
from .system import System


def build(buttons):
    """(the Token, its System)."""
    maintenance = usb_cdc.console is not None  # boot.py decided
    system = System()
    rtc = Rtc(buttons.ticks)
    store = TokenStore(
        system.nvm, open_store_file(system.feed_watchdog), KeyStore(system.aes, system.uid, system.random)
    )
    token = Token(
        store=store,
        time=Timekeeper(rtc, BUILT, lambda: store.clock, store.note_clock),
        buttons=buttons,
        keyboard=None if maintenance else Keyboard(),
        led=make_led(),
        port=Port(),
        system=system,
        now_ms=buttons.ticks.now(),
        extras=_extras(system, rtc),
    )
    if not maintenance:
        system.start_watchdog()  # in maintenance a person may stop this program to look around
    return token, system


def _extras(system, rtc):
    """What only some boards have."""
    extras = []
    if name_of("TICKTAP_SCREEN"):
        from ..ui.screen import Screen
        from .display import make_display

        system.screen = Screen(make_display(rtc))
        extras.append(system.screen)
    if name_of("TICKTAP_ENCODER"):
        from ..app.encoder_menu import EncoderMenu
        from .encoder import Encoder

        extras.append(EncoderMenu(Encoder()))
    return extras


def run(buttons):
    """For ever."""
    token, system = build(buttons)
    ticks = buttons.ticks
    while True:
        system.feed_watchdog()
        try:
            token.step(ticks.now())
        except Exception as error:
            token.handle_error(error)
        time.sleep(token.pause_ms / 1000)
