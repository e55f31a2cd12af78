"""Limits the attempts of one origin, with a token bucket for each network address.

It is kept in the memory of one instance, so n instances allow n times as many. The registry's own counts of
wrong codes hold over all instances.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable

BURST = 30.0  # attempts
PER_SECOND = 0.5
_MOST = 10_000  # origins


class RateLimit:
    """Token buckets. Safe to use from several threads.

    Args:
        time: returns seconds.
    """

    def __init__(
        self, time: Callable[[], float], burst: float = BURST, per_second: float = PER_SECOND
    ) -> None:
        self._time = time
        self._burst = burst
        self._per_second = per_second
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, origin: str) -> bool:
        """Takes one attempt of an origin; returns whether it had one."""
        key, now = network_of(origin), self._time()
        with self._lock:
            left, since = self._buckets.pop(key, (self._burst, now))
            left = min(self._burst, left + max(0.0, now - since) * self._per_second)
            allowed = left >= 1
            self._buckets[key] = (left - 1 if allowed else left, now)
            if len(self._buckets) > _MOST:
                self._buckets.popitem(last=False)
        return allowed


def network_of(origin: str) -> str:
    """Returns an IPv4 address, or the /64 of an IPv6 address, which one customer usually has."""
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return origin
