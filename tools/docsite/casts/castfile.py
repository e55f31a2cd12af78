"""asciicast v2 files: a header and a line for each event, with regular times.

Events are (seconds, kind, text): "o" for output to the terminal, "m" for a mark.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

Event = tuple[float, str, str]

LONGEST = 1.2  # seconds; longer pauses are shortened to this


@dataclass(frozen=True)
class Cast:
    """A recording. `title` describes it in a sentence."""

    title: str
    columns: int
    rows: int
    events: tuple[Event, ...]

    @property
    def said(self) -> str:
        """All output to the terminal."""
        return "".join(text for _, kind, text in self.events if kind == "o")


def steady(events: Sequence[Event]) -> tuple[Event, ...]:
    """Returns the events with pauses of at most LONGEST, and times in tenths of a second."""
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
    """Reads a file that `write` wrote."""
    header, *events = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return Cast(
        header["title"],
        header["width"],
        header["height"],
        tuple((at, kind, text) for at, kind, text in events),
    )
