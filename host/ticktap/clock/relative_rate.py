"""Measures the rate of a token's clock against this computer's, in a few seconds."""

from __future__ import annotations

from dataclasses import dataclass

from ticktap.clock.edge_sampling import second_begins
from ticktap.clock.system_time import HostTime
from ticktap.device.client import Client

BASELINE_S = 4.0  # seconds between the two edges
APART_PPM = (
    1000.0  # more than any fault-free pair: a DS3231 is within 5 ppm, a host clock being slewed within 500
)


@dataclass(frozen=True)
class Rate:
    """The token's rate against the host's; positive is faster. The true value is within `doubt_ppm`."""

    ppm: float
    doubt_ppm: float

    @property
    def apart(self) -> bool:
        """Whether one of the two clocks certainly has a wrong rate."""
        return abs(self.ppm) - self.doubt_ppm > APART_PPM


def measured(client: Client, host: HostTime) -> Rate:
    """Compares two of the token's edges with the host's clock; takes five to six seconds.

    Raises:
        ClockUntrusted: the token's clock is not running.
    """
    first, first_low, first_high = second_begins(client, host)
    host.sleep(BASELINE_S)
    last, last_low, last_high = second_begins(client, host)
    seconds = (last_low + last_high - first_low - first_high) / 2
    doubt = (first_high - first_low + last_high - last_low) / 2
    return Rate(1e6 * ((last - first) / seconds - 1), 1e6 * doubt / seconds)
