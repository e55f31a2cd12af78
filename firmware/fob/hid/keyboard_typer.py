"""Types a text as HID keyboard reports.

A rollover report releases one key and presses the next one. A separate release is sent only between two equal
keys, so "123456" takes seven reports. Reports are boot keyboard reports (HID 1.11, appendix B.1): modifiers,
a reserved byte, six usages.

Keypad keys are digits in every layout, but on most hosts only while Num Lock is on. The setting "digits":

    auto    the keypad if the host has reported that Num Lock is on. If it has reported that Num Lock is off,
            and has switched on an LED other than Caps Lock before, Num Lock is switched on, and off again at
            the end. Otherwise the number row.
    keypad  the keypad; Num Lock is not changed. For hosts whose keypad always types digits.
    switch  the keypad; Num Lock is switched on if it is off or not reported, and off again at the end. Not
            for macOS.
    row     the number row, in the layout that is set.

"auto" presses Num Lock only where this is known to be harmless. On macOS the key is Clear, which empties the
input field; macOS switches on no LED but that of Caps Lock. See docs/decisions/0002.
"""

from .layouts import keys

NUM_LOCK = 0x01  # LED report bits, HID usage table page 8
CAPS_LOCK = 0x02
DIGITS = ("auto", "keypad", "switch", "row")
_NUM_LOCK_KEY = 0x53
_NUM_LOCK_TIMEOUT_MS = 250  # most hosts report Num Lock within a few ms; slow virtual machines take longer
_RELEASE = bytes(8)


def report(modifier, usage):
    return bytes((modifier, 0, usage, 0, 0, 0, 0, 0))


def rollover_reports(keys):
    """The reports that type (modifier, usage) keys; the last one releases everything."""
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
    """Types one text at a time.

    Args:
        settings: "digits", "layout", "inter_key_ms" and "start_delay_ms", read when typing starts.

    In the methods, `locks` is the host's last LED report (an int), or None when it has sent none.
    """

    def __init__(self, settings):
        self.settings = settings
        self._queue = []
        self._restore_num_lock = False  # whether to switch Num Lock off at the end
        self._locks_known = False  # whether Num Lock was reported before the key was pressed
        self._taps = 0
        self._num_lock_timeout = None
        self._not_before = 0
        self._text = None
        self._prepared_for = self._reports = None  # the last prepared reports, and what they were made from
        self.started = False  # whether step() has returned a report
        self.new_host()

    @property
    def busy(self):
        return self._text is not None

    def new_host(self):
        """Discards what is known about the host: it may be another one."""
        self._has_num_lock = False  # the host has switched on an LED that macOS does not use
        self._ignores_num_lock = False  # the host did not react to the Num Lock key

    def observe_locks(self, locks):
        """Processes an LED report."""
        if locks is not None and locks & ~CAPS_LOCK:
            self._has_num_lock = True

    def digits(self, locks):
        """How digits would be typed now: "keypad", "row", or "switch" (Num Lock, then the keypad)."""
        wanted = self.settings["digits"]
        if wanted in ("keypad", "row"):
            return wanted
        if locks is not None and locks & NUM_LOCK:
            return "keypad"
        if self._ignores_num_lock or (wanted == "auto" and not self._has_num_lock):
            return "row"
        return "switch"

    def prepare(self, text, locks):
        """Makes the reports of a text before start() is called for it."""
        digits = "row" if self.digits(locks) == "row" else "keypad"
        source = text, self.settings["layout"], digits, bool(locks and locks & CAPS_LOCK)
        if source != self._prepared_for:
            self._prepared_for, self._reports = source, rollover_reports(keys(*source))

    def start(self, text, now_ms, locks):
        """Begins to type `text`."""
        self._text = text
        self._queue = []
        self._restore_num_lock = False
        self._num_lock_timeout = None
        self.started = False
        self._not_before = now_ms + self.settings["start_delay_ms"]
        if self.digits(locks) == "switch" and any("0" <= c <= "9" for c in text):
            self._locks_known = locks is not None
            self._taps = 0
            self._tap()
        else:
            self._queue_text(locks)

    def step(self, now_ms, locks):
        """The report to send now, or None. Call it until `busy` is false."""
        if not self.busy or now_ms < self._not_before:
            return None
        if not self._queue and self._num_lock_timeout is not None:
            self._await_num_lock(now_ms, locks)
        elif not self._queue:
            self._text = self._prepared_for = self._reports = None
        if not self._queue:
            return None
        self._not_before = now_ms + self.settings["inter_key_ms"]
        self.started = True
        return self._queue.pop(0)

    def stop(self):
        """Cancels typing. Returns whether a report may still be waiting in the endpoint."""
        started, self._text, self._queue, self._num_lock_timeout = self.started and self.busy, None, [], None
        self._prepared_for = self._reports = None
        return started

    def _tap(self):
        self._queue += _NUM_LOCK_TAP
        self._taps += 1
        self._num_lock_timeout = 0  # set after the key has been sent

    def _await_num_lock(self, now_ms, locks):
        """After Num Lock was pressed: waits for the host's report, or for the time-out."""
        if not self._num_lock_timeout:
            self._num_lock_timeout = now_ms + _NUM_LOCK_TIMEOUT_MS
        if locks is not None and locks & NUM_LOCK:
            self._restore_num_lock = self._taps == 1
        elif locks is not None and not self._locks_known and self._taps == 1:
            self._tap()  # it was on before, and the first press switched it off
            return
        elif now_ms < self._num_lock_timeout:
            return
        else:
            self._ignores_num_lock = True  # digits will be typed on the number row
            if self._taps == 1:
                self._queue += _NUM_LOCK_TAP  # undoes the first press, if it had an effect
        self._num_lock_timeout = None
        self._queue_text(locks)

    def _queue_text(self, locks):
        self.prepare(self._text, locks)
        self._queue += self._reports
        if self._restore_num_lock:
            self._queue += _NUM_LOCK_TAP
