"""ticktap token claim, release, forget, rename, identify, compact, reset: manages the token itself."""

from __future__ import annotations

from typing import Any

import click

from ticktap.cli.framework import device_access, device_session, prompts
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.options import timeout_option
from ticktap.device.known_tokens import KnownTokens
from ticktap.device.token_methods import check_token_name
from ticktap.errors import NotFound, Refused

Data = dict[str, Any]

token = Group("token", help="Claim, name, find, compact or erase a token.")


def _claimed(data: Data) -> str:
    return (
        f"You own the token {data['serial']}. From now on changes need the owner key, {data['key']}.\n"
        "Keep a copy of that key in a safe place. Without it nobody can change, release or reset the token;\n"
        "you could only erase the board. Whoever has a copy can do what you can."
    )


@token.command("claim", text=_claimed)
@timeout_option
def claim(timeout: int) -> Data:
    """Become the token's owner, after two presses. After that, changes need the owner key.

    A missing key is created on this computer: in the file given with --owner or TICKTAP_OWNER, or as
    owner.key in ticktap's folder. Only you can read it. "keyring:NAME" stores it in the system's keyring.
    """
    with device_session.open_token() as chosen:
        if chosen.hello.get("claimed"):
            raise Refused("the token has an owner already", "'ticktap token release' removes the owner.")
        place, serial = device_access.owner_location(), chosen.hello["serial"]
        master = place.create()
        device_access.ask_for_two_presses(" to become its owner", timeout)
        chosen.client.claim(master, serial, timeout)
        KnownTokens().note_owned(serial)
        return {"serial": serial, "name": chosen.hello["name"], "key": str(place)}


@token.command("release", text=lambda data: f"The token {data['serial']} no longer has an owner.")
@timeout_option
def release(timeout: int) -> Data:
    """Remove the token's owner, after a press: then changes need a press and no key."""
    with device_session.open_token() as chosen:
        if not chosen.hello.get("claimed"):
            raise Refused("the token has no owner", "'ticktap token claim' makes you its owner.")
        device_access.for_press(chosen, " to remove its owner", timeout)
        chosen.client.release(timeout)
        KnownTokens().forget(chosen.hello["serial"])
        return {"serial": chosen.hello["serial"], "name": chosen.hello["name"]}


@token.command("forget", text=lambda data: f"This computer no longer expects an owner of {data['serial']}.")
@click.argument("serial")
def forget(serial: str) -> Data:
    """Forget that the token SERIAL had an owner when it was last used here.

    A token that has lost its owner is refused, because another device may imitate it. Use this only if
    you know why: its owner was removed on another computer, or the board was erased.
    """
    if not KnownTokens().forget(serial):
        raise NotFound(f"this computer does not know a token {serial}", "'ticktap devices' lists them.")
    return {"serial": serial.upper()}


@token.command("rename", text=lambda data: f"The token is now called {data['name']!r}.")
@click.argument("name")
def rename(name: str) -> Data:
    """Name the token, for --device and for people; after a press, on a token without an owner."""
    check_token_name(name)
    with device_session.open_token() as chosen:
        device_access.to_change(chosen)
        chosen.client.rename_token(name)
        return {"serial": chosen.hello["serial"], "name": name}


@token.command("identify", text=lambda data: "Its LED flashes for three seconds.")
def identify() -> Data:
    """Flash the token's LED, to identify it."""
    with device_session.open_token() as chosen:
        chosen.client.identify()
        return {"serial": chosen.hello["serial"], "name": chosen.hello["name"]}


@token.command(
    "compact", text=lambda data: f"{data['freed']} bytes freed; {data['store']['used']} are in use."
)
@timeout_option
def compact(timeout: int) -> Data:
    """Compact the token's memory, after a press.

    On a token without a store file, a power cut during this tenth of a second loses the accounts.
    """
    with device_session.open_token() as chosen:
        client = chosen.client
        before = client.status()["store"]["used"]
        device_access.for_press(chosen, " to compact its memory; keep it plugged in until then", timeout)
        client.compact(timeout)
        store = client.status()["store"]
        return {"freed": before - store["used"], "store": store}


@token.command("reset", text=lambda data: f"The token {data['serial']} is empty.")
@click.option("--force", is_flag=True, help="Do not ask for the token's name; the press is still required.")
@timeout_option
def reset(force: bool, timeout: int) -> Data:
    """Erase every account, setting and counter, the PIN and the owner, after two presses.

    Asks for the token's name or serial number first.
    """
    with device_session.open_token() as chosen:
        called = chosen.hello["name"] or chosen.hello["serial"]
        if not force:
            count = chosen.client.status()["accounts"]
            answer = prompts.line(f"Type {called} to erase this token (accounts on it: {count})")
            if answer not in (chosen.hello["name"], chosen.hello["serial"]) or not answer:
                raise Refused("that is not the token's name; nothing was erased", f"Its name is {called}.")
        device_access.as_owner(chosen)
        device_access.ask_for_two_presses(" to erase it", timeout)
        chosen.client.reset(timeout)
        KnownTokens().forget(chosen.hello["serial"])
        return {"serial": chosen.hello["serial"]}
