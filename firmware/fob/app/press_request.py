"""A request from the host that waits for a press."""

from ..ui.led_signals import PRESS_PATTERN_MS

_LONGEST_STEP_MS = 60  # shorter than any part of a pattern


class PressRequest:
    """A request that waits for a press.

    Args:
        rpc_id: the id of the request; its response has the same.
        action(): is called after the press. Returns the result, or None when it sends the response later.
        until_ms: when the request times out.
        reason: what the press is for (rpc/press_reason.py).
        account: the id of the account whose code is requested, or None.
        ready(): False while the action must wait after the press; None: it never waits.

    Attributes:
        pressed: whether the press came, and the request waits until it is ready.
        counts_from: presses that begin from then on count, ms; None: the LED has not shown a whole pattern.
    """

    def __init__(self, rpc_id, action, until_ms, reason, account=None, ready=None):
        self.rpc_id = rpc_id
        self.action = action
        self.until_ms = until_ms
        self.reason = reason
        self.account = account
        self.ready = ready
        self.pressed = False
        self.show_again(None)

    def show_again(self, reason):
        """Presses count after the LED has shown a whole pattern. `reason`: another one, or None."""
        if reason is not None:
            self.reason = reason
        self.counts_from = None
        self._shown_ms = 0
        self._shown_at = None

    def note_shown(self, now_ms):
        """The LED shows the pattern. A step of the main loop that took long does not count as shown."""
        if self._shown_at is not None and now_ms - self._shown_at < _LONGEST_STEP_MS:
            self._shown_ms += now_ms - self._shown_at
        self._shown_at = now_ms
        if self.counts_from is None and self._shown_ms >= PRESS_PATTERN_MS:
            self.counts_from = now_ms
