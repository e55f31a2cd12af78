"""Checks that the stored recordings show what the commands print now.

    python -m docsite.casts FOLDER          exit 1, and a line for each stale recording
    python -m docsite.casts FOLDER keep     records those again, and draws the pictures

A recording is stale when the text at one of its marks differs; times do not count.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .castfile import Cast, read, write
from .picture import draw
from .scenes import SCENES, record
from .screen import timeless


def stale(kept: Path, now: Cast) -> str:
    """Why a stored recording is stale; empty if it is not."""
    if not kept.is_file():
        return "is missing"
    before = read(kept)
    if (before.title, before.columns, before.rows) != (now.title, now.columns, now.rows):
        return "has another title or size"
    old, new = timeless(before), timeless(now)
    differing = next((each for each in zip(old, new, strict=False) if each[0] != each[1]), None)
    if differing:
        return _difference(*differing)
    return "" if len(old) == len(new) else "has other marks"


def undrawn(kept: Path) -> str:
    """Why the picture of a recording is stale; empty if it is not."""
    picture = kept.with_suffix(".svg")
    same = picture.is_file() and picture.read_text(encoding="utf-8") == draw(read(kept))
    return "" if same else f"{picture.name} is not drawn from it"


def _difference(old: str, new: str) -> str:
    at = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), -1)
    at = min(len(old), len(new)) if at < 0 else at
    begin = max(0, at - 40)
    return f"says {old[begin : at + 40]!r}, and the commands now {new[begin : at + 40]!r}"


def main(folder: Path, keeping: bool) -> int:
    faults = 0
    for name, scene in SCENES.items():
        kept = folder / f"{name}.cast"
        now = record(scene)
        why = stale(kept, now)
        if keeping:
            if why:
                write(kept, now)
            kept.with_suffix(".svg").write_text(draw(read(kept)), encoding="utf-8")
        elif why := why or undrawn(kept):
            print(f"{kept} {why}; `make docs-keep` replaces it", file=sys.stderr)
            faults += 1
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:] == ["keep"]))
