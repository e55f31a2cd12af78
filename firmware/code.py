# ticktap: a clock that taps the code in for you.

import time

import usb_cdc

from fob.hw import aes
from fob.hw.buttons import Buttons
from fob.hw.keyboard import Keyboard
from fob.hw.lamp import lamp
from fob.hw.pins import name_of
from fob.hw.port import Port
from fob.hw.rtc import Rtc
from fob.hw.system import System
from fob.hw.ticks import Ticks
from fob.hw.vault import vault
from fob.safe import Safe
from fob.store import Store
from fob.timekeeper import Timekeeper
from fob.token import Token
from fob.version import BUILT

maintenance = usb_cdc.console is not None  # boot.py decided
system = System()
ticks = Ticks()
rtc = Rtc(ticks)
extras = []
if name_of("TICKTAP_SCREEN"):
    from fob.hw.display import display
    from fob.screen import Screen

    system.screen = Screen(display(rtc))
    extras.append(system.screen)
if name_of("TICKTAP_ENCODER"):
    from fob.hw.encoder import Encoder
    from fob.turning import Turning

    extras.append(Turning(Encoder()))
store = Store(system.nvm, vault(system.alive), Safe(aes, system.uid, system.random))
token = Token(
    store=store,
    time=Timekeeper(rtc, BUILT, lambda: store.clock, store.note_clock),
    buttons=Buttons(ticks),
    keyboard=None if maintenance else Keyboard(),
    lamp=lamp(),
    port=Port(),
    system=system,
    now_ms=ticks.now(),
    extras=extras,
)

if not maintenance:
    system.guard()  # in maintenance a person may stop this program to look around

while True:
    system.alive()
    try:
        token.step(ticks.now())
    except Exception as error:
        token.survive(error)
    time.sleep(token.pause_ms / 1000)
