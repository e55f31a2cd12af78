"""A code on its way to the host: typed now, or when its next step begins, or not at all and says why.

One at a time. What becomes of it is told by a signal on the LED, by `last`, and by an answer to the request
that asked for it, if one did.
"""

from ..clock.timekeeper import Untrusted
from ..hid.keyboard_typer import Typist
from ..otp import otp
from ..rpc import errors
from ..rpc.errors import RpcError
from ..store.keystore import Locked
from ..store.log import Full
from ..store.token_store import Damaged
from ..ui import led_signals

_LOOK_MS = 50  # how often the clock is looked at while the next step is awaited
_LOCKS_MS = 100  # how often the host's LED reports are looked at while nothing is typed
_ENDINGS = {"none": "", "enter": "\n", "tab": "\t"}


class Delivery:
    """Calls `flash(signal)`, `reply(rpc_id, result, error)`, `restart()`; `keyboard` None: maintenance."""

    def __init__(self, store, time, codes, keyboard, flash, reply, restart):
        self._store = store
        self._time = time
        self._codes = codes
        self._keyboard = keyboard
        self._flash = flash
        self._reply = reply
        self._restart = restart
        self._typist = Typist(store.settings)
        self._host_was = False
        self._host_ever = False  # a host has configured the device since the start
        self._wake = None  # an attempt to wake the host that is under way
        self._look_at = 0
        self._locks_at = 0
        self._asked_by = None  # rpc id to answer when the code has been typed
        self._prepared = None  # (account, code, unix, now_ms) of prepare()
        self.waiting = None  # id of an account whose next step, or the host's wake-up, is awaited
        self.screen = None  # note(account, code, unix, now_ms): told of every code, with or without a host
        self.last = "none"  # what became of the last press (docs/protocol.md)

    @property
    def typing(self):
        return self._typist.busy

    @property
    def asked(self):
        """Whether a request waits for what is under way."""
        return self._asked_by is not None

    @property
    def locks(self):
        return self._keyboard.locks if self._keyboard else None

    @property
    def digits(self):
        """How digits are typed at this host: "keypad", "row", "switch"; None in maintenance."""
        return self._typist.digits(self.locks) if self._keyboard else None

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
        state, unix = self._time.look()
        if state == "ok":
            code = self._codes.timed(account, unix)
            self._prepared = account, code, unix, now_ms
            self._typist.prepare(code + _ENDINGS[account.suffix], self.locks)

    def unprepare(self):
        """Something may have changed since prepare()."""
        self._prepared = None

    def start(self, id, now_ms, asked_by=None, pressed=True):
        """Delivers the code of an account; `id` None: there is none. A host is woken for a press only."""
        self._asked_by = asked_by
        self.waiting = self._wake = None
        if self._store.locked:
            self.refuse("locked", led_signals.LOCKED, RpcError(errors.LOCKED))
        elif id is None:
            self.refuse("no-account", led_signals.NO_ACCOUNT)
        elif pressed and not self.connected and self._host_ever and not self.screen:
            self._begin_wake(id)  # with a screen, the code is shown at once instead
        elif not self.connected and not (self.screen and self._keyboard):
            self._refuse_no_host()
        else:
            self._start(id, now_ms)

    def step(self, now_ms):
        """Goes on with what is under way."""
        self._watch_host(now_ms)
        if self._typist.busy:
            self._type(now_ms)
        elif self._wake:
            self._await_host(now_ms)
        elif self.waiting is not None and now_ms >= self._look_at:
            self.start(self.waiting, now_ms, self._asked_by, False)

    def refuse(self, last, signal, error=None):
        """Ends what is under way without typing it."""
        self.last = last
        self.waiting = self._wake = None
        self._flash(signal)
        if error is not None:
            self._reply(self._asked_by, None, error)
        self._asked_by = None

    def drop(self):
        """Forgets what is under way; returns the id of the request that is left unanswered."""
        rpc_id, self._asked_by, self.waiting, self._wake = self._asked_by, None, None, None
        if self._typist.stop():
            self._restart()
        return rpc_id

    def unask(self):
        """The one who asked is gone."""
        self._asked_by = None

    # -- inside

    def _start(self, id, now_ms):
        prepared = self._take_prepared(id, now_ms)
        if prepared:
            account, code, unix, read_ms = prepared
            self._hand_over(account, code, unix, read_ms, now_ms)
            return
        try:
            account = self._store.account(id)
            if account.type == "hotp":
                code, unix = self._codes.counted(account)[0], None
            else:
                unix = self._time.unix()
                code = self._in_time(account, unix, now_ms)
        except Untrusted as error:
            self.refuse("clock", led_signals.CLOCK_REFUSED, RpcError(errors.CLOCK, error.state))
        except Full:
            self.refuse("store", led_signals.STORE_REFUSED, RpcError(errors.FULL, {"free": self._store.free}))
        except Damaged:
            self.refuse("store", led_signals.STORE_REFUSED, RpcError(errors.DAMAGED, id))
        except Locked:  # the record of the key is damaged: no PIN would help
            self.refuse("store", led_signals.STORE_REFUSED, RpcError(errors.STORE, self._store.state))
        else:
            if code is not None:
                self._hand_over(account, code, unix, now_ms, now_ms)

    def _hand_over(self, account, code, unix, read_ms, now_ms):
        """`read_ms`: when the clock was read, which gave `unix`."""
        if self.screen:
            self.screen.note(account, code, unix, read_ms)
        if self.connected:
            self._typist.start(code + _ENDINGS[account.suffix], now_ms, self.locks)
        else:
            self._refuse_no_host()

    def _refuse_no_host(self):
        self.refuse("no-host", led_signals.NO_HOST, RpcError(errors.HOST, "no host, or asleep"))

    def _begin_wake(self, id):
        """The code is made when the host is awake; until then the light says that it is awaited."""
        from ..hid.wake import Wake

        self.waiting = id
        self.last = "waiting"
        self._wake = Wake(self._keyboard)

    def _await_host(self, now_ms):
        awake = self._wake.step(now_ms)
        if awake:
            self.start(self.waiting, now_ms, self._asked_by, False)
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
        typing = settings["delay"] + settings["pace"] * (account.digits + 2)  # ms
        least = min(settings["guard"], account.period // 2) + (typing + 999) // 1000
        least = min(least, account.period - 1)  # a whole step is never refused
        # The clock chip gives whole seconds: "2 s left" can be anything down to 1.
        return otp.remaining(unix, account.period) - passed > least

    def _in_time(self, account, unix, now_ms):
        """The code of an account with enough time left, or None: it is waited for."""
        if self._enough_left(account, unix):
            return self._codes.timed(account, unix)
        self.waiting = account.id
        self._look_at = now_ms + _LOOK_MS
        self.last = "waiting"
        return None

    def _watch_host(self, now_ms):
        """When a host appears, it gets an empty report. If it takes that, it will take a code."""
        if not self._keyboard:
            return
        connected = self._keyboard.connected
        if connected and not self._host_was:
            self._keyboard.forget()
            self._typist.meet_host()
            self._keyboard.greet()
            self._host_ever = True
        if connected and now_ms >= self._locks_at:
            self._locks_at = now_ms + _LOCKS_MS
            self._typist.watch(self._keyboard.locks)
        self._host_was = connected

    def _type(self, now_ms):
        if not self.connected:
            self._break_off("no host, or asleep")
            return
        report = self._typist.step(now_ms, self.locks)
        try:
            if report is not None:
                self._keyboard.send(report)
        except OSError:
            self._break_off("the host stopped reading")
            return
        if not self._typist.busy:
            self.last = "typed"
            self._flash(led_signals.TYPED)
            self._reply(self._asked_by, {"typed": True}, None)
            self._asked_by = None

    def _break_off(self, message):
        """The host went away. What it has not taken must not arrive later, so the USB device starts anew."""
        pending = self._typist.stop()
        self.refuse("host-stopped", led_signals.NO_HOST, RpcError(errors.HOST, message))
        if pending:
            self._restart()
