"""Parses times: a day, a time of day, an ISO 8601 time, or an age."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ticktap.errors import BadInput

_AGO = re.compile(r"([0-9]{1,6}) ?(s|m|min|h|d|w)", re.IGNORECASE)
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?")


def unix(text: str, now: float, end: bool = False) -> int:
    """Returns the Unix time of a text, in this computer's zone unless it has another.

    Args:
        text: `2026-11-30`, `2026-11-30 22:15[:30][+01:00|Z]`, `22:15` (today), `30m`, `8h`, `7d` (ago).
        end: give the end of a day, of a minute or of a second rather than its beginning.

    Raises:
        BadInput: it means no time.
    """
    text = text.strip()
    if ago := _AGO.fullmatch(text):
        return int(now) - int(ago[1]) * _UNITS[ago[2].lower()]
    try:
        if _DAY.fullmatch(text):
            moment, lasts = datetime.fromisoformat(text), timedelta(days=1)
        else:
            if _CLOCK.fullmatch(text):
                today = datetime.fromtimestamp(now).date().isoformat()
                text = f"{today} {text.zfill(5 if len(text) < 6 else 8)}"
            moment = datetime.fromisoformat(text)
            lasts = (
                timedelta(minutes=1)
                if re.search(r"[T ][0-9]{2}:[0-9]{2}(?!:)", text)
                else timedelta(seconds=1)
            )
        return int((moment + lasts if end else moment).timestamp())
    except (ValueError, OverflowError, OSError):
        raise BadInput(
            "this is not a time",
            "Give a day like 2026-11-30, a time like '2026-11-30 22:15' or 22:15, or how long ago: 8h, 7d.",
        ) from None
