"""ticktap clock show, sync, history, trim."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli.framework import device_access, device_session
from ticktap.cli.framework.lazy_commands import Group
from ticktap.wording import ago, local_iso

if TYPE_CHECKING:
    from ticktap.clock.host_sync_status import HostSyncStatus
    from ticktap.clock.maintenance import DriftForecast
    from ticktap.device.token_choice import Token

Data = dict[str, Any]

DAY = 86400

clock = Group("clock", help="Show, set and trim a token's clock.")


# --- data


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _offset(offset: Any) -> Data | None:
    return offset and {"ms": _ms(offset.seconds), "uncertainty_ms": _ms(offset.uncertainty)}


def _host(source: HostSyncStatus) -> Data:
    return {
        "source": source.name,
        "synchronised": source.synchronised,
        "error_ms": None if source.error is None else _ms(source.error),
    }


def _utc(unix: int | None) -> str | None:
    return None if unix is None else datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(unix: int | None) -> str | None:
    """Formats a date; None for never, or for a time beyond the calendar's range."""
    return None if unix is None or unix >= 1 << 36 else datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%d")


def _expected(view: DriftForecast, now: float) -> Data:
    return {
        "synced": _utc(view.synced),
        "age_days": None if view.synced is None else round((now - view.synced) / DAY, 2),
        "drift": {
            "ppm": round(view.rate.rate, 3),
            "uncertainty_ppm": round(view.rate.doubt, 3),
            "intervals": view.rate.intervals,
        },
        "passes": {
            "bound_s": view.bound,
            "earliest": _day(view.earliest),
            "likely": _day(view.likely),
            "soon": view.due_soon(now),
        },
        "battery_failed": view.battery_failed,
    }


# --- show


def _shown(data: Data) -> str:
    off, drift, ends = data["offset"], data["drift"], data["passes"]
    time = "not trusted: " + data["state"] if data["utc"] is None else local_iso(data["utc"])
    lines = [f"time         {time}"]
    if off:
        lines.append(f"offset       {off['ms']:+.1f} ms, give or take {off['uncertainty_ms']:.1f} ms")
    age = "none recorded on this computer"
    if data["synced"] is not None:
        age = f"{ago(data['age_days'] * DAY)} ({local_iso(data['synced'])})"
    lines.append(f"last sync    {age}")
    known = f"from {drift['intervals']} intervals" if drift["intervals"] else "from the data sheet"
    lines.append(
        f"drift        {drift['ppm']:+.2f} ppm, give or take {drift['uncertainty_ppm']:.2f} ({known})"
    )
    if data["temperature"] is not None:
        lines.append(f"temperature  {data['temperature']:.2f} degrees Celsius")
    if data["aging"] is not None:
        lines.append(f"aging        {data['aging']:+d}")
    if off:
        likely = f"likely {ends['likely']}" if ends["likely"] else "likely never"
        lines.append(f"off by {ends['bound_s']:g} s  {ends['earliest'] or 'never'} at the earliest, {likely}")
    battery = {True: "has failed once", False: "has never failed", None: "unknown"}
    lines.append(f"battery      {battery[data['battery_failed']]}")
    lines.append(f"compared to  this computer, time source: {data['host']['source']}")
    return "\n".join([*lines, *(f"Note: {each}." for each in data["warnings"])])


@clock.command("show", text=_shown)
@click.option(
    "--bound",
    type=click.FloatRange(0.1, 3600),
    default=15.0,
    show_default=True,
    help="Maximum error in seconds.",
)
def show(bound: float) -> Data:
    """Show the token's time, its offset and drift, and when it must be set."""
    from ticktap.clock import host_sync_status, maintenance
    from ticktap.clock.history import ClockHistory
    from ticktap.clock.sync import SystemTime

    host, source = SystemTime(), host_sync_status.read_status()
    with device_session.open_token() as token, ClockHistory.open() as history:
        client, serial = token.client, token.hello["serial"]
        seen, now = maintenance.read_history(client, history, serial), client.clock()
        unseen = maintenance.has_unrecorded_settings(seen, now)
        off = maintenance.measure(client, host, history, serial, seen, now)
    seconds = off.seconds if off else None
    view = maintenance.forecast(seen, host.time(), now["aging"], now["state"], seconds, bound)
    expected = _expected(view, host.time())
    warnings = maintenance.warnings(source, view, host.time(), seconds, unseen)
    mine = {"utc": _utc(now["unix"]), "offset": _offset(off), "host": _host(source), "warnings": warnings}
    return {**now, **mine, **expected}


# --- sync


def _synced(data: Data) -> str:
    before, after, host = data["before"]["offset"], data["after"], data["host"]
    was = f"it was {before['ms']:+.1f} ms off" if before else f"its state was: {data['before']['state']}"
    error = "" if host["error_ms"] is None else f", which reports at most {host['error_ms']:.1f} ms error"
    time = local_iso(data["utc"])
    lines = [f"The clock was right at {time}; it was not set." if data["kept"] else f"Set to {time}; {was}."]
    lines.append(
        f"Now {after['ms']:+.1f} ms from this computer's clock, "
        f"give or take {after['uncertainty_ms']:.1f} ms."
    )
    lines.append(f"This computer's time source: {host['source']}{error}.")
    if data["undone"] is not None:
        lines.append(f"The last trim increased the drift: the aging offset is {data['undone']:+d} again.")
    return "\n".join([*lines, *(f"Note: {each}." for each in data["warnings"])])


