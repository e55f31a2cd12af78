"""Types a text as HID keyboard reports, as fast as the endpoint takes them.

Keys roll over: the report that presses a key releases the one before; an extra release comes only between
equal keys. "123456" is seven reports. Reports are boot keyboard reports (HID 1.11 appendix B.1): modifiers,
0, six usages.

Keypad keys give digits on every layout, but on most hosts only while Num Lock is on. The setting "digits":

    auto    the keypad if the host has reported that Num Lock is on. If it has reported that Num Lock is off,
            and has lit a LED other than Caps Lock before, Num Lock is switched on and back. Else the number
            row, for the layout that is set.
    keypad  the keypad, and Num Lock is never touched. For hosts whose keypad always gives digits.
    switch  the keypad; Num Lock is switched on if it is off or not reported, and back at the end. Not for
            macOS.
    row     the number row, for the layout that is set.

"auto" presses Num Lock only where that is known to be harmless. On macOS the key is Clear, which empties the
line; macOS lights no LED but Caps Lock. docs/decisions/0002 has what each system does.
"""

from .layouts import keys

NUM_LOCK = 0x01  # LED report bits, HID usage table page 8
CAPS_LOCK = 0x02
DIGITS = ("auto", "keypad", "switch", "row")
_NUM_LOCK_KEY = 0x53
_NUM_LOCK_TIMEOUT_MS = (
    250  # a host that honours Num Lock answers within a few ms; slow virtual machines need more
)
_RELEASE = bytes(8)


def report(modifier, usage):
    return bytes((modifier, 0, usage, 0, 0, 0, 0, 0))


def rollover_reports(keys):
    """The reports for (modifier, usage) strokes, ending with everything released."""
    out, last = [], None
    for modifier, usage in keys:
        if usage == last:
            out.append(_RELEASE)
        out.append(report(modifier, usage))
        last = usage
    out.append(_RELEASE)
    return out


_NUM_LOCK_TAP = rollover_reports(((0, _NUM_LOCK_KEY),))


class KeyboardTyper:
    """One text at a time. `settings`: "digits", "layout", "pace", "delay", read when typing starts.

    `locks` is the host's last LED report (an int), or None when it has sent none.
    """

    def __init__(self, settings):
        self.settings = settings
        self._queue = []
        self._restore_num_lock = False  # Num Lock is to be switched off again at the end
        self._locks_known = False  # Num Lock had been reported before it was tapped
        self._taps = 0
        self._num_lock_timeout = None
        self._not_before = 0
        self._text = None
        self._prepared_for = self._reports = None  # the reports made last, and from what
        self.started = False  # a report has been handed out
        self.new_host()

    @property
    def busy(self):
        return self._text is not None

    def new_host(self):
        """Another host, perhaps: what was learned of the last one no longer counts."""
        self._has_num_lock = False  # the host has lit a LED that macOS never lights
        self._ignores_num_lock = False  # the host did not answer to the Num Lock key

    def observe_locks(self, locks):
        """Learns from each LED report."""
        if locks is not None and locks & ~CAPS_LOCK:
            self._has_num_lock = True

    def digits(self, locks):
        """How digits are typed now: "keypad", "row", or "switch" (Num Lock first, then the keypad)."""
        wanted = self.settings["digits"]
        if wanted in ("keypad", "row"):
            return wanted
        if locks is not None and locks & NUM_LOCK:
            return "keypad"
        if self._ignores_num_lock or (wanted == "auto" and not self._has_num_lock):
            return "row"
        return "switch"

    def prepare(self, text, locks):
        """Makes the reports of a text that is likely to be typed next."""
        digits = "row" if self.digits(locks) == "row" else "keypad"
        source = text, self.settings["layout"], digits, bool(locks and locks & CAPS_LOCK)
        if source != self._prepared_for:
            self._prepared_for, self._reports = source, rollover_reports(keys(*source))

    def start(self, text, now_ms, locks):
        """Begins typing."""
        self._text = text
        self._queue = []
        self._restore_num_lock = False
        self._num_lock_timeout = None
        self.started = False
        self._not_before = now_ms + self.settings["delay"]
        if self.digits(locks) == "switch" and any("0" <= c <= "9" for c in text):
            self._locks_known = locks is not None
            self._taps = 0
            self._tap()
        else:
            self._queue_text(locks)

    def step(self, now_ms, locks):
        """The report to send now, or None. Call until not `busy`, which is after the last one was taken."""
        if not self.busy or now_ms < self._not_before:
            return None
        if not self._queue and self._num_lock_timeout is not None:
            self._await_num_lock(now_ms, locks)
        elif not self._queue:
            self._text = self._prepared_for = self._reports = None
        if not self._queue:
            return None
        self._not_before = now_ms + self.settings["pace"]
        self.started = True
        return self._queue.pop(0)

    def stop(self):
        """Forgets what was not sent. Returns whether a report may be on its way to the host."""
        started, self._text, self._queue, self._num_lock_timeout = self.started and self.busy, None, [], None
        self._prepared_for = self._reports = None
        return started

    def _tap(self):
        self._queue += _NUM_LOCK_TAP
        self._taps += 1
        self._num_lock_timeout = 0  # set when the key has been sent

    def _await_num_lock(self, now_ms, locks):
        """Num Lock was tapped: waits until the host says that it is on, or has had time to."""
        if not self._num_lock_timeout:
            self._num_lock_timeout = now_ms + _NUM_LOCK_TIMEOUT_MS
        if locks is not None and locks & NUM_LOCK:
            self._restore_num_lock = self._taps == 1
        elif locks is not None and not self._locks_known and self._taps == 1:
            self._tap()  # it had been on, and the first tap switched it off
            return
        elif now_ms < self._num_lock_timeout:
            return
        else:
            self._ignores_num_lock = True  # so digits are typed on the row
            if self._taps == 1:
                self._queue += _NUM_LOCK_TAP  # as it was, if the first one switched anything
        self._num_lock_timeout = None
        self._queue_text(locks)

    def _queue_text(self, locks):
        self.prepare(self._text, locks)
        self._queue += self._reports
        if self._restore_num_lock:
            self._queue += _NUM_LOCK_TAP
