"""The content of the screen: an account's name, its code after a press, the request that waits.

A code is shown only after a press, and only while it is valid. A locked token shows no names. The screen is
off one minute after the last press: to keep accounts private, and because lit pixels of an OLED wear out.
"""

from .. import modes
from ..otp import otp
from ..rpc import press_reason
from ..store.token_store import Damaged

_UPDATE_MS = 100  # how often the content is updated
_RETRY_MS = 1000  # how often drawing is tried again on a screen that does not respond
_ON_MS = 60000
_HOTP_MS = 30000  # how long a HOTP code is shown; it does not expire
_PRESS_TEXTS = {
    press_reason.CODE: "Press for a code",
    press_reason.CHANGE: "Press to change",
    press_reason.DESTRUCTIVE: "Press: no way back",
    press_reason.TWICE: "Press twice: 1 of 2",
    press_reason.AGAIN: "Press again: 2 of 2",
}
_RESULT_TEXTS = {
    "no-account": "No account here",
    "clock": "Clock is not set",
    "store": "Store: see the host",
    "host-stopped": "Host stopped reading",
}


class Screen:
    """Chooses and draws the content.

    Args:
        display: columns, rows, and show(lines, large) (fob/hw/display.py). `lines` has a text for each row;
            `large` is a text in double size over the second and third row. Returns whether it could draw.
    """

    def __init__(self, display):
        self._display = display
        self._shown = None  # (lines, large)
        self._next_update = 0
        self._on_until = _ON_MS
        self.forget()

    def show_code(self, account, code, unix, now_ms):
        """Shows a code after a press. `unix`: the time it was made at; None for HOTP."""
        # The clock chip gives whole seconds, so up to 1 s less may be left.
        ms = _HOTP_MS if unix is None else (otp.remaining(unix, account.period) - 1) * 1000
        self._code = code, account.id, now_ms + ms, _HOTP_MS if unix is None else account.period * 1000
        self._next_update = now_ms

    def forget(self):
        """Clears the code and the cached name."""
        self._code = None  # (code, account id, until ms, period ms)
        self._name = None, ""  # (account id, text)

    def clear(self):
        """Clears the screen at once."""
        self.forget()
        self._show([], "")

    def step(self, token):
        """Updates the screen. This takes up to 30 ms, but never between a press and its code."""
        if token.gestures.undecided:
            self._on_until = token.now + _ON_MS
        elif token.now >= self._next_update and token.mode() != modes.TYPING:
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

    # -- the content

    def _content(self, token):
        """(lines, large)."""
        mode, store = token.mode(), token.store
        if mode <= modes.REQUEST:
            return self._request_content(store, token.requests.waiting, mode, token.now), ""
        if mode == modes.WAITING:
            return [self._name_of(store, token.delivery.waiting), "Next code..."], ""
        if mode == modes.MENU:
            position = token.account_menu.position
            place = "%d/%d" % (position + 1, len(store))
            return [self._name_of(store, store.order[position]), self._justified("", place)], ""
        if mode == modes.PIN:
            pin = token.button_pin
            return ["PIN", "..." if pin.is_checking else "*" * pin.count], ""
        if self._code:
            return self._code_content(store, token.now)
        self.forget()  # a name that is not shown may change
        if token.now >= self._on_until:
            return [], ""
        return self._idle_content(token, mode), ""

    def _request_content(self, store, request, mode, now_ms):
        name = store.name if request.account is None else self._name_of(store, request.account)
        if mode == modes.PRESSED:
            return [name, "Next code..." if request.pressed else "Waking the host"]
        left = self._seconds(request.until_ms - now_ms)
        return [_PRESS_TEXTS[request.reason], self._justified(name, left)]

    def _idle_content(self, token, mode):
        store = token.store
        if mode == modes.MAINTENANCE:
            return ["Maintenance"]
        if mode == modes.STORE_UNUSABLE:
            return [store.name, _RESULT_TEXTS["store"]]
        if mode == modes.CLOCK_INVALID:
            return [store.name, _RESULT_TEXTS["clock"]]
        if mode == modes.LOCKED:
            return ["Locked"]
        count = "1 account" if len(store) == 1 else "%d accounts" % len(store)
        return [store.name or "ticktap", _RESULT_TEXTS.get(token.delivery.last, count)]

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
        """A line with texts at both ends. The left one is cut off if there is no room."""
        room = self._display.columns - len(right) - 1
        return left[:room] + " " * (room - len(left)) + " " + right

    def _name_of(self, store, id):
        """The text for an account: "issuer name". It is cached."""
        if not store.key_loaded:
            return ""
        if self._name[0] != id:
            try:
                account = store.account(id)
                self._name = id, (account.issuer + " " + account.name).strip()
            except Damaged:
                self._name = id, "damaged"
        return self._name[1]
