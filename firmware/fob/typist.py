"""Types a text as HID keyboard reports, as fast as the endpoint takes them.

Keys roll over: the report that presses a key releases the one before; an extra release comes only between
equal keys. "123456" is seven reports. With digits as keypad usages Num Lock must be on: when the host has
reported it off, it is switched on first and back off at the end. A host that has never reported its LEDs is
left alone, and one that does not answer to the Num Lock key (macOS) has no Num Lock: its keypad always gives
digits.

Reports are boot keyboard reports (HID 1.11 appendix B.1): modifiers, 0, six usages.
"""

from .layouts import keys

NUM_LOCK = 0x01  # LED report bits, HID usage table page 8
CAPS_LOCK = 0x02
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


class Typist:
    """One text at a time. `settings`: "digits", "layout", "pace", "delay", read when typing starts."""

    def __init__(self, settings):
        self.settings = settings
        self.deaf = False  # this host does not answer to Num Lock
        self._queue = []
        self._restore = False
        self._await_until = None
        self._not_before = 0
        self._text = None
        self.begun = False  # a report has been handed out

    @property
    def busy(self):
        return self._text is not None

    def start(self, text, now_ms, locks):
        """Begins typing. `locks` is the host's last LED report (an int), or None when it has sent none."""
        self._text = text
        self._queue = []
        self._restore = False
        self._await_until = None
        self.begun = False
        self._not_before = now_ms + self.settings["delay"]
        if self._needs_num_lock(text, locks):
            self._queue = rolled(((0, _NUM_LOCK_KEY),))
            self._await_until = 0  # set when the key has been sent
        else:
            self._queue_text(locks)

    def step(self, now_ms, locks):
        """The report to send now, or None. Call until not `busy`, which is after the last one was taken."""
        if not self.busy or now_ms < self._not_before:
            return None
        if not self._queue and self._await_until is not None:
            self._listen(now_ms, locks)
        elif not self._queue:
            self._text = None
        if not self._queue:
            return None
        self._not_before = now_ms + self.settings["pace"]
        self.begun = True
        return self._queue.pop(0)

    def stop(self):
        """Forgets what was not sent. Returns whether a report may be on its way to the host."""
        begun, self._text, self._queue, self._await_until = self.begun and self.busy, None, [], None
        return begun

    def _needs_num_lock(self, text, locks):
        if self.settings["digits"] != "keypad" or locks is None or locks & NUM_LOCK or self.deaf:
            return False
        return any("0" <= c <= "9" for c in text)

    def _listen(self, now_ms, locks):
        """Num Lock was pressed: waits until the host says that it is on, or has had time to."""
        if not self._await_until:
            self._await_until = now_ms + _ANSWER_MS
        if locks & NUM_LOCK:
            self._restore = True
        elif now_ms < self._await_until:
            return
        else:
            self.deaf = True
        self._await_until = None
        self._queue_text(locks)

    def _queue_text(self, locks):
        caps = bool(locks and locks & CAPS_LOCK)
        self._queue = rolled(keys(self._text, self.settings["layout"], self.settings["digits"], caps))
        if self._restore:
            self._queue += rolled(((0, _NUM_LOCK_KEY),))
