"""ticktap clock show, ticktap clock sync."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ticktap.cli import access, session
from ticktap.cli.lazy import Group

Data = dict[str, Any]

clock = Group("clock", help="Show or set a token's clock.")


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _offset(offset: Any) -> Data | None:
    return offset and {"ms": _ms(offset.seconds), "uncertainty_ms": _ms(offset.uncertainty)}


def _host_source() -> Data:
    from ticktap import hostclock

    source = hostclock.source()
    return {"source": source.name, "synchronised": source.synchronised}


def _utc(unix: int | None) -> str | None:
    return None if unix is None else datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@clock.command("show")
def show() -> Data:
    """Show the token's time and how far it is from this computer's."""
    from ticktap.clock import SystemTime, offset

    with session.open_client() as client:
        now = client.clock()
        off = offset(client, SystemTime(), edges=1) if now["state"] == "ok" else None
    return {**now, "utc": _utc(now["unix"]), "offset": _offset(off), "host": _host_source()}


def _synced(data: Data) -> str:
    before, after = data["before"]["offset"], data["after"]
    was = f"it was {before['ms']:+.1f} ms off" if before else f"its state was: {data['before']['state']}"
    source = data["host"]["source"]
    trust = (
        "" if data["host"]["synchronised"] else " (not known to be synchronised: check this computer's clock)"
    )
    return (
        f"Set to {data['utc']}; {was}.\n"
        f"Now {after['ms']:+.1f} ms from this computer's clock, "
        f"give or take {after['uncertainty_ms']:.1f} ms.\n"
        f"This computer's clock is kept by: {source}{trust}."
    )


@clock.command("sync", text=_synced)
def sync() -> Data:
    """Set the token's clock to this computer's, and measure how well that went.

    Whoever moves the clock can harvest codes of the future, so more than a small correction asks for a press,
    and for the owner's key when the token has an owner.
    """
    from ticktap import clock as clocks

    with session.open_token() as token:

        def allow() -> None:
            access.as_owner(token)
            session.ask_for_press(why=" to allow a larger change of its clock")
            token.client.allow_clock()

        done = clocks.sync(token.client, clocks.SystemTime(), allow)
    return {
        "before": {"state": done.state_before, "offset": _offset(done.before)},
        "after": _offset(done.after),
        "unix": done.unix,
        "utc": _utc(done.unix),
        "round_trip_ms": _ms(done.round_trip),
        "host": _host_source(),
    }
