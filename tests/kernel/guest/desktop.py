"""A desktop's share of a keyboard: input events through libxkbcommon, LEDs back to the device.

What a Wayland compositor does with libinput: the terminal's own keyboard is off, and the LEDs that the
layout's state asks for are written when a keyboard appears and whenever they change.
"""

from __future__ import annotations

import fcntl
import os
import struct
import threading

from kernel.guest.evdev import EVENT
from kernel.guest.event import Event
from kernel.guest.vt import TERMINAL
from keyboards.xkb import CAPS_LOCK, NUM_LOCK, Host

KDSKBMODE, K_OFF, K_UNICODE = 0x4B45, 4, 3
EV_SYN, EV_KEY, EV_LED = 0, 1, 17
LEDS = {0: NUM_LOCK, 1: CAPS_LOCK}  # LED_NUML, LED_CAPSL
AT_ONCE = 64
NUM_LOCK_CODE = 69


class Desktop:
    """One desktop at a time, with one keyboard."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._host: Host | None = None

    def op_desktop(self, path: str, layout: str, num: bool = False, caps: bool = False) -> None:
        """Starts a desktop with these locks on the keyboard at `path`; event "desktop": what was typed."""
        self._terminal_mode(K_OFF)
        _warm_up(layout)
        self._host = Host(layout, num_lock=num, caps_lock=caps)
        file = os.open(path, os.O_RDWR)
        self._show(file)
        threading.Thread(target=self._read, args=(file, self._host), daemon=True).start()

    def op_desktop_ends(self) -> None:
        """Gives the terminal its keyboard back; the desktop's thread ends at the next event."""
        self._host = None
        self._terminal_mode(K_UNICODE)

    def _read(self, file: int, host: Host) -> None:
        try:
            while self._host is host:
                data = os.read(file, EVENT.size * AT_ONCE)
                if self._host is not host:
                    break  # these events are the terminal's, or another desktop's
                for _, _, kind, code, value in EVENT.iter_unpack(data):
                    if kind == EV_KEY and value < 2:
                        self._take(file, host, code, bool(value))
        except OSError:
            pass  # the keyboard has gone
        os.close(file)

    def _take(self, file: int, host: Host, code: int, down: bool) -> None:
        before, leds = len(host.text), host.leds
        host.key(code, down)
        if host.leds != leds:
            self._show(file)
        if host.text[before:]:
            self._event("desktop", text=host.text[before:])

    def _show(self, file: int) -> None:
        assert self._host
        events = [(EV_LED, code, int(bool(self._host.leds & bit))) for code, bit in LEDS.items()]
        os.write(file, b"".join(struct.pack("llHHi", 0, 0, *each) for each in [*events, (EV_SYN, 0, 0)]))

    @staticmethod
    def _terminal_mode(mode: int) -> None:
        terminal = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY)
        fcntl.ioctl(terminal, KDSKBMODE, mode)
        os.close(terminal)


def _warm_up(layout: str) -> None:
    """Loads everything that a key needs: the token waits only 250 ms for the answer to Num Lock, and reading
    from the disk may take longer."""
    host = Host(layout)
    for down in (True, False, True, False):
        host.key(NUM_LOCK_CODE, down)
        assert host.leds in (0, NUM_LOCK)
