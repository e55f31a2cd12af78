"""A token's clock over its life: what one sync, look or trim adds to what is known, and what follows from it.

Joins sync.py (measuring and setting) with the ledger and the token's note. Opens no token and prints
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ticktap.clock import aging_trim, host_sync_status
from ticktap.clock import sync as clock_sync
from ticktap.clock.drift import Drift, Observation, battery_failed, drift, intervals, passes, uninterrupted
from ticktap.clock.history import ClockHistory
from ticktap.clock.offset_estimator import Offset
from ticktap.clock.sync_note import to_note
from ticktap.clock.system_time import HostTime, checked_host_time
from ticktap.device.client import Client, Data
from ticktap.errors import ClockUntrusted, Refused, TicktapError, TokenError

BOUND = 15.0  # seconds: half a step of 30, where a verifier without a window begins to refuse
SHARP = 0.01  # seconds of uncertainty up to which a look is worth recording
BACKWARDS = 60.0  # seconds by which a host's clock may be behind the last sync before it is called wrong


@dataclass(frozen=True)
class DriftForecast:
    """What is to be expected of a clock. Times are unix seconds; None: never, or not known.

    `earliest` and `likely`: when the offset passes `bound` seconds.
    """

    synced: int | None
    rate: Drift
    bound: float
    earliest: int | None
    likely: int | None
    battery_failed: bool | None


@dataclass(frozen=True)
class SyncReport:
    """A sync and what it showed.

    undone: the aging value that was put back, the last trim having failed. judged: that trim, as
    aging_trim.verdict says it; "worse" with nothing undone means that nobody gave leave. noted: whether the
    token keeps a note.
    """

    sync: clock_sync.Sync
    seen: list[Observation]
    undone: int | None
    judged: str
    noted: bool


def known(client: Client, history: ClockHistory, serial: str) -> list[Observation]:
    """What ledger and token remember of this token's clock; firmware without a note has none."""
    try:
        return history.learn(serial, client.noted_sync())
    except TokenError:
        return history.of(serial)


def set_unseen(seen: Sequence[Observation], now: Data) -> bool:
    """Whether the token counts settings of its clock that are not on record: nobody left a note of them."""
    last = next((each.sets for each in reversed(seen) if each.sets is not None), None)
    return last is not None and last != now.get("sets")


def check_host(host: HostTime, seen: Sequence[Observation]) -> None:
    """Refuses a host clock that cannot be right: before this release, after 2099, or before the last sync.

    Raises:
        ClockUntrusted
    """
    now = checked_host_time(host)
    last = max((each.unix for each in seen if each.kind == "sync"), default=0)
    if now < last - BACKWARDS:
        raise ClockUntrusted(
            f"this computer's clock is {last - now:.0f} s before the last sync of this token",
            "One of the two computers was wrong. If it was the other one, repeat with --anyway.",
        )


def sync(
    client: Client,
    host: HostTime,
    history: ClockHistory,
    serial: str,
    source: host_sync_status.HostSyncStatus,
    anyway: bool = False,
    allow: Callable[[], None] | None = None,
    may_note: Callable[[], object] = lambda: None,
) -> SyncReport:
    """Syncs, records it here and on the token, and takes the last trim back if it made things worse.

    `allow` is called when the token wants a press for a large move, or for writing the aging register, and
    gets it (Client.allow_clock); `may_note` before the token is asked to keep the note, and shows it the
    owner's proof if that is at hand.

    Raises:
        ClockUntrusted: the host's clock cannot be right, or the token's did not take the time.
    """
    seen = known(client, history, serial)
    if not anyway:
        check_host(host, seen)
    state = client.clock()
    done = clock_sync.sync(client, host, allow)
    found = None if done.before is None else done.before.seconds
    doubt = max(done.after.uncertainty, done.before.uncertainty if done.before else 0.0)
    now = Observation(
        unix=round(host.time()),
        kind="sync",
        before=found,
        after=done.after.seconds,
        doubt=doubt,
        temperature=state["temperature"]
        if state["temperature"] is not None
        else client.clock()["temperature"],
        aging=_ran_at(seen, state["aging"]),
        state=done.state_before,
        source=source.name,
        found=state.get("sets"),
        sets=client.clock().get("sets"),
    )
    history.add(serial, now)
    seen.append(now)
    noted = remember(client, seen, may_note)
    judged, back = aging_trim.verdict(seen)
    undone = None
    if judged == "worse" and back is not None and allow is not None:
        with suppress(Refused):  # the clock is right all the same, and the next sync asks again
            write_aging(client, host, history, serial, seen, back, allow)
            undone = back
    return SyncReport(done, seen, undone, judged, noted)


