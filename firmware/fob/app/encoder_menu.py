"""The encoder menu: turning opens the account menu and moves in it; the switch chooses."""

from .. import modes


class EncoderMenu:
    """Connects an encoder with the account menu.

    Args:
        encoder: steps() -> detents since the last call, positive to the right.
    """

    def __init__(self, encoder):
        self._encoder = encoder

    def step(self, token):
        """Reads the encoder. Turns are ignored while no account can be chosen."""
        step, account_menu, store = self._encoder.steps(), token.account_menu, token.store
        if not step or token.mode() < modes.MENU or store.locked or not len(store):
            return
        if account_menu.is_open:
            account_menu.advance(len(store), token.menu_timeout_at(), step)
        else:
            account_menu.start(0, token.menu_timeout_at())
        token.show_menu_position()
