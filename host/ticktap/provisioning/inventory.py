"""The tokens of a registry and how their clocks are, as far as is known here; none needs to be plugged in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ticktap.clock import maintenance
from ticktap.clock.drift import Observation, passes
from ticktap.clock.history import ClockHistory


@dataclass(frozen=True, slots=True)
class Item:
    """One token.

    Args:
        seen: unix time when it was last at a computer of ours, or a code of it was right.
        synced: when its clock was last set; None: not known here.
        clock: "unknown", "ok", "due" (it may be `bound` seconds off by now) or "battery" (its battery failed
            at least once since it is known).
        sync_by: unix time by which it may be `bound` seconds off; None: not known, or never.
    """

    serial: str
    label: str
    firmware: str
    holder: str | None
    seen: int
    lost: int | None
    synced: int | None
    clock: str
    sync_by: int | None


def items(
    records: Iterable[Any], history: ClockHistory, now: float, bound: float = maintenance.BOUND
) -> list[Item]:
    """One Item for each of a registry's tokens, in their order.

    Args:
        bound: seconds that a clock may be off.
    """
    return [_item(each, history.of(each.serial), now, bound) for each in records]


def _item(record: Any, seen: Sequence[Observation], now: float, bound: float) -> Item:
    synced, sync_by, failed = None, None, False
    last = next((each for each in reversed(seen) if each.kind != "verify"), None)  # codes tell too roughly
    if last:
        aging = last.aging if last.trimmed is None else last.trimmed
        view = maintenance.forecast(seen, last.unix, aging, "ok", None, bound)
        earliest, _ = passes(last.after, view.rate, bound - last.doubt)
        synced, sync_by = view.synced, None if earliest is None else round(last.unix + earliest)
        failed = bool(view.battery_failed)
    if last is None:
        clock = "unknown"
    elif failed:
        clock = "battery"
    else:
        clock = "due" if sync_by is not None and sync_by <= now else "ok"
    return Item(
        serial=record.serial,
        label=record.label,
        firmware=record.firmware,
        holder=record.holder,
        seen=max([record.last_seen, *(each.unix for each in seen)]),
        lost=getattr(record, "lost", None),
        synced=synced,
        clock=clock,
        sync_by=sync_by,
    )
