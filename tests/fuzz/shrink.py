"""A failing list made shorter while it still fails: delta debugging (Zeller and Hildebrandt, 2002)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def shortest(items: Sequence[T], fails: Callable[[list[T]], bool], tries: int = 400) -> list[T]:
    """A short list of some of `items`, in their order, for which `fails` holds, as it does for `items`.

    After `tries` calls of `fails` the shortest so far is good enough.
    """
    kept = list(items)
    size = len(kept) // 2
    while size and tries > 0:
        start = 0
        while start < len(kept) and tries > 0:
            fewer = kept[:start] + kept[start + size :]
            tries -= 1
            if fewer and fails(fewer):
                kept = fewer
            else:
                start += size
        size //= 2
    return kept
