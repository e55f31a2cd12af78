"""Time limits for waiting for a token and its port, and the functions that waiting uses."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ticktap.device import device_node, transport


@dataclass
class Waiting:
    """Limits in seconds, and system functions that tests replace.

    Args:
        start_s: from connection to the first response. Measured: 6 s with a full store.
        answer_s: until a token that is not starting has answered `hello`.
        port_s: until a port given by name exists.
        access_s: until the system gives this user access to a new port.
        return_s: until a lost port returns. A USB reset takes about 0.5 s.
        tell: shows a message to the user.
        age_s: seconds since a port's device was connected; None when not known.
        node_age_s: seconds since the port's node was made or its rights changed; None when not known.
        find: lists the ports.
    """

    start_s: float = 12.0
    answer_s: float = 3.0
    port_s: float = 1.0
    access_s: float = 2.0
    return_s: float = 2.0
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str], None] = lambda message: None
    age_s: Callable[[str], float | None] = device_node.age_s
    node_age_s: Callable[[str], float | None] = device_node.node_age_s
    find: Callable[[], Sequence[transport.Candidate]] = lambda: transport.find()
    _told: set[str] = field(default_factory=set)

    def tell_once(self, message: str) -> None:
        """Shows a message, unless it was shown before."""
        if message not in self._told:
            self._told.add(message)
            self.tell(message)
