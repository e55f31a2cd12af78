"""Counts refused attempts by the address that they come from, for a limit (policy.Policy.origin_tries).

There is a fixed number of counts, chosen by a keyed hash of the address, so that strangers cannot fill
the table. An IPv6 address counts as its network of 64 bits, which one computer usually has to itself.
"""

from __future__ import annotations

import hashlib
import ipaddress

from ticktap.registry.engine import Execute
from ticktap.registry.keys import Keys
from ticktap.registry.policy import Policy

COUNTS = 4096
_COUNT = """
insert into origins values (?, ?, 1) on conflict (bucket) do update set
    refused = case when origins.since > ? then origins.refused + 1 else 1 end,
    since = case when origins.since > ? then origins.since else excluded.since end
"""


def bucket(keys: Keys, origin: str) -> int:
    """Returns the number of an address's count, 0 to COUNTS - 1; -1 for an empty one, which is not
    counted.
    """
    if not origin:
        return -1
    try:
        address = ipaddress.ip_address(origin)
        if address.version == 6:
            origin = str(ipaddress.ip_network((address, 64), strict=False))
    except ValueError:
        pass
    data = origin.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, key=keys.names, digest_size=8).digest()) % COUNTS


def is_over(since: int | None, refused: int | None, rules: Policy, now: int) -> bool:
    """Whether a count, as it is in the table, has reached the limit."""
    if since is None or refused is None or not rules.origin_tries:
        return False
    return refused >= rules.origin_tries and since > now - 60 * rules.origin_minutes


def count(run: Execute, number: int, rules: Policy, now: int) -> None:
    """Counts a refused attempt."""
    valid = now - 60 * rules.origin_minutes
    run(_COUNT, (number, now, valid, valid))
