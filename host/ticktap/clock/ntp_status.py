"""Parses the output of chronyc, ntpq, timedatectl and w32tm.

The error is the root distance of RFC 5905 (section 10): half the delay to the reference clock plus its
dispersion plus the known offset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNSYNCHRONISED = 16  # the stratum of an unsynchronised clock (RFC 5905, figure 11)


@dataclass(frozen=True)
class NtpStatus:
    """Whether the clock is synchronised, and its maximum error in seconds (None if not reported)."""

    synchronised: bool
    error: float | None


def chrony(text: str) -> NtpStatus | None:
    """`chronyc -c tracking`: one line of comma-separated values; None for anything else."""
    fields = text.strip().split(",")
    try:
        stratum, offset, delay, dispersion = int(fields[2]), *(float(fields[at]) for at in (4, 10, 11))
        leap = fields[13]
    except (ValueError, IndexError):
        return None
    if stratum == 0 or leap == "Not synchronised":
        return NtpStatus(False, None)
    return NtpStatus(True, abs(offset) + delay / 2 + dispersion)


def ntpd(text: str) -> NtpStatus | None:
    """`ntpq -c "rv 0 ..."`: name=value pairs, times in milliseconds."""
    values = dict(re.findall(r"(\w+)=([-\w.+]+)", text))
    try:
        stratum = int(values["stratum"])
        parts = [float(values[name]) for name in ("offset", "rootdelay", "rootdisp")]
    except (KeyError, ValueError):
        return None
    if stratum >= _UNSYNCHRONISED or values.get("leap") in ("11", "3"):
        return NtpStatus(False, None)
    return NtpStatus(True, (abs(parts[0]) + parts[1] / 2 + parts[2]) / 1000)


def timesyncd(text: str) -> NtpStatus | None:
    """`timedatectl show-timesync --property=NTPMessage`: the server's last response, in braces."""
    values = dict(re.findall(r"(\w+)=([^,}]*)", text.partition("{")[2]))
    if "Stratum" not in values:
        return None
    if int(values["Stratum"] or 0) in (0, _UNSYNCHRONISED):
        return NtpStatus(False, None)
    parts = [_span(values.get(name, "")) for name in ("RootDelay", "RootDispersion")]
    known = [part for part in parts if part is not None]
    return NtpStatus(True, known[0] / 2 + known[1] if len(known) == 2 else None)


def _span(text: str) -> float | None:
    """Converts a time span of systemd ("1.5ms", "1s 20ms", "0") to seconds."""
    if text == "0":
        return 0.0
    units = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
    found = re.findall(r"([\d.]+)(us|ms|min|s|h)\b", text)
    return sum(float(number) * units[unit] for number, unit in found) if found else None


def w32time(text: str) -> NtpStatus | None:
    """`w32tm /query /status`. Its words are translated, its order and numbers are not, so only these are
    used.
    """
    stratum = re.search(r"^[^:\n]+:\s*(\d+)\s*\(", text.partition("\n")[2], re.MULTILINE)
    spans = [
        float(each.replace(",", ".")) for each in re.findall(r":\s*(\d+[.,]\d+)s\s*$", text, re.MULTILINE)
    ]
    if not stratum:
        return None
    if int(stratum[1]) in (0, _UNSYNCHRONISED) or len(spans) < 2:
        return NtpStatus(False, None)
    return NtpStatus(True, spans[0] / 2 + spans[1])
