"""What a click and a hold of the buttons do, in each mode (fob/modes.py)."""

from .. import modes
from . import gestures
from .gestures import Gestures


class PressActions:
    """Reads the buttons and does what their presses mean.

    Args:
        token: the Token.
        buttons: see Token.
    """

    def __init__(self, token, buttons):
        self._token = token
        self._buttons = buttons
        self.gestures = Gestures(token.store.settings)
        self._early = set()  # buttons that went down before the LED had shown what a press would do

    def step(self):
        token = self._token
        for button, pressed, at in self._buttons.edges():
            token.note_activity()
            event = self.gestures.edge(button, pressed, at)
            if event == gestures.DOWN:
                self._note_down(button, at)
                self._prepare_code(button)
            elif event == gestures.CLICK:
                self._click(button)
            elif event == gestures.HOLD:
                self._hold(button)
        button = self.gestures.overdue(token.now)
        if button is not None:
            self._hold(button)

    def _note_down(self, button, at):
        waiting = self._token.requests.waiting
        if waiting and (waiting.counts_from is None or at < waiting.counts_from):
            self._early.add(button)
        else:
            self._early.discard(button)

    def _click(self, button):
        token, store = self._token, self._token.store
        mode = token.mode()
        if mode in (modes.TYPING, modes.WAITING) or button in self._early:
            return
        if mode <= modes.REQUEST:
            token.requests.complete()
        elif mode == modes.MENU and button == self._buttons.count:
            self._choose_account()
        elif mode == modes.MENU:
            token.account_menu.advance(len(store), token.menu_timeout_at())
            token.show_menu_position()
        elif mode == modes.PIN or store.locked and store.has_button_pin:
            token.button_pin.click(button)
        else:
            token.deliver(self._account_of(button))

    def _hold(self, button):
        token, store = self._token, self._token.store
        mode = token.mode()
        if mode in (modes.TYPING, modes.WAITING):
            return
        if mode <= modes.REQUEST:
            token.requests.cancel_with_button()
        elif mode == modes.MENU:
            self._choose_account()
        elif mode == modes.PIN:
            token.button_pin.finish()
        elif store.locked or store.settings["menu"] == "off":
            token.deliver(self._account_of(button))
        elif not len(store):
            token.deliver(None)
        else:
            token.account_menu.start(min(button, len(store) - 1), token.menu_timeout_at())
            token.show_menu_position()

    def _choose_account(self):
        token = self._token
        token.deliver(token.store.order[token.account_menu.choose()])

    def _account_of(self, button):
        """The id of the account that a click of the button types.

        The default account on a token with one button and for an encoder's switch, else the button's own.
        """
        store = self._token.store
        if self._buttons.count in (1, button):
            return store.default
        return store.order[button] if button < len(store) else None

    def _prepare_code(self, button):
        """The button went down: makes the code and collects the heap, so that the release only types."""
        token, waiting = self._token, self._token.requests.waiting
        if token.mode() in (modes.TYPING, modes.MENU) or token.maintenance or not token.store.key_loaded:
            return
        id = waiting.account if waiting else self._account_of(button)
        if id is not None:
            token.delivery.prepare(id, token.now)
        token.system.collect()
