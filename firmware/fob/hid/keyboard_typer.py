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
_ANSWER_MS = 250  # a host that honours Num Lock answers within a few ms; slow virtual machines need more
_RELEASE = bytes(8)


def report(modifier, usage):
    return bytes((modifier, 0, usage, 0, 0, 0, 0, 0))


def rolled(keys):
    """The reports for (modifier, usage) strokes, ending with everything released."""
    out, last = [], None
    for modifier, usage in keys:
        if usage == last:
            out.append(_RELEASE)
        out.append(report(modifier, usage))
        last = usage
    out.append(_RELEASE)
    return out


_TAP = rolled(((0, _NUM_LOCK_KEY),))


class Typist:
    """One text at a time. `settings`: "digits", "layout", "pace", "delay", read when typing starts.

    `locks` is the host's last LED report (an int), or None when it has sent none.
    """

    def __init__(self, settings):
        self.settings = settings
        self._queue = []
        self._restore = False  # Num Lock is to be switched off again at the end
        self._known = False  # Num Lock had been reported before it was tapped
        self._taps = 0
        self._await_until = None
        self._not_before = 0
        self._text = None
        self._how = self._reports = None  # the reports made last, and from what
        self.begun = False  # a report has been handed out
        self.meet_host()

    @property
    def busy(self):
        return self._text is not None

    def meet_host(self):
        """Another host, perhaps: what was learned of the last one no longer counts."""
        self._has_num_lock = False  # the host has lit a LED that macOS never lights
        self._silent = False  # the host did not answer to the Num Lock key

    def watch(self, locks):
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
        if self._silent or (wanted == "auto" and not self._has_num_lock):
            return "row"
        return "switch"

    def prepare(self, text, locks):
        """Makes the reports of a text that is likely to be typed next."""
        digits = "row" if self.digits(locks) == "row" else "keypad"
        how = text, self.settings["layout"], digits, bool(locks and locks & CAPS_LOCK)
        if how != self._how:
            self._how, self._reports = how, rolled(keys(*how))

    def start(self, text, now_ms, locks):
        """Begins typing."""
        self._text = text
        self._queue = []
        self._restore = False
        self._await_until = None
        self.begun = False
        self._not_before = now_ms + self.settings["delay"]
        if self.digits(locks) == "switch" and any("0" <= c <= "9" for c in text):
            self._known = locks is not None
            self._taps = 0
            self._tap()
        else:
            self._queue_text(locks)

    def step(self, now_ms, locks):
        """The report to send now, or None. Call until not `busy`, which is after the last one was taken."""
        if not self.busy or now_ms < self._not_before:
            return None
        if not self._queue and self._await_until is not None:
            self._listen(now_ms, locks)
        elif not self._queue:
            self._text = self._how = self._reports = None
        if not self._queue:
            return None
        self._not_before = now_ms + self.settings["pace"]
        self.begun = True
        return self._queue.pop(0)

    def stop(self):
        """Forgets what was not sent. Returns whether a report may be on its way to the host."""
        begun, self._text, self._queue, self._await_until = self.begun and self.busy, None, [], None
        self._how = self._reports = None
        return begun

    def _tap(self):
        self._queue += _TAP
        self._taps += 1
        self._await_until = 0  # set when the key has been sent

    def _listen(self, now_ms, locks):
        """Num Lock was tapped: waits until the host says that it is on, or has had time to."""
        if not self._await_until:
            self._await_until = now_ms + _ANSWER_MS
        if locks is not None and locks & NUM_LOCK:
            self._restore = self._taps == 1
        elif locks is not None and not self._known and self._taps == 1:
            self._tap()  # it had been on, and the first tap switched it off
            return
        elif now_ms < self._await_until:
            return
        else:
            self._silent = True  # so digits are typed on the row
            if self._taps == 1:
                self._queue += _TAP  # as it was, if the first one switched anything
        self._await_until = None
        self._queue_text(locks)

    def _queue_text(self, locks):
        self.prepare(self._text, locks)
        self._queue += self._reports
        if self._restore:
            self._queue += _TAP
