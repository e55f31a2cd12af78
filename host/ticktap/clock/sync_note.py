"""The sync note on the token, from which any host can compute the drift since.

A line of numbers (docs/protocol.md, clock.note). The token stores it unchanged and adds the time and its
count of settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ticktap.clock.drift import Observation

_MICRO = 1_000_000
_QUARTER = 4  # per degree Celsius, the chip's resolution
_LIMIT = (1 << 31) - 1  # microseconds, 35 minutes: more is not drift
_LAST = (1 << 32) - 1  # limit of the token's numbers
_NONE = "-"


def to_note(seen: Observation, since: int | None) -> str:
    """Formats the note of a sync. `since`: the time of the sync before, if nothing set the clock between
    them.
    """
    before = None if seen.before is None else round(seen.before * _MICRO)
    values = (
        since,
        seen.found,
        None if before is None or abs(before) > _LIMIT else before,
        max(-_LIMIT, min(_LIMIT, round(seen.after * _MICRO))),
        min(_LIMIT, round(seen.doubt * _MICRO)),
        None if seen.temperature is None else round(seen.temperature * _QUARTER),
        seen.aging,
    )
    return " ".join(_NONE if value is None else str(value) for value in values)


def from_note(noted: Mapping[str, Any]) -> tuple[Observation, int | None] | None:
    """Parses a note; returns the sync and `since`, or None without a valid note.

    Anybody may have written the note, so impossible values are rejected.
    """
    unix, sets, text = noted.get("unix"), noted.get("sets"), noted.get("note")
    if not isinstance(unix, int) or not isinstance(sets, int) or not isinstance(text, str):
        return None
    try:
        values = [None if each == _NONE else int(each) for each in text.split()]
        since, found, before, after, doubt, temperature, aging = values[:7]
    except ValueError:
        return None
    if after is None or doubt is None or not 0 <= doubt <= _LIMIT or not -128 <= (aging or 0) <= 127:
        return None
    if max(abs(after), abs(before or 0)) > _LIMIT or not -512 <= (temperature or 0) <= 511:
        return None
    if not 0 <= (since or 0) <= unix <= _LAST or not 0 <= (found or 0) <= sets <= _LAST:
        return None
    seen = Observation(
        unix=unix,
        kind="sync",
        before=None if before is None else before / _MICRO,
        after=after / _MICRO,
        doubt=doubt / _MICRO,
        temperature=None if temperature is None else temperature / _QUARTER,
        aging=aging,
        source="another computer",
        found=found,
        sets=sets,
    )
    return seen, since
