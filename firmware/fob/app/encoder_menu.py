"""Choosing an account with an encoder: turning opens the choice and moves it, the switch takes."""


class EncoderMenu:
    """`encoder`: turned() -> clicks since the last call."""

    def __init__(self, encoder):
        self._encoder = encoder

    def step(self, token):
        """Turns while nothing can be chosen mean nothing."""
        step, account_menu, delivery, store = (
            self._encoder.steps(),
            token.account_menu,
            token.delivery,
            token.store,
        )
        busy = token.request or delivery.typing or delivery.waiting is not None
        if not step or busy or store.locked or not len(store):
            return
        if account_menu.is_open:
            account_menu.advance(len(store), token.menu_timeout_at(), step)
        else:
            account_menu.start(0, token.menu_timeout_at())
        token.show_menu_position()
