"""ticktap list, ticktap info: lists the tokens, and describes the chosen one."""

from __future__ import annotations

from typing import Any

import click

from ticktap.cli.framework import device_session, output
from ticktap.cli.framework.lazy_commands import JSON, Command
from ticktap.errors import NoToken

Data = dict[str, Any]
_LISTED = ("name", "serial", "firmware", "board", "mode", "claimed", "locked")
_NAMES = 13  # width of the first column
_ASIDE = ("protocol", "product", "limits")


def _tokens_text(found: list[Data]) -> str:
    if not any(each["simulated"] for each in found):
        found = [{name: value for name, value in each.items() if name != "simulated"} for each in found]
    return output.table(found) or "No token found. 'ticktap doctor' shows what was checked."


@click.command("list", cls=Command, text=_tokens_text)
def list_tokens() -> list[Data]:
    """List the connected tokens, and the simulated ones that are running.

    A token at a port path or URL is listed if --device or TICKTAP_DEVICE names it.
    """
    from ticktap.device import token_choice, transport

    found = [
        {name: hello.get(name) for name in _LISTED}
        | {"port": candidate.path, "simulated": candidate.simulated}
        for candidate, hello in token_choice.list_devices(
            device_session.choice(), waiting=device_session.waiting()
        )
        if hello
    ]
    choice = device_session.choice() or ""
    if not choice or transport.is_address(choice):
        return found
    wanted = choice.casefold()
    named = [
        each for each in found if wanted in (str(each["name"]).casefold(), str(each["serial"]).casefold())
    ]
    if not named:
        raise NoToken(f"no token is called {choice!r}", "'ticktap list' without --device lists all tokens.")
    return named


def _info_text(data: Data) -> str:
    if "all" in data:
        return output.plain(data["all"])
    return "\n".join(f"{name:{_NAMES}}{text}" for name, text in _rows(data))


def _rows(data: Data) -> list[tuple[str, str]]:
    """Describes the token in a few rows: subject and text."""
    from ticktap.device.jsonrpc import clock_remedy
    from ticktap.diagnostics.doctor import last_press
    from ticktap.wording import duration

    hello, status = data["token"], data["status"]
    clock, pin, store, host = status["clock"], status["pin"], status["store"], status["host"]
    kind = " (simulated)" if data["simulated"] else ""
    mode = "" if hello["mode"] == "normal" else ", in maintenance mode: it makes no codes"
    time = "running" if clock["state"] == "ok" else f"not trusted: {clock_remedy(clock['state'])}"
    tries = "" if pin["tries"] is None else f", {pin['tries']} {'try' if pin['tries'] == 1 else 'tries'} left"
    lock = ("locked" if pin["locked"] else "unlocked") + tries
    share = round(100 * store["used"] / store["size"]) if store["size"] else 0
    rows = [
        (
            "token",
            f"{hello['name'] or 'no name'}, serial number {hello['serial']}{kind}, at {data['port']}{mode}",
        ),
        ("firmware", f"{hello['firmware']} on {hello['board']}, CircuitPython {hello['circuitpython']}"),
        ("accounts", str(status["accounts"])),
        ("clock", time),
        ("PIN", lock if pin["set"] else "none"),
        ("owner", "yes" if hello["claimed"] else "none"),
        ("memory", f"{share} % used" + ("" if store["state"] in ("ok", "blank") else f", {store['state']}")),
        ("computer", "connected" if host["connected"] else "accepts no keys: it is asleep, or not connected"),
        ("last press", last_press(status["last"])),
        ("running for", duration(status["uptime"])),
    ]
    if status["faults"]:
        rows.append(("faults", f"{status['faults']}: see 'ticktap doctor'"))
    return [*rows, ("", "'ticktap info --all' shows everything.")]


@click.command("info", cls=Command, text=_info_text)
@click.option("--all", "everything", is_flag=True, help="Show everything that the token reports.")
@click.pass_context
def info(ctx: click.Context, everything: bool) -> Data:
    """Show the properties and the state of a token."""
    with device_session.open_token() as token:
        status = token.client.status()
        data: Data = {
            "port": token.path,
            "simulated": token.simulated,
            "token": token.hello,
            "status": status,
        }
    if everything and not ctx.meta.get(JSON):
        hello = {name: value for name, value in data["token"].items() if name not in _ASIDE}
        data["all"] = hello | {"port": data["port"]} | status
    return data
