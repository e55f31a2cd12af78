"""What the screen says, on boards that have one: an account's name, its code after a press, what is asked.

A code is there after a press only, and no longer than it is valid. A locked token says no name. A minute
after the last press there is nothing at all: passers-by need not read what accounts there are, and an OLED
wears where it shines.
"""

from ..otp import otp
from ..store.token_store import Damaged
from . import led_signals

_UPDATE_MS = 100  # how often the token is looked at
_RETRY_MS = 1000  # how often a screen that does not answer is tried
_ON_MS = 60000
_HOTP_MS = 30000  # a HOTP code does not end by itself
_PRESS_TEXTS = {
    led_signals.PRESS_FOR_CODE: "Press for a code",
    led_signals.PRESS_FOR_CHANGE: "Press to change",
    led_signals.PRESS_FOR_DESTRUCTIVE: "Press: no way back",
}
_RESULT_TEXTS = {
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
        self._next_update = 0
        self._on_until = _ON_MS
        self.forget()

    def show_code(self, account, code, unix, now_ms):
        """A code that was pressed for, made at `unix`; None: it was counted."""
        # The chip tells whole seconds: how much is left of the last one nobody knows.
        ms = _HOTP_MS if unix is None else (otp.remaining(unix, account.period) - 1) * 1000
        self._code = code, account.id, now_ms + ms, _HOTP_MS if unix is None else account.period * 1000
        self._next_update = now_ms

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
            self._on_until = token.now + _ON_MS
        elif token.now >= self._next_update and not token.delivery.typing:
            token.delivery.screen = self
            self._update(token)

    def _update(self, token):
        self._next_update = token.now + _UPDATE_MS
        store, code = token.store, self._code
        if store.locked or code and (token.now >= code[2] or code[1] not in store):
            self.forget()
        if not self._show(*self._content(token)):
            self._next_update = token.now + _RETRY_MS

    def _show(self, lines, large):
        shown = lines + [""] * (self._display.rows - len(lines)), large
        if shown != self._shown:
            if not self._display.show(*shown):
                return False
            self._shown = shown
        return True

    # -- what is said, most urgent first

    def _content(self, token):
        """(lines, big)."""
        store, request, account_menu = token.store, token.request, token.account_menu
        if request:
            left = self._seconds(request.until_ms - token.now)
            name = store.name if request.account is None else self._name_of(store, request.account)
            return [_PRESS_TEXTS[request.signal], self._justified(name, left)], ""
        if token.pin_digits is not None or token.pin_derivation:
            return ["PIN", "..." if token.pin_derivation else "*" * token.pin_digits], ""
        if account_menu.is_open:
            id, place = store.order[account_menu.position], "%d/%d" % (account_menu.position + 1, len(store))
            return [self._name_of(store, id), self._justified("", place)], ""
        if token.delivery.waiting is not None:
            return [self._name_of(store, token.delivery.waiting), "Next code..."], ""
        if self._code:
            return self._code_content(store, token.now)
        self.forget()  # what is shown no longer may change
        if token.now >= self._on_until:
            return [], ""
        if token.maintenance or store.locked:
            return ["Maintenance" if token.maintenance else "Locked"], ""
        if not store.usable:
            return [store.name, _RESULT_TEXTS["store"]], ""
        if token.time.state != "ok":
            return [store.name, "Clock is not set"], ""
        count = "1 account" if len(store) == 1 else "%d accounts" % len(store)
        return [store.name or "ticktap", _RESULT_TEXTS.get(token.last, count)], ""

    def _code_content(self, store, now_ms):
        code, id, until, whole = self._code
        name, left = self._name_of(store, id), self._seconds(until - now_ms)
        half = (len(code) + 1) // 2
        code = code[:half] + " " + code[half:]
        columns = self._display.columns
        if self._display.rows < 5 or len(code) * 2 > columns:
            return [name, self._justified(code, left)], ""
        bar = "=" * ((columns - 5) * (until - now_ms) // whole)
        return [name, "", "", self._justified(bar, left)], code

    def _seconds(self, ms):
        return "%ds" % ((ms + 999) // 1000)

    def _justified(self, left, right):
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
