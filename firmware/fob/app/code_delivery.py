"""Delivery of a code: typed at once, in the next time step, or not at all.

The result is shown by an LED signal, by `last` (`status` in the protocol), and by the response to the
request, if there was one.
"""

from ..clock.timekeeper import ClockInvalid
from ..hid.keyboard_typer import KeyboardTyper
from ..otp import otp
from ..rpc import errors
from ..rpc.errors import RpcError
from ..store.keystore import Locked
from ..store.log import StoreFull
from ..store.token_store import Damaged
from ..ui import led_signals

_CLOCK_CHECK_MS = 50  # how often the clock is checked while waiting for the next time step
_LOCKS_CHECK_MS = 100  # how often the host's LED report is read while nothing is typed
_SUFFIX_KEYS = {"none": "", "enter": "\n", "tab": "\t"}


class CodeDelivery:
    """Delivers one code at a time.

    Args:
        show_once(signal): shows an LED signal.
        reply(rpc_id, result, error): answers a request.
        restart(): restarts the chip.
        keyboard: None in maintenance mode.
        screen: its show_code() is called for every code, without a host too. None: there is none.
    """

    def __init__(self, store, time, code_cache, keyboard, screen, show_once, reply, restart):
        self._store = store
        self._time = time
        self._code_cache = code_cache
        self._keyboard = keyboard
        self._screen = screen
        self._show_once = show_once
        self._reply = reply
        self._restart = restart
        self._typer = KeyboardTyper(store.settings)
        self._was_connected = False
        self._host_seen = False  # a host has configured the device since the start
        self._wakeup = None  # the remote wake-up in progress
        self._next_check = 0
        self._next_locks_check = 0
        self._rpc_id = None  # the request to respond to when the code has been typed
        self._prepared = None  # (account, code, unix, now_ms) of prepare()
        self.waiting = None  # id of the account that waits for the next time step or for the host's wake-up
        self.last = "none"  # the result of the last press (docs/protocol.md)

    @property
    def typing(self):
        return self._typer.busy

    @property
    def has_request(self):
        """Whether a request waits for the result."""
        return self._rpc_id is not None

    @property
    def locks(self):
        return self._keyboard.locks if self._keyboard else None

    @property
    def digits(self):
        """How digits are typed on this host: "keypad", "row", "switch"; None in maintenance mode."""
        return self._typer.digits(self.locks) if self._keyboard else None

    @property
    def connected(self):
        return bool(self._keyboard and self._keyboard.connected)

    def prepare(self, id, now_ms):
        """A press has begun that may ask for an account's code: makes the code and its reports.

        What was prepared is used once, at the same time step. A counter is not used up ahead of the click.
        """
        self._prepared = None
        try:
            account = self._store.account(id)
        except Damaged:
            return  # start() says so
        if account.type == "hotp":
            return
        state, unix = self._time.read()
        if state == "ok":
            code = self._code_cache.totp_code(account, unix)
            self._prepared = account, code, unix, now_ms
            self._typer.prepare(code + _SUFFIX_KEYS[account.suffix], self.locks)

    def discard_prepared(self):
        """Something may have changed since prepare()."""
        self._prepared = None

    def start(self, id, now_ms, rpc_id=None, pressed=True):
        """Delivers the code of an account (None: there is no account). Only a press wakes the host."""
        self._rpc_id = rpc_id
        self.waiting = self._wakeup = None
        if self._store.locked:
            self.refuse("locked", led_signals.LOCKED, RpcError(errors.LOCKED))
        elif id is None:
            self.refuse("no-account", led_signals.NO_ACCOUNT)
        elif pressed and not self.connected and self._host_seen and not self._screen:
            self._begin_wakeup(id)  # with a screen the code is shown at once instead
        elif not self.connected and not (self._screen and self._keyboard):
            self._refuse_no_host()
        else:
            self._start(id, now_ms)

    def step(self, now_ms):
        """Continues the delivery."""
        self._watch_host(now_ms)
        if self._typer.busy:
            self._send_next_report(now_ms)
        elif self._wakeup:
            self._await_wakeup(now_ms)
        elif self.waiting is not None and now_ms >= self._next_check:
            self.start(self.waiting, now_ms, self._rpc_id, False)

    def refuse(self, last, signal, error=None):
        """Ends the delivery without typing, with a result, an LED signal and an error for the request."""
        self.last = last
        self.waiting = self._wakeup = None
        self._show_once(signal)
        if error is not None:
            self._reply(self._rpc_id, None, error)
        self._rpc_id = None

    def abort(self):
        """Cancels the delivery. Returns the id of the request that still needs a response."""
        rpc_id, self._rpc_id, self.waiting, self._wakeup = self._rpc_id, None, None, None
        if self._typer.stop():
            self._restart()
        return rpc_id

    def forget_request(self):
        """The connection of the request has ended: sends no response."""
        self._rpc_id = None

    def accounts_changed(self):
        """Ends the delivery that waits if its account is gone or cannot be read."""
        if self.waiting is not None:
            if self._store.locked:
                self.refuse("locked", led_signals.LOCKED, RpcError(errors.LOCKED))
            elif self.waiting not in self._store:
                self.refuse("no-account", led_signals.NO_ACCOUNT, RpcError(errors.NOT_FOUND))

    # -- inside

    def _start(self, id, now_ms):
        prepared = self._take_prepared(id, now_ms)
        if prepared:
            account, code, unix, read_ms = prepared
            self._begin_typing(account, code, unix, read_ms, now_ms)
            return
        try:
            account = self._store.account(id)
            if account.type == "hotp":
                code, unix = self._code_cache.hotp_code(account)[0], None
            else:
                unix = self._time.unix()
                code = self._timely_code(account, unix, now_ms)
        except ClockInvalid as error:
            self.refuse("clock", led_signals.CLOCK_REFUSED, RpcError(errors.CLOCK, error.state))
        except StoreFull:
            self.refuse(
                "store", led_signals.STORE_REFUSED, RpcError(errors.FULL, {"free": self._store.records.free})
            )
        except Damaged:
            self.refuse("store", led_signals.STORE_REFUSED, RpcError(errors.DAMAGED, id))
        except Locked:  # the record of the key is damaged; no PIN is needed
            self.refuse("store", led_signals.STORE_REFUSED, RpcError(errors.STORE, self._store.state))
        else:
            if code is not None:
                self._begin_typing(account, code, unix, now_ms, now_ms)

    def _begin_typing(self, account, code, unix, read_ms, now_ms):
        """`read_ms`: when the clock was read, which gave `unix`."""
        if self._screen:
            self._screen.show_code(account, code, unix, read_ms)
        if self.connected:
            self._typer.start(code + _SUFFIX_KEYS[account.suffix], now_ms, self.locks)
        else:
            self._refuse_no_host()

    def _refuse_no_host(self):
        self.refuse("no-host", led_signals.NO_HOST, RpcError(errors.HOST, "no host, or asleep"))

    def _begin_wakeup(self, id):
        """Wakes the host. The code is made when it is awake."""
        from ..hid.wake import RemoteWakeup

        self.waiting = id
        self.last = "waiting"
        self._wakeup = RemoteWakeup(self._keyboard)

    def _await_wakeup(self, now_ms):
        awake = self._wakeup.step(now_ms)
        if awake:
            self.start(self.waiting, now_ms, self._rpc_id, False)
        elif awake is False:
            self._refuse_no_host()

    def _take_prepared(self, id, now_ms):
        """What prepare() made, if it is of this account and enough of its time step is left; or None."""
        prepared, self._prepared = self._prepared, None
        if prepared:
            account, code, unix, at = prepared
            if account.id == id and self._enough_left(account, unix, (now_ms - at) // 1000 + 1):
                return account, code, unix, at
        return None

    def _enough_left(self, account, unix, passed=0):
        """Whether a code may still be typed at most `passed` s after a reading of the clock."""
        settings = self._store.settings
        typing = settings["start_delay_ms"] + settings["inter_key_ms"] * (account.digits + 2)  # ms
        least = min(settings["min_remaining_s"], account.period // 2) + (typing + 999) // 1000
        least = min(least, account.period - 1)  # a code with its whole step left is always typed
        # The clock chip gives whole seconds: "2 s left" can be anything down to 1.
        return otp.remaining(unix, account.period) - passed > least

    def _timely_code(self, account, unix, now_ms):
        """The code of an account with enough time left, or None: it is waited for."""
        if self._enough_left(account, unix):
            return self._code_cache.totp_code(account, unix)
        self.waiting = account.id
        self._next_check = now_ms + _CLOCK_CHECK_MS
        self.last = "waiting"
        return None

    def _watch_host(self, now_ms):
        """Sends an empty report to a new host. If the host does not read it, nothing is typed."""
        if not self._keyboard:
            return
        connected = self._keyboard.connected
        if connected and not self._was_connected:
            self._keyboard.forget_locks()
            self._typer.new_host()
            self._keyboard.send_empty_report()
            self._host_seen = True
        if connected and now_ms >= self._next_locks_check:
            self._next_locks_check = now_ms + _LOCKS_CHECK_MS
            self._typer.observe_locks(self._keyboard.locks)
        self._was_connected = connected

    def _send_next_report(self, now_ms):
        if not self.connected:
            self._abort_typing("no host, or asleep")
            return
        report = self._typer.step(now_ms, self.locks)
        try:
            if report is not None:
                self._keyboard.send(report)
        except OSError:
            self._abort_typing("the host stopped reading")
            return
        if not self._typer.busy:
            self.last = "typed"
            self._show_once(led_signals.TYPED)
            self._reply(self._rpc_id, {"typed": True}, None)
            self._rpc_id = None

    def _abort_typing(self, message):
        """The host stopped reading. Restarts the chip if a report could still arrive later."""
        pending = self._typer.stop()
        self.refuse("host-stopped", led_signals.NO_HOST, RpcError(errors.HOST, message))
        if pending:
            self._restart()
