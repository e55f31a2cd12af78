"""The tokens of a registry and the state of their clocks, from the history; they need not be connected."""

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
        seen: Unix time when it was last connected here, or a code of it was accepted.
        synced: when its clock was last set; None: unknown.
        clock: "unknown", "ok", "due" (it may be `bound` seconds off) or "battery" (its battery has failed).
        sync_by: Unix time from which it may be `bound` seconds off; None: unknown, or never.
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
    """Makes one Item for each token of a registry, in order.

    Args:
        bound: maximum error in seconds.
    """
    return [_item(each, history.of(each.serial), now, bound) for each in records]


def _item(record: Any, seen: Sequence[Observation], now: float, bound: float) -> Item:
    synced, sync_by, failed = None, None, False
    last = next(
        (each for each in reversed(seen) if each.kind != "verify"), None
    )  # codes are not exact enough
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
