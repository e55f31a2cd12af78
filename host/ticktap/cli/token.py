"""ticktap token rename, identify, compact, reset: the token itself."""

from __future__ import annotations

from typing import Any

import click

from ticktap.cli import ask, session
from ticktap.cli.lazy import Group
from ticktap.cli.options import timeout_option
from ticktap.errors import Refused

Data = dict[str, Any]

token = Group("token", help="Name, find, tidy or erase a token.")


@token.command("rename", text=lambda data: f"The token is called {data['name']!r} now.")
@click.argument("name")
def rename(name: str) -> Data:
    """Give the token a name, for --device and for people."""
    with session.open_token() as chosen:
        chosen.client.rename_token(name)
        return {"serial": chosen.hello["serial"], "name": name}


@token.command("identify", text=lambda data: "Its light flashes for three seconds.")
def identify() -> Data:
    """Flash the token's light, to tell it from others."""
    with session.open_token() as chosen:
        chosen.client.identify()
        return {"serial": chosen.hello["serial"], "name": chosen.hello["name"]}


@token.command(
    "compact", text=lambda data: f"{data['freed']} bytes freed; {data['store']['used']} are in use."
)
@timeout_option
def compact(timeout: int) -> Data:
    """Rewrite the token's memory without what is no longer needed, after a press.

    On a token without a vault, a power cut in the tenth of a second that it takes loses the accounts.
    """
    with session.open_client() as client:
        before = client.status()["store"]["used"]
        session.ask_for_press(timeout, " to have its memory rewritten; keep it plugged in until then")
        client.compact(timeout)
        store = client.status()["store"]
        return {"freed": before - store["used"], "store": store}


@token.command("reset", text=lambda data: f"The token {data['serial']} is empty.")
@click.option("--force", is_flag=True, help="Do not ask for the token's name; the press is still needed.")
@timeout_option
def reset(force: bool, timeout: int) -> Data:
    """Erase every account, setting and counter, after a press.

    Asks for the token's name, or its serial number, first.
    """
    with session.open_token() as chosen:
        called = chosen.hello["name"] or chosen.hello["serial"]
        if not force:
            count = chosen.client.status()["accounts"]
            answer = ask.line(f"Type {called} to erase this token (accounts on it: {count})")
            if answer not in (chosen.hello["name"], chosen.hello["serial"]) or not answer:
                raise Refused("that is not the token's name; nothing was erased", f"Its name is {called}.")
        session.ask_for_press(timeout, " to erase it")
        chosen.client.reset(timeout)
        return {"serial": chosen.hello["serial"]}
