"""The program: the parts of this board put together, and the loop."""

import time

import usb_cdc

from ..safe import Safe
from ..store import Store
from ..timekeeper import Timekeeper
from ..token import Token
from ..version import BUILT
from .keyboard import Keyboard
from .lamp import lamp
from .pins import name_of
from .port import Port
from .rtc import Rtc
from .system import System
from .vault import vault


def build(buttons):
    """(the Token, its System)."""
    maintenance = usb_cdc.console is not None  # boot.py decided
    system = System()
    rtc = Rtc(buttons.ticks)
    store = Store(system.nvm, vault(system.alive), Safe(system.aes, system.uid, system.random))
    token = Token(
        store=store,
        time=Timekeeper(rtc, BUILT, lambda: store.clock, store.note_clock),
        buttons=buttons,
        keyboard=None if maintenance else Keyboard(),
        lamp=lamp(),
        port=Port(),
        system=system,
        now_ms=buttons.ticks.now(),
        extras=_extras(system, rtc),
    )
    if not maintenance:
        system.guard()  # in maintenance a person may stop this program to look around
    return token, system


def _extras(system, rtc):
    """What only some boards have."""
    extras = []
    if name_of("TICKTAP_SCREEN"):
        from ..screen import Screen
        from .display import display

        system.screen = Screen(display(rtc))
        extras.append(system.screen)
    if name_of("TICKTAP_ENCODER"):
        from ..turning import Turning
        from .encoder import Encoder

        extras.append(Turning(Encoder()))
    return extras


def run(buttons):
    """For ever."""
    token, system = build(buttons)
    ticks = buttons.ticks
    while True:
        system.alive()
        try:
            token.step(ticks.now())
        except Exception as error:
            token.survive(error)
        time.sleep(token.pause_ms / 1000)
