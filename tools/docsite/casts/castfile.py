"""asciicast v2: a header and a line for each event; and the steady rhythm of its times.

Events are (seconds, kind, text): "o" what the terminal was sent, "m" a mark.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

Event = tuple[float, str, str]

LONGEST = 1.2  # seconds in which nothing happens: what waits longer is shortened to it


@dataclass(frozen=True)
class Cast:
    """A recording. `title` tells it in a sentence."""

    title: str
    columns: int
    rows: int
    events: tuple[Event, ...]

    @property
    def said(self) -> str:
        """All that the terminal was sent."""
        return "".join(text for _, kind, text in self.events if kind == "o")


def steady(events: Sequence[Event]) -> tuple[Event, ...]:
    """The same events, nowhere more than LONGEST apart, in steps of a tenth of a second."""
    out: list[Event] = []
    now, before = 0.0, events[0][0]
    for at, kind, text in events:
        now, before = now + min(at - before, LONGEST), at
        time = round(now, 1)
        if out and kind == "o" and out[-1][:2] == (time, "o"):
            out[-1] = (time, "o", out[-1][2] + text)
        else:
            out.append((time, kind, text))
    return tuple(out)


def write(path: Path, cast: Cast) -> None:
    """Replaces the file."""
    header = {"version": 2, "width": cast.columns, "height": cast.rows, "title": cast.title}
    lines = [header, *([at, kind, text] for at, kind, text in cast.events)]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def read(path: Path) -> Cast:
    """What `write` wrote."""
    header, *events = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return Cast(
        header["title"],
        header["width"],
        header["height"],
        tuple((at, kind, text) for at, kind, text in events),
    )
