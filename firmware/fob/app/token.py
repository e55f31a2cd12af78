"""The token: button edges, lines and time in; keyboard reports, lines and light out.

Everything it touches is handed to it, so the same code runs on the board, in the simulator and in tests.
`step` is called for ever; it never waits, except for the endpoint to take a report (8 ms).
"""

from ..clock.calendar import DAY
from ..otp.code_cache import Codes
from ..rpc import errors
from ..rpc.errors import RpcError
from ..store.keystore import KEYS
from ..store.token_store import Damaged
from ..ui import led_signals
from . import gestures
from .account_menu import Chooser
from .code_delivery import Delivery
from .gestures import Gestures
from .press_request import Request

_LOOK_MS = 1000  # how often the clock is looked at when nothing needs it
_STEP_LOOK_MS = 50  # how often the clock is looked at while a requested code's next step is awaited
_LIVELY_MS = 1000  # after an edge or a line from the host, more is likely
_LIVELY_PAUSE_MS = 2
_IDLE_PAUSE_MS = 5
_ROUNDS = 200  # of stretching a PIN at a time: 50 ms


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

    def __init__(self, store, time, buttons, keyboard, lamp, port, system, now_ms, extras=()):
        self.store = store
        self.time = time
        self.system = system
        self._buttons = buttons
        self._keyboard = keyboard
        self._lamp = lamp
        self._port = port
        self._extras = extras
        self.maintenance = keyboard is None
        self.now = now_ms
        self.faults = 0
        self.fault = self.fault_at = ""
        self.codes = Codes(self.store)
        self._access = self._unlocking = self._pinpad = self._lines = None  # made when first used
        self.stretch = None  # a PIN from the buttons being made into a key
        self.gestures = Gestures(self.store.settings)
        self.chooser = Chooser()
        self._lights = led_signals.Lights()
        self.request = None  # the one that waits for a press
        self._pressed = False  # it has got its press, and waits for a suspended port to be resumed
        self._unsent = []  # replies that wait for that
        self._wake = None  # an attempt to have the port resumed
        self._look_at = now_ms
        self._old_sync = False
        self._lively_until = now_ms
        self.delivery = Delivery(store, time, self.codes, keyboard, self._flash, self._reply, system.restart)
        self._flash(led_signals.READY)

    def step(self, now_ms):
        """One round. `now_ms` grows without wrapping."""
        self.now = now_ms
        self.delivery.step(now_ms)
        self._reach_host()
        self._read_buttons()
        if self.delivery.typing:
            self.delivery.step(now_ms)  # a click's first report goes out at once
        self._read_port()
        self._watch_clock()
        self._watch_pin()
        self._expire()
        self._shine()
        for extra in self._extras:
            extra.step(self)

    @property
    def pause_ms(self):
        """How long nobody misses the next step: not at all while typing, briefly while something goes on."""
        if self.delivery.typing:
            return 0
        return _LIVELY_PAUSE_MS if self.now < self._lively_until else _IDLE_PAUSE_MS

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
    def unlocking(self):
        if not self._unlocking:
            from ..store.pin_attempts import Unlocking

            self._unlocking = Unlocking(self.store)
        return self._unlocking

    @property
    def pinpad(self):
        if not self._pinpad:
            from . import pin_entry

            self._pinpad = pin_entry.of(self._buttons.count)
        return self._pinpad

    @property
    def entering(self):
        """How many digits of a PIN there are so far; None while none is being entered."""
        return self._pinpad.count if self._pinpad and self._pinpad.open else None

    def survive(self, error):
        """After an exception that nothing caught: note it, drop what was under way, go on."""
        self.note(error)
        waiting = self.request.rpc_id if self.request else None
        self.request = None
        self._pressed = False
        self.gestures.forget()
        self.chooser.take()
        self._pinpad = None
        self.stretch = None
        for rpc_id in (waiting, self.delivery.drop()):
            self._reply(rpc_id, error=RpcError(errors.INTERNAL, self.fault))

    def note(self, error):
        """Counts an error nobody foresaw. Keeps its type and place only: its text may hold a secret."""
        self.faults += 1
        self.fault = type(error).__name__
        self.fault_at = self.system.place_of(error)
        try:
            self.store.recover()
        except Exception:
            pass  # "unread" then: nothing is done that could lose something

    # -- called by the protocol's methods

    def accounts_changed(self):
        """An account's secret may have gone, or the key to all: nothing made from it is kept."""
        self.codes.forget()
        self.chooser.take()
        if self.delivery.waiting is not None:
            if self.store.locked:
                self.delivery.refuse("locked", led_signals.LOCKED, RpcError(errors.LOCKED))
            elif self.delivery.waiting not in self.store:
                self.delivery.refuse("no-account", led_signals.NO_ACCOUNT, RpcError(errors.NOT_FOUND))
        if self.request and self.request.account and self.request.account not in self.store:
            self._answer(error=RpcError(errors.NOT_FOUND, self.request.account))

    def identify(self):
        self._flash(led_signals.IDENTIFY)

    def erased(self):
        """The last wrong PIN erased the accounts."""
        self._flash(led_signals.ERASED)
        self.accounts_changed()

    def wait_for_press(
        self, rpc_id, act, timeout, signal=led_signals.WAITING_PRESS, account=None, ready=None
    ):
        """Parks a request until a click; its answer comes later (press_request.py).

        The light tells what for, so that a click meant for a code is not taken for more. Raises RpcError when
        one is parked already.
        """
        if self.request or self.delivery.asked:
            raise RpcError(errors.BUSY)
        self.chooser.take()
        self.request = Request(rpc_id, act, self.now + timeout * 1000, signal, account, ready)

    def cancel_request(self):
        """Whether there was one."""
        if not self.request:
            return False
        self._answer(error=RpcError(errors.CANCELLED))
        return True

    # -- the button

    def _read_buttons(self):
        for button, pressed, at in self._buttons.edges():
            self._lively_until = self.now + _LIVELY_MS
            event = self.gestures.edge(button, pressed, at)
            if event == gestures.DOWN:
                self._prepare(button)
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
            self._fulfil()
        elif self.chooser.open and button == self._buttons.count:
            self._take_choice()
        elif self.chooser.open:
            self.chooser.forward(len(self.store), self.choose_until())
            self.show_choice()
        elif self.store.locked and self.store.has_keys:
            if not self.stretch and self.pinpad.click(button, self.now):
                self._begin_key(self.pinpad.take())
        else:
            self.deliver(self._account_of(button))

    def _hold(self, button):
        if self.delivery.typing or self.delivery.waiting is not None:
            return
        if self.request:
            self.cancel_request()
            self._wake_host()
            self._flash(led_signals.CANCELLED)
        elif self.chooser.open:
            self._take_choice()
        elif self.entering is not None:
            self._begin_key(self.pinpad.take())
        elif self.store.locked:
            self.deliver(self._account_of(button))
        elif self.store.settings["choose"] == "off":
            self.deliver(self._account_of(button))
        elif not len(self.store):
            self.deliver(None)
        else:
            self.chooser.start(min(button, len(self.store) - 1), self.choose_until())
            self.show_choice()

    def _take_choice(self):
        self._lights.stand(None, self.now)
        self.deliver(self.store.order[self.chooser.take()])

    def _account_of(self, button):
        """The account a click types: the default on a token with one button and by an encoder's switch, else
        the button's own.
        """
        if self._buttons.count in (1, button):
            return self.store.default
        return self.store.order[button] if button < len(self.store) else None

    def choose_until(self):
        return self.now + self.store.settings["pause"]

    def show_choice(self):
        self._lights.stand(None, self.now)  # each choice starts with its first blink
        self._lights.stand(led_signals.number(self.chooser.position + 1), self.now)

    def _prepare(self, button):
        """The button went down: makes the code and collects the heap, so that the release only types."""
        if self.delivery.typing or self.chooser.open or self.maintenance or not self.store.key_loaded:
            return
        id = self.request.account if self.request else self._account_of(button)
        if id is not None:
            self.delivery.prepare(id, self.now)
        self.system.collect()

    def _make_ahead(self, id):
        try:
            account = self.store.account(id)
        except Damaged:
            return  # said when it is pressed for
        if account.type != "hotp":
            state, unix = self.time.look()
            if state == "ok":
                self.codes.timed(account, unix)

    def deliver(self, id, asked_by=None):
        """Types the code of an account, in time, or says why not; answers the request that asked for it."""
        self.delivery.start(id, self.now, asked_by)

    # -- a PIN from the buttons

    def _watch_pin(self):
        event = self._pinpad and self._pinpad.step(self.now)
        if event:
            self._flash(led_signals.DIGIT if event == "digit" else led_signals.CANCELLED)
        if self.stretch:
            key = self.stretch.step(_ROUNDS)
            if key:
                self.stretch = None
                self._try_key(key)

    def _begin_key(self, digits):
        from ..crypto.pbkdf2 import Stretch

        salt, rounds = self.store.safe.describe(KEYS)[:2]
        self.stretch = Stretch(self.system.aes, digits, salt, rounds)

    def _try_key(self, key):
        from ..store.pin_attempts import Replug, Wrong

        try:
            self.unlocking.try_key(key, KEYS)
            self._flash(led_signals.READY)
        except Wrong as error:
            if error.left == 0:
                self.erased()
            else:
                self._flash(led_signals.WRONG_PIN)
        except Replug:
            self._flash(led_signals.LOCKED)

    def _watch_clock(self):
        """Notices when the clock stops or comes back; makes the default account's code ahead of a press."""
        if self.now < self._look_at or self.delivery.typing:
            return
        state, unix = self.time.look()
        limit = self.store.settings["sync_days"] * DAY
        self._old_sync = state == "ok" and 0 < limit < unix - self.store.synced
        if self.store.default is not None and not self.maintenance and self.store.key_loaded:
            self._make_ahead(self.store.default)
        self._look_at = min(self.now + _LOOK_MS, self.time.next_look(self.now + 1) or self.now + _LOOK_MS)

    # -- requests

    def _read_port(self):
        if not self._port.connected and not self._asleep:
            self._end_connection()
            return
        data = self._port.poll()
        if data:
            self.delivery.unprepare()
            self._lively_until = self.now + _LIVELY_MS
            from ..rpc import dispatch
            from ..rpc.framing import Lines

            if not self._lines:
                self._lines = Lines()
            for line in self._lines.feed(data):
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
        self.delivery.unask()
        self._port.drop()
        self._lines = None

    def _expire(self):
        if self.gestures.undecided or self._pressed:
            return  # the press that is under way still counts
        if self.request and self.now >= self.request.until_ms:
            if self.request.pressed:
                self._fulfil()
            else:
                self._answer(error=RpcError(errors.NO_PRESS))
        if self.chooser.expire(self.now):
            self._flash(led_signals.CANCELLED)

    def _fulfil(self):
        """The press that a request was waiting for: done at a host that is awake. A code with too little time
        left waits on.
        """
        if self._asleep and self._keyboard:
            self._pressed = True
            self._wake_host()
            return
        from ..rpc import dispatch

        waiting = self.request
        if waiting.ready and dispatch.carry_out(waiting.ready, self)[0] is False:
            waiting.pressed = True
            waiting.until_ms = self.now + _STEP_LOOK_MS
            return
        self.request = None
        result, error = dispatch.carry_out(waiting.act, self)
        if result is not None or error is not None:
            self._reply(waiting.rpc_id, result, error)

    def _answer(self, result=None, error=None):
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
    def _asleep(self):
        return not self._port.connected and self._port.suspended

    def _send(self, reply, wake):
        """A reply, now or once the port is resumed; `wake`: the host is asked to."""
        if not self._asleep:
            self._port.write(reply)
            return
        self._unsent.append(reply)
        if wake:
            self._wake_host()

    def _wake_host(self):
        if self._asleep and self._keyboard and not self._wake:
            from ..hid.wake import Wake

            self._wake = Wake(self._keyboard)

    def _reach_host(self):
        """Does what has waited for a suspended port. A host that stays asleep gets an error when it wakes."""
        awake = self._wake and self._wake.step(self.now)
        if awake is not None:
            self._wake = None
        if self._pressed and awake is False:
            self.delivery.refuse("no-host", led_signals.NO_HOST)
            self._answer(error=RpcError(errors.HOST, "no host, or asleep"))
        elif self._pressed and awake and self._port.connected:
            self._pressed = False
            self._fulfil()
        while self._unsent and self._port.connected:
            self._port.write(self._unsent.pop(0))

    # -- light

    def _flash(self, signal):
        self._lights.flash(signal, self.now)

    def _shine(self):
        if not self.chooser.open:
            self._lights.stand(self._standing(), self.now)
        self._lamp.show(self._lights.colour(self.now))

    def _standing(self):
        if self.delivery.waiting is not None or self._pressed or (self.request and self.request.pressed):
            return led_signals.WAITING_STEP
        if self.request:
            return self.request.signal
        if self.entering is not None or self.stretch:
            return led_signals.ENTERING
        if self.maintenance:
            return led_signals.MAINTENANCE
        if not self.store.usable:
            return led_signals.NO_STORE
        if self.time.state != "ok":
            return led_signals.NO_CLOCK
        if self._old_sync:
            return led_signals.OLD_SYNC
        return None
