"""What the screen says, on boards that have one: an account's name, its code after a press, what is asked.

A code is there after a press only, and no longer than it is valid. A locked token says no name. A minute
after the last press there is nothing at all: passers-by need not read what accounts there are, and an OLED
wears where it shines.
"""

from ..otp import otp
from ..store.token_store import Damaged
from . import led_signals

_EACH_MS = 100  # how often the token is looked at
_AGAIN_MS = 1000  # how often a screen that does not answer is tried
_AWAKE_MS = 60000
_COUNTED_MS = 30000  # a HOTP code does not end by itself
_ASKING = {
    led_signals.WAITING_PRESS: "Press for a code",
    led_signals.WAITING_CHANGE: "Press to change",
    led_signals.WAITING_LOSS: "Press: no way back",
}
_BECAME = {
    "no-account": "No account here",
    "clock": "Clock is not set",
    "store": "Store: see the host",
    "host-stopped": "Host stopped reading",
}


class Screen:
    """`display`: columns, rows, and show(lines, big): a text for each row, of which it takes what fits, and
    one of half as many characters twice as high, over the second and third row. False when it could not.
    """

    def __init__(self, display):
        self._display = display
        self._shown = None  # lines and big
        self._look_at = 0
        self._until = _AWAKE_MS
        self.forget()

    def note(self, account, code, unix, now_ms):
        """A code that was pressed for, made at `unix`; None: it was counted."""
        # The chip tells whole seconds: how much is left of the last one nobody knows.
        ms = _COUNTED_MS if unix is None else (otp.remaining(unix, account.period) - 1) * 1000
        self._code = code, account.id, now_ms + ms, _COUNTED_MS if unix is None else account.period * 1000
        self._look_at = now_ms

    def forget(self):
        """No code is shown any more, and no name remembered."""
        self._code = None  # text, account's id, until, of how many ms
        self._name = None, ""  # account's id, what it is called

    def clear(self):
        """The screen is dark when this returns."""
        self.forget()
        self._show([], "")

    def step(self, token):
        """Shows what there is to say; takes 30 ms at most, which do not come between a press and its code."""
        if token.gestures.undecided:
            self._until = token.now + _AWAKE_MS
        elif token.now >= self._look_at and not token.delivery.typing:
            token.delivery.screen = self
            self._look(token)

    def _look(self, token):
        self._look_at = token.now + _EACH_MS
        store, code = token.store, self._code
        if store.locked or code and (token.now >= code[2] or code[1] not in store):
            self.forget()
        if not self._show(*self._said(token)):
            self._look_at = token.now + _AGAIN_MS

    def _show(self, lines, big):
        shown = lines + [""] * (self._display.rows - len(lines)), big
        if shown != self._shown:
            if not self._display.show(*shown):
                return False
            self._shown = shown
        return True

    # -- what is said, most urgent first

    def _said(self, token):
        """(lines, big)."""
        store, request, chooser = token.store, token.request, token.chooser
        if request:
            left = self._seconds(request.until_ms - token.now)
            name = store.name if request.account is None else self._name_of(store, request.account)
            return [_ASKING[request.signal], self._ends(name, left)], ""
        if token.entering is not None or token.stretch:
            return ["PIN", "..." if token.stretch else "*" * token.entering], ""
        if chooser.open:
            id, place = store.order[chooser.position], "%d/%d" % (chooser.position + 1, len(store))
            return [self._name_of(store, id), self._ends("", place)], ""
        if token.delivery.waiting is not None:
            return [self._name_of(store, token.delivery.waiting), "Next code..."], ""
        if self._code:
            return self._code_said(store, token.now)
        self.forget()  # what is shown no longer may change
        if token.now >= self._until:
            return [], ""
        if token.maintenance or store.locked:
            return ["Maintenance" if token.maintenance else "Locked"], ""
        if not store.usable:
            return [store.name, _BECAME["store"]], ""
        if token.time.state != "ok":
            return [store.name, "Clock is not set"], ""
        count = "1 account" if len(store) == 1 else "%d accounts" % len(store)
        return [store.name or "ticktap", _BECAME.get(token.last, count)], ""

    def _code_said(self, store, now_ms):
        code, id, until, whole = self._code
        name, left = self._name_of(store, id), self._seconds(until - now_ms)
        half = (len(code) + 1) // 2
        code = code[:half] + " " + code[half:]
        columns = self._display.columns
        if self._display.rows < 5 or len(code) * 2 > columns:
            return [name, self._ends(code, left)], ""
        bar = "=" * ((columns - 5) * (until - now_ms) // whole)
        return [name, "", "", self._ends(bar, left)], code

    def _seconds(self, ms):
        return "%ds" % ((ms + 999) // 1000)

    def _ends(self, left, right):
        """Texts at the two ends of a line; the left one gives way."""
        room = self._display.columns - len(right) - 1
        return left[:room] + " " * (room - len(left)) + " " + right

    def _name_of(self, store, id):
        """What an account is called: "issuer name". Read once, not at every look."""
        if not store.key_loaded:
            return ""
        if self._name[0] != id:
            try:
                account = store.account(id)
                self._name = id, (account.issuer + " " + account.name).strip()
            except Damaged:
                self._name = id, "damaged"
        return self._name[1]