@clock.command("sync", text=_synced)
@click.option("--anyway", is_flag=True, help="Sync even if this computer's clock is behind an earlier sync.")
def sync(anyway: bool) -> Data:
    """Set the token's clock to this computer's if that improves it, and measure the result.

    Whoever can set the clock ahead can collect future codes. So an adjustment beyond the limit needs a press,
    and the owner key if the token has an owner.
    """
    from ticktap.clock import host_sync_status, maintenance
    from ticktap.clock.history import ClockHistory
    from ticktap.clock.sync import SystemTime

    source = host_sync_status.read_status()
    with device_session.open_token() as token, ClockHistory.open() as history:
        done = maintenance.sync(
            token.client,
            SystemTime(),
            history,
            token.hello["serial"],
            source,
            anyway,
            allow=lambda: _allow(token),
            may_note=lambda: device_access.may_read(token),
        )
    warnings = [source.warning] if source.warning else []
    if done.judged == "worse" and done.undone is None:
        warnings.append("the last trim increased the drift; repeat the command with a press to revert it")
    if not done.noted:
        warnings.append("the token stored no note of this sync: that needs the owner key and free memory")
    return {
        "before": {"state": done.sync.state_before, "offset": _offset(done.sync.before)},
        "after": _offset(done.sync.after),
        "unix": done.sync.unix,
        "utc": _utc(done.sync.unix),
        "round_trip_ms": _ms(done.sync.round_trip),
        "kept": done.sync.kept,
        "tries": done.sync.tries,
        "undone": done.undone,
        "host": _host(source),
        "warnings": warnings,
    }


def _allow(token: Token) -> None:
    """Gets permission for a large adjustment or a trim: the owner's proof if claimed, and a press."""
    device_access.for_press(token, " to allow a larger change of its clock")
    token.client.allow_clock()


# --- history


def _listed(data: list[Data]) -> str:
    from ticktap.cli.framework.output import table

    if not data:
        return "There is no history of this token's clock; 'ticktap clock sync' starts it."
    return table([{"time": each["utc"] and local_iso(each["utc"]), **each} for each in data], _HISTORY)


_HISTORY = (
    *(
        "time",
        "kind",
        "state",
        "before_ms",
        "after_ms",
        "uncertainty_ms",
        "ppm",
        "temperature",
        "aging",
        "source",
    ),
)


@clock.command("history", text=_listed)
@click.option("--plot", type=click.Path(dir_okay=False), help="Draw it into a file ending in .svg or .png.")
def history(plot: str | None) -> list[Data]:
    """List the history of the token's clock: syncs, measurements and trims; or draw it."""
    from ticktap.clock import maintenance
    from ticktap.clock.drift import intervals
    from ticktap.clock.history import ClockHistory

    with device_session.open_token() as token, ClockHistory.open() as history:
        serial, name = token.hello["serial"], token.hello.get("name") or token.hello["serial"]
        seen = maintenance.read_history(token.client, history, serial)
    if plot:
        from ticktap.clock import plot as clock_plot

        clock_plot.write(plot, seen, f"Clock of {name}")
    rates = {each.end: each for each in intervals(seen)}
    return [
        {
            "utc": _utc(each.unix),
            "kind": each.kind,
            "state": each.state,
            "before_ms": None if each.before is None else _ms(each.before),
            "after_ms": _ms(each.after),
            "uncertainty_ms": _ms(each.doubt),
            "ppm": round(rates[each.unix].rate, 3) if each.unix in rates else None,
            "temperature": each.temperature,
            "aging": each.aging if each.trimmed is None else each.trimmed,
            "source": each.source,
        }
        for each in seen
    ]


# --- trim


def _trimmed(data: Data) -> str:
    if data["why_not"]:
        return f"Nothing to trim: {data['why_not']}."
    done = "Wrote" if data["written"] else "Would write"
    warmth = "" if data["temperature"] is None else f", measured at {data['temperature']:.1f} degrees Celsius"
    text = (
        f"The clock drifts by {data['ppm']:+.2f} ppm{warmth}.\n"
        f"{done} {data['aging']:+d} to the aging offset (it was {data['was']:+d}); expected drift: "
        f"{data['residual_ppm']:+.2f} ppm, give or take {data['uncertainty_ppm']:.2f}."
    )
    after = "Sync again after a day or more: that confirms the value or restores the old one."
    return f"{text}\n{after if data['written'] else 'ticktap clock trim --write writes it.'}"


@clock.command("trim", text=_trimmed)
@click.option("--write", is_flag=True, help="Write the proposed value.")
def trim(write: bool) -> Data:
    """Propose a value of the chip's aging offset from the syncs so far; write it with --write."""
    from ticktap.clock import aging_trim, maintenance
    from ticktap.clock.history import ClockHistory
    from ticktap.clock.sync import SystemTime
    from ticktap.device.jsonrpc import clock_remedy
    from ticktap.errors import ClockUntrusted

    with device_session.open_token() as token, ClockHistory.open() as history:
        client, serial = token.client, token.hello["serial"]
        seen, now = maintenance.read_history(client, history, serial), client.clock()
        if now["aging"] is None:
            state = now["state"]
            raise ClockUntrusted(f"the token's clock cannot be trimmed (state: {state})", clock_remedy(state))
        found = aging_trim.propose(seen, now["aging"], now["temperature"])
        written = write and not found.why_not
        if written:
            host = SystemTime()
            maintenance.write_aging(client, host, history, serial, seen, found.aging, lambda: _allow(token))
    return {
        "was": found.was,
        "aging": found.aging,
        "ppm": round(found.rate, 3),
        "residual_ppm": round(found.residual, 3),
        "uncertainty_ppm": round(found.doubt, 3),
        "temperature": found.temperature,
        "why_not": found.why_not,
        "written": written,
    }
