"""Choosing an account with an encoder: turning opens the choice and moves it, the switch takes."""


class Turning:
    """`encoder`: turned() -> clicks since the last call."""

    def __init__(self, encoder):
        self._encoder = encoder

    def step(self, token):
        """Turns while nothing can be chosen mean nothing."""
        step, chooser, delivery, store = self._encoder.turned(), token.chooser, token.delivery, token.store
        busy = token.request or delivery.typing or delivery.waiting is not None
        if not step or busy or store.locked or not len(store):
            return
        if chooser.open:
            chooser.forward(len(store), token.choose_until(), step)
        else:
            chooser.start(0, token.choose_until())
        token.show_choice()
