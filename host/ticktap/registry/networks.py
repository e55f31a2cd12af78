"""The networks from which a user may sign in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from ticktap.errors import BadInput


def _shown(network: str) -> str:
    """Quotes a text that looks like a network. Any other may be a secret typed into the wrong place."""
    looks = re.fullmatch(r"(?=.*[.:/])[0-9A-Fa-f.:/]{1,50}", network)
    return repr(network) if looks else "what was given"


def checked_networks(networks: Sequence[str]) -> tuple[str, ...]:
    """Returns networks in CIDR notation.

    Raises:
        BadInput: one is not a network.
    """
    found = []
    for network in networks:
        try:
            found.append(str(ipaddress.ip_network(network, strict=False)))
        except ValueError:
            raise BadInput(
                f"{_shown(network)} is not a network",
                "Give addresses or networks like 10.0.0.0/8 or 2001:db8::/32.",
            ) from None
    return tuple(found)


def within(networks: Sequence[str], origin: str) -> bool:
    """Whether an address is in one of the networks. An empty list allows every address."""
    if not networks:
        return True
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in networks)
