"""The token: button edges, lines and time in; keyboard reports, lines and light out.

Everything it touches is handed to it, so the same code runs on the board, in the simulator and in tests.
`step` is called for ever; it never waits, except for the endpoint to take a report (8 ms).
"""

from ..clock.calendar import DAY
from ..otp.code_cache import CodeCache
from ..rpc import errors
from ..rpc.errors import RpcError
from ..store.keystore import BUTTON_PIN
from ..store.token_store import Damaged
from ..ui import led_signals
from . import gestures
from .account_menu import AccountMenu
from .code_delivery import CodeDelivery
from .gestures import Gestures
from .press_request import PressRequest

_CLOCK_CHECK_MS = 1000  # how often the clock is looked at when nothing needs it
_TIME_STEP_CHECK_MS = 50  # how often the clock is looked at while a requested code's next step is awaited
_ACTIVE_MS = 1000  # after an edge or a line from the host, more is likely
_ACTIVE_PAUSE_MS = 2
_IDLE_PAUSE_MS = 5
_PBKDF2_ROUNDS = 200  # of stretching a PIN at a time: 50 ms


class Token:
    """Made of parts.

    store: Store. time: Timekeeper. buttons: edges() -> iterable of (button from 0, pressed, at_ms).
    keyboard: connected, locks (LED report or None), forget(), greet(), wake(), and send(report) raising
    OSError; None in maintenance mode.
    lamp: show(colour). port: connected, suspended, poll() -> bytes, drop(), write(bytes).
    system: serial, board, circuitpython, form, reset_reason, free_heap(), restart(), random(n), aes,
    alive(), collect(), place_of(error). extras: what only some boards have, a screen for example:
    step(token) each.
    """

    def __init__(self, store, time, buttons, keyboard, led, port, system, now_ms, extras=()):
        self.store = store
        self.time = time
        self.system = system
        self._buttons = buttons
        self._keyboard = keyboard
        self._led = led
        self._port = port
        self._extras = extras
        self.maintenance = keyboard is None
        self.now = now_ms
        self.faults = 0
        self.fault = self.fault_at = ""
        self.code_cache = CodeCache(self.store)
        self._access = self._pin_attempts = self._pin_entry = self._line_reader = None  # made when first used
        self.pin_derivation = None  # a PIN from the buttons being made into a key
        self.gestures = Gestures(self.store.settings)
        self.account_menu = AccountMenu()
        self._led_signals = led_signals.LedSignals()
        self.request = None  # the one that waits for a press
        self._pressed = False  # it has got its press, and waits for a suspended port to be resumed
        self._unsent = []  # replies that wait for that
        self._wakeup = None  # an attempt to have the port resumed
        self._next_check = now_ms
        self._sync_overdue = False
        self._active_until = now_ms
        self.delivery = CodeDelivery(
            store, time, self.code_cache, keyboard, self._show_once, self._reply, system.restart
        )
        self._show_once(led_signals.READY)

    def step(self, now_ms):
        """One round. `now_ms` grows without wrapping."""
        self.now = now_ms
        self.delivery.step(now_ms)
        self._serve_resumed_port()
        self._read_buttons()
        if self.delivery.typing:
            self.delivery.step(now_ms)  # a click's first report goes out at once
        self._read_port()
        self._watch_clock()
        self._watch_pin()
        self._expire()
        self._update_led()
        for extra in self._extras:
            extra.step(self)

    @property
    def pause_ms(self):
        """How long nobody misses the next step: not at all while typing, briefly while something goes on."""
        if self.delivery.typing:
            return 0
        return _ACTIVE_PAUSE_MS if self.now < self._active_until else _IDLE_PAUSE_MS

    @property
    def last(self):
        return self.delivery.last

    @property
    def locks(self):
        return self.delivery.locks

    @property
    def digits(self):
        return self.delivery.digits

    @property
    def host_connected(self):
        return self.delivery.connected

    # -- made when first used: a press needs none of them

    @property
    def access(self):
        if not self._access:
            from ..rpc.access import Access

            self._access = Access(self.store, self.system)
        return self._access

    @property
    def pin_attempts(self):
        if not self._pin_attempts:
            from ..store.pin_attempts import PinAttempts

            self._pin_attempts = PinAttempts(self.store)
        return self._pin_attempts

    @property
    def pin_entry(self):
        if not self._pin_entry:
            from .pin_entry import make_pin_entry

            self._pin_entry = make_pin_entry(self._buttons.count)
        return self._pin_entry

    @property
    def pin_digits(self):
        """How many digits of a PIN there are so far; None while none is being entered."""
        return self._pin_entry.count if self._pin_entry and self._pin_entry.is_open else None

    def handle_error(self, error):
        """After an exception that nothing caught: note it, drop what was under way, go on."""
        self.record_error(error)
        waiting = self.request.rpc_id if self.request else None
        self.request = None
        self._pressed = False
        self.gestures.forget()
        self.account_menu.choose()
        self._pin_entry = None
        self.pin_derivation = None
        for rpc_id in (waiting, self.delivery.abort()):
            self._reply(rpc_id, error=RpcError(errors.INTERNAL, self.fault))

    def record_error(self, error):
        """Counts an error nobody foresaw. Keeps its type and place only: its text may hold a secret."""
        self.faults += 1
        self.fault = type(error).__name__
        self.fault_at = self.system.location_of(error)
        try:
            self.store.recover()
        except Exception:
            pass  # "unread" then: nothing is done that could lose something

    # -- called by the protocol's methods

    def accounts_changed(self):
        """An account's secret may have gone, or the key to all: nothing made from it is kept."""
        self.code_cache.forget()
        self.account_menu.choose()
        if self.delivery.waiting is not None:
            if self.store.locked:
                self.delivery.refuse("locked", led_signals.LOCKED, RpcError(errors.LOCKED))
            elif self.delivery.waiting not in self.store:
                self.delivery.refuse("no-account", led_signals.NO_ACCOUNT, RpcError(errors.NOT_FOUND))
        if self.request and self.request.account and self.request.account not in self.store:
            self._finish_request(error=RpcError(errors.NOT_FOUND, self.request.account))

    def identify(self):
        self._show_once(led_signals.IDENTIFY)

    def erased(self):
        """The last wrong PIN erased the accounts."""
        self._show_once(led_signals.ERASED)
        self.accounts_changed()

    def wait_for_press(
        self, rpc_id, action, timeout, signal=led_signals.PRESS_FOR_CODE, account=None, ready=None
    ):
        """Parks a request until a click; its answer comes later (press_request.py).

        The light tells what for, so that a click meant for a code is not taken for more. Raises RpcError when
        one is parked already.
        """
        if self.request or self.delivery.has_request:
            raise RpcError(errors.BUSY)
        self.account_menu.choose()
        self.request = PressRequest(rpc_id, action, self.now + timeout * 1000, signal, account, ready)

    def cancel_request(self):
        """Whether there was one."""
        if not self.request:
            return False
        self._finish_request(error=RpcError(errors.CANCELLED))
        return True

    # -- the button

    def _read_buttons(self):
        for button, pressed, at in self._buttons.edges():
            self._active_until = self.now + _ACTIVE_MS
            event = self.gestures.edge(button, pressed, at)
            if event == gestures.DOWN:
                self._prepare_code(button)
            elif event == gestures.CLICK:
                self._click(button)
            elif event == gestures.HOLD:
                self._hold(button)
        button = self.gestures.overdue(self.now)
        if button is not None:
            self._hold(button)

    def _click(self, button):
        if self.delivery.typing or (self.delivery.waiting is not None and not self.request):
            return
        if self.request:
            self._complete_request()
        elif self.account_menu.is_open and button == self._buttons.count:
            self._choose_account()
        elif self.account_menu.is_open:
            self.account_menu.advance(len(self.store), self.menu_timeout_at())
            self.show_menu_position()
        elif self.store.locked and self.store.has_button_pin:
            if not self.pin_derivation and self.pin_entry.click(button, self.now):
                self._begin_derivation(self.pin_entry.finish())
        else:
            self.deliver(self._account_for(button))

    def _hold(self, button):
        if self.delivery.typing or self.delivery.waiting is not None:
            return
        if self.request:
            self.cancel_request()
            self._wake_host()
            self._show_once(led_signals.CANCELLED)
        elif self.account_menu.is_open:
            self._choose_account()
        elif self.pin_digits is not None:
            self._begin_derivation(self.pin_entry.finish())
        elif self.store.locked:
            self.deliver(self._account_for(button))
        elif self.store.settings["menu"] == "off":
            self.deliver(self._account_for(button))
        elif not len(self.store):
            self.deliver(None)
        else:
            self.account_menu.start(min(button, len(self.store) - 1), self.menu_timeout_at())
            self.show_menu_position()

    def _choose_account(self):
        self._led_signals.set_background(None, self.now)
        self.deliver(self.store.order[self.account_menu.choose()])

    def _account_for(self, button):
        """The account a click types: the default on a token with one button and by an encoder's switch, else
        the button's own.
        """
        if self._buttons.count in (1, button):
            return self.store.default
        return self.store.order[button] if button < len(self.store) else None

    def menu_timeout_at(self):
        return self.now + self.store.settings["menu_timeout_ms"]

    def show_menu_position(self):
        self._led_signals.set_background(None, self.now)  # each choice starts with its first blink
        self._led_signals.set_background(led_signals.number(self.account_menu.position + 1), self.now)

    def _prepare_code(self, button):
        """The button went down: makes the code and collects the heap, so that the release only types."""
        if self.delivery.typing or self.account_menu.is_open or self.maintenance or not self.store.key_loaded:
            return
        id = self.request.account if self.request else self._account_for(button)
        if id is not None:
            self.delivery.prepare(id, self.now)
        self.system.collect()

    def _cache_code(self, id):
        try:
            account = self.store.account(id)
        except Damaged:
            return  # said when it is pressed for
        if account.type != "hotp":
            state, unix = self.time.read()
            if state == "ok":
                self.code_cache.totp_code(account, unix)

    def deliver(self, id, rpc_id=None):
        """Types the code of an account, in time, or says why not; answers the request that asked for it."""
        self.delivery.start(id, self.now, rpc_id)

    # -- a PIN from the buttons

    def _watch_pin(self):
        event = self._pin_entry and self._pin_entry.step(self.now)
        if event:
            self._show_once(led_signals.PIN_DIGIT if event == "digit" else led_signals.CANCELLED)
        if self.pin_derivation:
            key = self.pin_derivation.step(_PBKDF2_ROUNDS)
            if key:
                self.pin_derivation = None
                self._try_key(key)

    def _begin_derivation(self, digits):
        from ..crypto.pbkdf2 import Pbkdf2

        salt, rounds = self.store.keystore.describe(BUTTON_PIN)[:2]
        self.pin_derivation = Pbkdf2(self.system.aes, digits, salt, rounds)

    def _try_key(self, key):
        from ..store.pin_attempts import ReplugRequired, WrongPin

        try:
            self.pin_attempts.try_key(key, BUTTON_PIN)
            self._show_once(led_signals.READY)
        except WrongPin as error:
            if error.left == 0:
                self.erased()
            else:
                self._show_once(led_signals.WRONG_PIN)
        except ReplugRequired:
            self._show_once(led_signals.LOCKED)

    def _watch_clock(self):
        """Notices when the clock stops or comes back; makes the default account's code ahead of a press."""
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

    # -- requests

    def _read_port(self):
        if not self._port.connected and not self._port_suspended:
            self._end_connection()
            return
        data = self._port.poll()
        if data:
            self.delivery.discard_prepared()
            self._active_until = self.now + _ACTIVE_MS
            from ..rpc import dispatch
            from ..rpc.framing import LineReader

            if not self._line_reader:
                self._line_reader = LineReader()
            for line in self._line_reader.feed(data):
                reply = dispatch.answer(line, self)
                if reply:
                    self._send(reply, True)

    def _end_connection(self):
        """The program has closed the port, or the host is another."""
        self.request = None
        self._pressed = False
        self._unsent = []
        if self._access:
            self._access.end()
        self.delivery.forget_request()
        self._port.drop()
        self._line_reader = None

    def _expire(self):
        if self.gestures.undecided or self._pressed:
            return  # the press that is under way still counts
        if self.request and self.now >= self.request.until_ms:
            if self.request.pressed:
                self._complete_request()
            else:
                self._finish_request(error=RpcError(errors.NO_PRESS))
        if self.account_menu.expire(self.now):
            self._show_once(led_signals.CANCELLED)

    def _complete_request(self):
        """The press that a request was waiting for: done at a host that is awake. A code with too little time
        left waits on.
        """
        if self._port_suspended and self._keyboard:
            self._pressed = True
            self._wake_host()
            return
        from ..rpc import dispatch

        waiting = self.request
        if waiting.ready and dispatch.execute(waiting.ready, self)[0] is False:
            waiting.pressed = True
            waiting.until_ms = self.now + _TIME_STEP_CHECK_MS
            return
        self.request = None
        result, error = dispatch.execute(waiting.action, self)
        if result is not None or error is not None:
            self._reply(waiting.rpc_id, result, error)

    def _finish_request(self, result=None, error=None):
        """Answers the parked request."""
        waiting, self.request = self.request, None
        self._pressed = False
        self._reply(waiting.rpc_id, result, error)

    def _reply(self, rpc_id, result=None, error=None):
        if rpc_id is not None:
            from ..rpc import dispatch

            self._send(dispatch.encode(rpc_id, result, error), error is None)

    # -- a port that is suspended: its program still has it open

    @property
    def _port_suspended(self):
        return not self._port.connected and self._port.suspended

    def _send(self, reply, wake):
        """A reply, now or once the port is resumed; `wake`: the host is asked to."""
        if not self._port_suspended:
            self._port.write(reply)
            return
        self._unsent.append(reply)
        if wake:
            self._wake_host()

    def _wake_host(self):
        if self._port_suspended and self._keyboard and not self._wakeup:
            from ..hid.wake import RemoteWakeup

            self._wakeup = RemoteWakeup(self._keyboard)

    def _serve_resumed_port(self):
        """Does what has waited for a suspended port. A host that stays asleep gets an error when it wakes."""
        awake = self._wakeup and self._wakeup.step(self.now)
        if awake is not None:
            self._wakeup = None
        if self._pressed and awake is False:
            self.delivery.refuse("no-host", led_signals.NO_HOST)
            self._finish_request(error=RpcError(errors.HOST, "no host, or asleep"))
        elif self._pressed and awake and self._port.connected:
            self._pressed = False
            self._complete_request()
        while self._unsent and self._port.connected:
            self._port.write(self._unsent.pop(0))

    # -- light

    def _show_once(self, signal):
        self._led_signals.show_once(signal, self.now)

    def _update_led(self):
        if not self.account_menu.is_open:
            self._led_signals.set_background(self._background_signal(), self.now)
        self._led.show(self._led_signals.colour(self.now))

    def _background_signal(self):
        if self.delivery.waiting is not None or self._pressed or (self.request and self.request.pressed):
            return led_signals.WAITING_TIME_STEP
        if self.request:
            return self.request.signal
        if self.pin_digits is not None or self.pin_derivation:
            return led_signals.PIN_ENTRY
        if self.maintenance:
            return led_signals.MAINTENANCE
        if not self.store.usable:
            return led_signals.STORE_UNUSABLE
        if self.time.state != "ok":
            return led_signals.CLOCK_INVALID
        if self._sync_overdue:
            return led_signals.SYNC_OVERDUE
        return None
