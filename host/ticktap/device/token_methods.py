"""The protocol's methods for the token itself: its identity, state, name, settings and store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ticktap.device import protocol, results, timeouts
from ticktap.device.connection import Connection
from ticktap.errors import BadInput, TokenError


class TokenMethods(Connection):
    """The token's identity, state, name, settings and store."""

    def hello(self) -> results.Hello:
        """Returns HELLO. Asks twice, because the first line may be appended to an earlier program's
        incomplete one.

        Raises:
            TokenError: nothing responds, it is not a ticktap token, or its protocol is newer.
        """
        try:
            who = self.call("hello", timeout=timeouts.HELLO)
        except TokenError:
            who = self.call("hello", timeout=2 * timeouts.HELLO)
        return checked_hello(who, self.port.name)

    def status(self) -> results.Status:
        """Returns STATUS: clock, store, host, and the result of the last press."""
        return self._get(results.Status, "status")

    def identify(self) -> None:
        """Flashes the token's LED for three seconds."""
        self.call("token.identify")

    def rename_token(self, name: str) -> None:
        """Sets the token's name."""
        self.call("token.rename", {"name": name}, timeouts.CHANGE)

    def settings(self) -> results.Settings:
        """Returns every setting by name."""
        return self._get(results.Settings, "settings.get")

    def set_settings(self, changes: Mapping[str, int | str]) -> results.Settings:
        """Changes all of the given settings or none; returns every setting after the change."""
        return self._get(results.Settings, "settings.set", changes, timeouts.CHANGE)

    def compact(self, timeout: int = timeouts.PRESS) -> None:
        """Compacts the store after a press."""
        self._after_press(results.Nothing, "store.compact", {}, timeout, timeouts.PRESS_SLACK)

    def reset(self, timeout: int = timeouts.PRESS) -> None:
        """Erases every account, setting and counter, the PIN and the owner, after a press."""
        self._after_press(results.Nothing, "store.reset", {}, timeout, timeouts.PRESS_SLACK)
        self.session = None


def check_token_name(name: str) -> None:
    """Checks a name for a token.

    Raises:
        BadInput: it is too long or contains a non-printable character.
    """
    size = len(name.encode("utf-8", "replace"))
    if size > protocol.TOKEN_NAME_BYTES:
        raise BadInput(
            f"the name is {size} bytes long; the limit is {protocol.TOKEN_NAME_BYTES}",
            "Choose a shorter name.",
        )
    if not name.isprintable():
        raise BadInput(
            "the name contains a non-printable character", "Choose a name of printable characters."
        )


def checked_hello(who: Any, where: str) -> results.Hello:
    """Checks a HELLO response and returns it.

    Raises:
        TokenError: it is not from a ticktap token, or the protocol is newer.
    """
    if not isinstance(who, dict) or who.get("product") != "ticktap":
        raise TokenError(f"what answers at {where} is not a ticktap token", "Choose another port.")
    if who.get("protocol") != protocol.PROTOCOL:
        raise TokenError(
            f"the token uses protocol {who.get('protocol')!r:.12} and this ticktap {protocol.PROTOCOL}",
            "Update the older of the two: ticktap, or the token's firmware.",
        )
    return cast("results.Hello", who)