def _ran_at(seen: Sequence[Observation], aging: int | None) -> int | None:
    """The aging register while the clock ran: as it was read, or as it was last known."""
    if aging is not None:
        return aging
    return next((each.aging for each in reversed(seen) if each.aging is not None), None)


def remember(
    client: Client, seen: Sequence[Observation], may_note: Callable[[], object] = lambda: None
) -> bool:
    """Leaves a note of the last sync on the token; whether it took it."""
    syncs = [each for each in seen if each.kind in ("sync", "seen")]
    since = syncs[-2].unix if len(syncs) > 1 and uninterrupted(syncs[-2], syncs[-1]) else None
    try:
        may_note()
        client.note_sync(to_note(syncs[-1], since))
    except TicktapError:
        return False  # the token has an owner who is not here, or its store is full: the ledger has it
    return True


def look(
    client: Client, host: HostTime, history: ClockHistory, serial: str, seen: list[Observation], now: Data
) -> Offset | None:
    """How far off the clock is, recorded when that is known well; None when it cannot be read."""
    if now["state"] != "ok":
        return None
    off = clock_sync.offset(client, host, edges=3)
    if off.uncertainty <= SHARP and seen:
        away = off.seconds
        at = round(host.time())
        one = Observation(
            at, "seen", away, away, off.uncertainty, now["temperature"], now["aging"],
            found=now.get("sets"), sets=now.get("sets"),
        )  # fmt: skip
        history.add(serial, one)
        seen.append(one)
    return off


def write_aging(
    client: Client,
    host: HostTime,
    history: ClockHistory,
    serial: str,
    seen: list[Observation],
    aging: int,
    allow: Callable[[], None],
) -> Data:
    """Writes the aging register and records that; returns the token's CLOCK. `allow`: see `sync`.

    A trim moves the clock as far as anybody likes, only slowly, so the token always wants a press for it.
    """
    was = client.clock()
    allow()
    told = client.trim_clock(aging)
    last = next((each for each in reversed(seen) if each.kind != "verify"), None)
    gone = 0.0 if last is None else (host.time() - last.unix) / 86400
    rate = drift(intervals(seen), was["aging"])
    after = 0.0 if last is None else last.after + rate.rate * gone * 0.0864
    doubt = 0.0 if last is None else last.doubt + rate.doubt * gone * 0.0864
    entry = Observation(
        unix=round(host.time()),
        kind="trim",
        before=None,
        after=after,
        doubt=doubt,
        temperature=was["temperature"],
        aging=was["aging"],
        trimmed=aging,
        found=was.get("sets"),
        sets=was.get("sets"),
    )
    history.add(serial, entry)
    seen.append(entry)
    return told


def outlook(
    seen: Sequence[Observation],
    now: float,
    aging: int | None,
    state: str,
    offset: float | None,
    bound: float = BOUND,
) -> DriftForecast:
    """What follows from what was seen: how fast it runs, and when it will be `bound` seconds off."""
    rate = drift(intervals(seen), aging)
    syncs = [each.unix for each in seen if each.kind == "sync"]
    ways = (None, None) if offset is None else passes(offset, rate, bound)
    at = [None if each is None else round(now + each) for each in ways]
    return DriftForecast(syncs[-1] if syncs else None, rate, bound, at[0], at[1], battery_failed(seen, state))
