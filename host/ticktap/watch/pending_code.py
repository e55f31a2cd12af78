"""A pending request for a code: the caller polls it until the button is pressed.

While it is pending, the client must not be used otherwise.
"""

from __future__ import annotations

from contextlib import suppress
from typing import cast

from ticktap.device import results
from ticktap.device.client import Client
from ticktap.device.timeouts import PRESS, TYPE_SLACK
from ticktap.errors import NoAnswer, TicktapError

_METHOD = "code.get"
_GLANCE = 0.02  # seconds; a shorter time-out reads nothing


class PendingCode:
    """The request for one account's code, from construction until `answer` gives it, raises, or `cancel`.

    now: seconds of a clock that only goes forward.
    """

    def __init__(self, client: Client, account: int, now: float, timeout: int = PRESS) -> None:
        self._client = client
        self._over = now + timeout + TYPE_SLACK
        self._number = client.begin(_METHOD, {"id": account, "timeout": timeout})

    def answer(self, now: float) -> results.Code | None:
        """Returns the code as Client.code does; None while it is pending.

        Raises:
            TicktapError: as Client.code: no press in time, the button was held, and others.
        """
        answer = self._client.poll(self._number, _METHOD, _GLANCE)
        if answer is None and now > self._over:
            raise NoAnswer("the token did not answer", "Unplug it and plug it in again.")
        return None if answer is None else cast("results.Code", answer)

    def cancel(self) -> None:
        """Cancels the request. A code that arrives meanwhile is discarded."""
        with suppress(TicktapError):  # the token may be unplugged
            self._client.cancel()
