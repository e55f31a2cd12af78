"""ticktap list, ticktap info: which tokens there are, and what the chosen one is."""

from __future__ import annotations

from typing import Any

import click

from ticktap.cli import output, session
from ticktap.cli.lazy import Command

Data = dict[str, Any]
_LISTED = ("name", "serial", "firmware", "board", "mode", "claimed", "locked")
_ASIDE = ("protocol", "product", "limits")


def _tokens_text(found: list[Data]) -> str:
    if not any(each["simulated"] for each in found):
        found = [{name: value for name, value in each.items() if name != "simulated"} for each in found]
    return output.table(found) or "No token found. 'ticktap doctor' shows what was looked at."


@click.command("list", cls=Command, text=_tokens_text)
def list_tokens() -> list[Data]:
    """List the tokens that are plugged in, and the simulated ones that are running.

    A token that is reached through a port path or URL is listed when --device or TICKTAP_DEVICE names it.
    """
    from ticktap import tokens

    return [
        {name: hello.get(name) for name in _LISTED}
        | {"port": candidate.path, "simulated": candidate.simulated}
        for candidate, hello in tokens.survey(session.choice(), waiting=session.waiting())
        if hello
    ]


def _info_text(data: Data) -> str:
    hello = {name: value for name, value in data["token"].items() if name not in _ASIDE}
    return output.plain(hello | {"port": data["port"]} | data["status"])


@click.command("info", cls=Command, text=_info_text)
def info() -> Data:
    """Show what a token is and how it is."""
    with session.open_token() as token:
        return {"port": token.path, "token": token.hello, "status": token.client.status()}
