"""The token. Inputs: button edges, requests, time. Outputs: keyboard reports, responses, the LED.

All parts are passed as arguments, so the same code runs on the board, in the simulator and in tests. The main
loop calls `step`, which does not block, except until the host reads a report (8 ms).
"""

from .. import modes
from ..clock.calendar import DAY
from ..otp.code_cache import CodeCache
from ..rpc import errors
from ..rpc.errors import RpcError
from ..store.token_store import Damaged
from ..ui import led_signals
from .account_menu import AccountMenu
from .code_delivery import CodeDelivery
from .press_actions import PressActions
from .requests import Requests

_CLOCK_CHECK_MS = 1000  # how often the clock is checked when nothing else needs it
_ACTIVE_MS = 1000  # how long after an edge or a request the loop runs faster
_ACTIVE_PAUSE_MS = 2
_IDLE_PAUSE_MS = 5


class Token:
    """The token, from its parts.

    Args:
        store: the TokenStore.
        time: the Timekeeper.
        buttons: count, edges() -> iterable of (button from 0, pressed, at_ms).
        keyboard: connected, locks (LED report or None), forget_locks(), send_empty_report(), wake(), and
            send(report) raising OSError; None in maintenance mode.
        led: show(colour).
        port: connected, suspended, poll() -> bytes, drop(), write(bytes).
        system: serial, board, circuitpython, form, reset_reason, free_heap(), restart(), random(n), aes,
            feed_watchdog(), collect(), location_of(error).
        now_ms: milliseconds since the start.
        screen: the Screen, None if the board has none.
        encoder_menu: the EncoderMenu, None if the board has no encoder.
    """

    def __init__(
        self, store, time, buttons, keyboard, led, port, system, now_ms, screen=None, encoder_menu=None
    ):
        self.store = store
        self.time = time
        self.system = system
        self._led = led
        self._screen = screen
        self._encoder_menu = encoder_menu
        self._button_count = buttons.count
        self.maintenance = keyboard is None
        self.now = now_ms
        self.faults = 0
        self.fault = self.fault_at = ""
        self.code_cache = CodeCache(store)
        self._access = self._pin_attempts = self._button_pin = None  # created at first use
        self.account_menu = AccountMenu()
        self._led_signals = led_signals.LedSignals()
        self._next_check = now_ms
        self._sync_overdue = False
        self._active_until = now_ms
        self.requests = Requests(self, port, keyboard)
        self._press_actions = PressActions(self, buttons)
        self.gestures = self._press_actions.gestures
        self.delivery = CodeDelivery(
            store,
            time,
            self.code_cache,
            keyboard,
            screen,
            self.show_once,
            self.requests.reply,
            system.restart,
        )
        self.show_once(led_signals.READY)

    def step(self, now_ms):
        """One round of the main loop. `now_ms` does not wrap."""
        self.now = now_ms
        self.delivery.step(now_ms)
        self.requests.resume()
        self._press_actions.step()
        if self.delivery.typing:
            self.delivery.step(now_ms)  # sends the first report of a click at once
        self.requests.read()
        self._watch_clock()
        if self._button_pin:
            self._button_pin.step()
        self._expire()
        self._update_led()
        if self._screen:
            self._screen.step(self)
        if self._encoder_menu:
            self._encoder_menu.step(self)

    def mode(self):
        """What the token is doing (fob/modes.py): the most urgent of what applies."""
        delivery, requests = self.delivery, self.requests
        if delivery.typing:
            return modes.TYPING
        if requests.waiting:
            return modes.PRESSED if requests.is_pressed else modes.REQUEST
        if delivery.waiting is not None:
            return modes.WAITING
        if self.account_menu.is_open:
            return modes.MENU
        if self._button_pin and self._button_pin.is_open:
            return modes.PIN
        if self.maintenance:
            return modes.MAINTENANCE
        if not self.store.usable:
            return modes.STORE_UNUSABLE
        if self.time.state != "ok":
            return modes.CLOCK_INVALID
        return modes.LOCKED if self.store.locked else modes.READY

    @property
    def pause_ms(self):
        """How long the main loop may sleep before the next step, in ms."""
        if self.delivery.typing:
            return 0
        return _ACTIVE_PAUSE_MS if self.now < self._active_until else _IDLE_PAUSE_MS

    def note_activity(self):
        """There was an edge or a request: the loop runs faster for a while."""
        self._active_until = self.now + _ACTIVE_MS

    # -- created at first use: a press needs none of them

    @property
    def access(self):
        if not self._access:
            from ..rpc.access import Access

            self._access = Access(self.store, self.system)
        return self._access

    def end_access(self):
        """Ends all permissions of the connection."""
        if self._access:
            self._access.end()

    @property
    def pin_attempts(self):
        if not self._pin_attempts:
            from ..store.pin_attempts import PinAttempts

            self._pin_attempts = PinAttempts(self.store, self._erased)
        return self._pin_attempts

    @property
    def button_pin(self):
        if not self._button_pin:
            from .button_pin import ButtonPin

            self._button_pin = ButtonPin(self, self._button_count)
        return self._button_pin

    # -- errors

    def handle_error(self, error):
        """After an unexpected exception: records it and cancels what was in progress."""
        self.record_error(error)
        waiting = self.requests.forget()
        self.gestures.forget()
        self.account_menu.choose()
        self._button_pin = None
        for rpc_id in (waiting, self.delivery.abort()):
            self.requests.reply(rpc_id, None, RpcError(errors.INTERNAL, self.fault))

    def record_error(self, error):
        """Records an unexpected error: its type and location, not its text, which may contain a secret."""
        self.faults += 1
        self.fault = type(error).__name__
        self.fault_at = self.system.location_of(error)
        try:
            self.store.recover()
        except Exception:
            pass  # the state is "unread" then, and the store accepts no changes

    # -- what has happened to the accounts

    def accounts_changed(self):
        """Discards what was made from secrets: an account was removed, or the token was locked."""
        self.code_cache.forget()
        self.account_menu.choose()
        self.delivery.accounts_changed()
        self.requests.accounts_changed()

    def _erased(self):
        """The last wrong PIN has erased the accounts."""
        self.show_once(led_signals.ERASED)
        self.accounts_changed()

    # -- codes and the account menu

    def deliver(self, id, rpc_id=None):
        """Types the code of an account, or shows why not. `rpc_id`: the request to respond to."""
        self.delivery.start(id, self.now, rpc_id)

    def menu_timeout_at(self):
        return self.now + self.store.settings["menu_timeout_ms"]

    def show_menu_position(self):
        self._led_signals.set_background(None, self.now)  # starts the signal from its beginning
        self._led_signals.set_background(led_signals.number(self.account_menu.position + 1), self.now)

    # -- time

    def _watch_clock(self):
        """Checks the clock, and makes the default account's code before a press needs it."""
        if self.now < self._next_check or self.delivery.typing:
            return
        state, unix = self.time.read()
        limit = self.store.settings["sync_days"] * DAY
        self._sync_overdue = state == "ok" and 0 < limit < unix - self.store.synced
        if self.store.default is not None and not self.maintenance and self.store.key_loaded:
            self._cache_code(self.store.default)
        self._next_check = min(
            self.now + _CLOCK_CHECK_MS, self.time.next_read(self.now + 1) or self.now + _CLOCK_CHECK_MS
        )

    def _cache_code(self, id):
        try:
            account = self.store.account(id)
        except Damaged:
            return  # reported when the code is requested
        if account.type != "hotp":
            state, unix = self.time.read()
            if state == "ok":
                self.code_cache.totp_code(account, unix)

    def _expire(self):
        if self.gestures.undecided:
            return  # a press in progress still counts
        self.requests.expire()
        if self.account_menu.expire(self.now):
            self.show_once(led_signals.CANCELLED)

    # -- the LED

    def show_once(self, signal):
        self._led_signals.show_once(signal, self.now)

    def identify(self):
        self.show_once(led_signals.IDENTIFY)

    def _update_led(self):
        mode, waiting = self.mode(), self.requests.waiting
        if waiting and not self.requests.is_pressed:
            mode = modes.REQUEST  # nothing hides what a press would do
            self._led_signals.end_once()
            waiting.note_shown(self.now)
        if mode != modes.MENU:
            signal = led_signals.background(mode, waiting and waiting.reason, self._sync_overdue)
            self._led_signals.set_background(signal, self.now)
        self._led.show(self._led_signals.colour(self.now))
