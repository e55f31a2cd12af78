"""Clock maintenance: sync, measure and trim a token's clock, record that, and forecast its drift.

Combines sync.py with the clock history and the token's sync note. It opens no token and prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from ticktap.clock import aging_trim, host_sync_status
from ticktap.clock import sync as clock_sync
from ticktap.clock.drift import Drift, Observation, battery_failed, drift, intervals, passes, uninterrupted
from ticktap.clock.history import ClockHistory
from ticktap.clock.offset_estimator import Offset
from ticktap.clock.sync_note import to_note
from ticktap.clock.system_time import HostTime, checked_host_time
from ticktap.device import results
from ticktap.device.client import Client
from ticktap.errors import ClockUntrusted, Refused, TicktapError, TokenError

BOUND = 15.0  # seconds: half a time step of 30 s; beyond it a verifier without a window refuses codes
SHARP = 0.01  # seconds; a measurement with more uncertainty is not recorded
SOON = 30  # days; a clock that may be off by then gets a warning
DAY = 86400  # seconds
BACKWARDS = 60.0  # seconds; a host clock further behind the last sync is refused


@dataclass(frozen=True)
class DriftForecast:
    """A forecast of a clock's drift. Times are Unix seconds; None: never, or unknown.

    `earliest`, `likely`: when the offset exceeds `bound` seconds.
    """

    synced: int | None
    rate: Drift
    bound: float
    earliest: int | None
    likely: int | None
    battery_failed: bool | None

    def due_soon(self, now: float) -> bool:
        """Whether the offset may exceed `bound` within SOON days of `now`."""
        return self.earliest is not None and self.earliest - now < SOON * DAY


@dataclass(frozen=True)
class SyncReport:
    """The result of a sync.

    undone: the restored aging offset, if the last trim made the drift worse. judged: aging_trim.verdict on
        that trim; "worse" without `undone` means that the press was missing. noted: whether the token stored
        a note.
    """

    sync: clock_sync.Sync
    observations: list[Observation]
    undone: int | None
    judged: str
    noted: bool


def read_history(client: Client, history: ClockHistory, serial: str) -> list[Observation]:
    """Returns the observations in the history and the token's note; old firmware has no note."""
    try:
        return history.learn(serial, client.noted_sync())
    except TokenError:
        return history.of(serial)


def has_unrecorded_settings(observations: Sequence[Observation], now: results.Clock) -> bool:
    """Whether the token counted clock settings that are not recorded."""
    last = next((each.sets for each in reversed(observations) if each.sets is not None), None)
    return last is not None and last != now.get("sets")


def check_host(host: HostTime, observations: Sequence[Observation]) -> None:
    """Refuses a host clock that cannot be right: before this release, after 2099, or before the last sync.

    Raises:
        ClockUntrusted
    """
    now = checked_host_time(host)
    last = max((each.unix for each in observations if each.kind == "sync"), default=0)
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
    """Syncs the clock, records that here and on the token, and reverts the last trim if it made the drift
    worse.

    Args:
        allow: called if the token requires a press for a large adjustment or for writing the aging offset; it
            gets the press (Client.allow_clock).
        may_note: called before the note is stored; it opens the owner session if the key is available.

    Raises:
        ClockUntrusted: the host's clock is impossible, or the token's clock was not set.
    """
    observations = read_history(client, history, serial)
    if not anyway:
        check_host(host, observations)
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
        aging=_ran_at(observations, state["aging"]),
        state=done.state_before,
        source=source.name,
        found=state.get("sets"),
        sets=client.clock().get("sets"),
    )
    history.add(serial, now)
    observations.append(now)
    noted = store_note(client, observations, may_note)
    judged, back = aging_trim.verdict(observations)
    undone = None
    if judged == "worse" and back is not None and allow is not None:
        with suppress(Refused):  # the clock is set; the next sync asks again
            write_aging(client, host, history, serial, observations, back, allow)
            undone = back
    return SyncReport(done, observations, undone, judged, noted)


def _ran_at(observations: Sequence[Observation], aging: int | None) -> int | None:
    """Returns the aging offset while the clock ran: the one that was read, or the last recorded one."""
    if aging is not None:
        return aging
    return next((each.aging for each in reversed(observations) if each.aging is not None), None)


def store_note(
    client: Client, observations: Sequence[Observation], may_note: Callable[[], object] = lambda: None
) -> bool:
    """Stores a note of the last sync on the token; returns whether that succeeded."""
    syncs = [each for each in observations if each.kind in ("sync", "seen")]
    since = syncs[-2].unix if len(syncs) > 1 and uninterrupted(syncs[-2], syncs[-1]) else None
    try:
        may_note()
        client.note_sync(to_note(syncs[-1], since))
    except TicktapError:
        return False  # the owner key is missing or the store is full; the history has the sync
    return True


def measure(
    client: Client,
    host: HostTime,
    history: ClockHistory,
    serial: str,
    observations: list[Observation],
    now: results.Clock,
) -> Offset | None:
    """Measures the offset and records it if it is precise; None if the clock cannot be read."""
    if now["state"] != "ok":
        return None
    off = clock_sync.offset(client, host, edges=3)
    if off.uncertainty <= SHARP and observations:
        away = off.seconds
        at = round(host.time())
        one = Observation(
            at, "seen", away, away, off.uncertainty, now["temperature"], now["aging"],
            found=now.get("sets"), sets=now.get("sets"),
        )  # fmt: skip
        history.add(serial, one)
        observations.append(one)
    return off


def write_aging(
    client: Client,
    host: HostTime,
    history: ClockHistory,
    serial: str,
    observations: list[Observation],
    aging: int,
    allow: Callable[[], None],
) -> results.Clock:
    """Writes the aging offset and records that; returns the token's CLOCK. `allow`: see `sync`.

    A trim can move the clock without limit, if slowly, so the token always requires a press.
    """
    was = client.clock()
    allow()
    clock = client.trim_clock(aging)
    last = next((each for each in reversed(observations) if each.kind != "verify"), None)
    gone = 0.0 if last is None else (host.time() - last.unix) / 86400
    rate = drift(intervals(observations), was["aging"])
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
    observations.append(entry)
    return clock


def forecast(
    observations: Sequence[Observation],
    now: float,
    aging: int | None,
    state: str,
    offset: float | None,
    bound: float = BOUND,
) -> DriftForecast:
    """Forecasts from the observations: the rate, and when the offset exceeds `bound` seconds."""
    rate = drift(intervals(observations), aging)
    syncs = [each.unix for each in observations if each.kind == "sync"]
    ways = (None, None) if offset is None else passes(offset, rate, bound)
    at = [None if each is None else round(now + each) for each in ways]
    return DriftForecast(
        syncs[-1] if syncs else None, rate, bound, at[0], at[1], battery_failed(observations, state)
    )


def warnings(
    source: host_sync_status.HostSyncStatus,
    view: DriftForecast,
    now: float,
    offset: float | None,
    unrecorded: bool,
) -> list[str]:
    """Returns warnings about a clock and this computer's.

    Args:
        offset: seconds that the token's clock is ahead; None if unknown.
        unrecorded: see `has_unrecorded_settings`.
    """
    found = [source.warning] if source.warning else []
    if view.due_soon(now) and offset is not None and view.earliest is not None:
        day = datetime.fromtimestamp(view.earliest, UTC).strftime("%Y-%m-%d")
        found.append(
            f"the clock may be {view.bound:g} s off on {day}, and sign-ins may begin to fail: "
            "run 'ticktap clock sync'"
        )
    if unrecorded:
        found.append("the clock was set without a record since then; the drift excludes that time")
    return found
