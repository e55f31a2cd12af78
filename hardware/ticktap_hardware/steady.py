"""Makes the files of equal boards equal. KiCad creates new identifiers each time, and sorts by them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

from .sexpr import Expr, Word, dump, parse

_NAMESPACE = uuid.UUID("6f1d7a52-9f0e-4b7c-8c0f-7063626e6577")
_DRAWN = (
    *("footprint", "pad", "fp_text", "fp_line", "fp_arc", "fp_circle", "fp_poly", "fp_rect"),
    *("gr_text", "gr_line", "gr_arc", "gr_circle", "segment", "via", "zone"),
)


def steady(text: str) -> str:
    """Returns a .kicad_pcb with items sorted by content, and identifiers made from that order."""
    return dump(_identified(_sorted(parse(text)), itertools.count())) + "\n"


def _sorted(expr: Expr) -> Expr:
    """Removes identifiers; sorts drawn items by content, and leaves the others in place."""
    items = [_sorted(item) if isinstance(item, list) else item for item in expr if not _is_stamp(item)]
    drawn = sorted((item for item in items if _is_drawn(item)), key=dump)
    return [item for item in items if not _is_drawn(item)] + drawn


def _is_stamp(item: Any) -> bool:
    return isinstance(item, list) and item[0] in ("tstamp", "tedit")


def _is_drawn(item: Any) -> bool:
    return isinstance(item, list) and item[0] in _DRAWN


def _identified(expr: Expr, count: Iterator[int]) -> Expr:
    made = [_identified(item, count) if isinstance(item, list) else item for item in expr]
    if made[0] in _DRAWN and made[0] != "footprint":
        made.append([Word("tstamp"), Word(str(uuid.uuid5(_NAMESPACE, str(next(count)))))])
    elif made[0] == "footprint":
        stamp = [Word("tstamp"), Word(str(uuid.uuid5(_NAMESPACE, str(next(count)))))]
        made[2:2] = [stamp]
    return made
