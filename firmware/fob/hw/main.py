"""The program: creates the parts for this board and runs the main loop."""

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
    """Creates everything. Returns (Token, System)."""
    maintenance = usb_cdc.console is not None  # boot.py has decided
    system = System()
    if system.form == "source":
        _load_methods()
    rtc = Rtc(buttons.ticks)
    store = TokenStore(
        system.nvm, open_store_file(system.feed_watchdog), KeyStore(system.aes, system.uid, system.random)
    )
    system.screen = _make_screen(rtc)
    token = Token(
        store=store,
        time=Timekeeper(rtc, BUILT, lambda: store.clock, store.note_clock),
        buttons=buttons,
        keyboard=None if maintenance else Keyboard(),
        led=make_led(),
        port=Port(),
        system=system,
        now_ms=buttons.ticks.now(),
        screen=system.screen,
        encoder_menu=_make_encoder_menu(),
    )
    if not maintenance:
        system.start_watchdog()  # not in maintenance mode, where a person may interrupt the program
    return token, system


def _load_methods():
    """Loads the usual requests' modules before the store is read. The source needs large blocks of heap."""
    from ..clock.adjustment_limit import AdjustmentLimit  # noqa: F401
    from ..rpc.dispatch import methods_of

    for noun in ("account", "clock", "code", "session", "settings"):
        methods_of(noun)


def _make_screen(rtc):
    """The screen, None if there is none."""
    if not name_of("TICKTAP_SCREEN"):
        return None
    from ..ui.screen import Screen
    from .display import make_display

    return Screen(make_display(rtc))


def _make_encoder_menu():
    """The encoder's menu, None if there is no encoder."""
    if not name_of("TICKTAP_ENCODER"):
        return None
    from ..app.encoder_menu import EncoderMenu
    from .encoder import Encoder

    return EncoderMenu(Encoder())


def run(buttons):
    """The main loop. Does not return."""
    token, system = build(buttons)
    ticks = buttons.ticks
    while True:
        system.feed_watchdog()
        try:
            token.step(ticks.now())
        except Exception as error:
            token.handle_error(error)
        time.sleep(token.pause_ms / 1000)
