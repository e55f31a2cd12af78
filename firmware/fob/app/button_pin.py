"""Unlocking with a PIN that is entered with the buttons. Its key is derived in steps, over two seconds."""

from ..store.keystore import BUTTON_PIN
from ..ui import led_signals
from .pin_entry import PinEntry

_ROUNDS = 200  # iterations of PBKDF2 in one step: 50 ms


def make_pin_entry(buttons):
    """Returns the PIN entry for a number of buttons."""
    if buttons < 12:
        return PinEntry(buttons)
    from .keypad_pin_entry import KeypadPinEntry

    return KeypadPinEntry(buttons)


class ButtonPin:
    """The PIN's entry and its check.

    Args:
        token: the Token.
        buttons: the number of buttons.
    """

    def __init__(self, token, buttons):
        self._token = token
        self._entry = make_pin_entry(buttons)
        self._derivation = None  # the PBKDF2 of the PIN, while it runs

    @property
    def has_zero(self):
        """Whether a 0 can be entered."""
        return self._entry.has_zero

    @property
    def is_open(self):
        """Whether a PIN is being entered or checked."""
        return self._entry.is_open or self.is_checking

    @property
    def is_checking(self):
        return self._derivation is not None

    @property
    def count(self):
        """How many digits have been entered."""
        return self._entry.count

    def click(self, button):
        """A click of a button (0 is the first). Is ignored while a PIN is checked."""
        if not self._derivation and self._entry.click(button, self._token.now):
            self.finish()

    def finish(self):
        """The PIN is complete: begins its check."""
        if not self._derivation:
            from ..crypto.pbkdf2 import Pbkdf2

            salt, rounds = self._token.store.keystore.describe(BUTTON_PIN)[:2]
            self._derivation = Pbkdf2(self._token.system.aes, self._entry.finish(), salt, rounds)

    def step(self):
        """Continues the entry and the check. They end if the token is unlocked in another way."""
        token = self._token
        if not token.store.locked:
            self._entry.clear()
            self._derivation = None
        event = self._entry.step(token.now)
        if event:
            token.show_once(led_signals.PIN_DIGIT if event == "digit" else led_signals.CANCELLED)
        key = self._derivation and self._derivation.step(_ROUNDS)
        if key:
            self._derivation = None
            self._try_key(key)

    def _try_key(self, key):
        from ..store.pin_attempts import ReplugRequired, WrongPin

        token = self._token
        try:
            token.pin_attempts.try_key(key, BUTTON_PIN)
            token.show_once(led_signals.READY)
        except WrongPin as error:
            if error.left != 0:  # else it shows that the accounts were erased
                token.show_once(led_signals.WRONG_PIN)
        except ReplugRequired:
            token.show_once(led_signals.LOCKED)
