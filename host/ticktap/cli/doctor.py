"""ticktap doctor: runs the checks of ticktap.diagnostics.doctor."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from ticktap.cli.framework import device_access, device_session
from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.options import timeout_option
from ticktap.errors import PartFailed

_MARKS = {True: "ok  ", False: "BAD ", None: "-   "}


def _text(found: list[dict[str, Any]]) -> str:
    lines = []
    for check in found:
        lines.append(f"{_MARKS[check['ok']]}{check['name']}: {check['detail']}")
        if check["remedy"]:
            lines.append(f"      {check['remedy']}")
    return "\n".join(lines)


class ChecksFailed(PartFailed):
    """Some checks failed; `data` has them all."""

    text = staticmethod(_text)

    def __init__(self, found: list[dict[str, Any]]) -> None:
        failed = sum(check["ok"] is False for check in found)
        super().__init__(f"{failed} of {len(found)} checks failed", "The remedies are below each check.")
        self.data = found


@click.command("doctor", cls=Command, text=_text)
@click.option("--typing", is_flag=True, help="Test the token's typing in this terminal.")
@timeout_option
def doctor(typing: bool, timeout: int) -> list[dict[str, Any]]:
    """Find problems, and show remedies.

    Changes nothing without asking. Exit code 9 if a check fails. With --typing nothing else is checked: the
    token types the default account's code into this window, and the received text is compared with the code.
    If a setting of the token corrects a difference, you are asked whether to change it.
    """
    from ticktap.cli import doctor_typing
    from ticktap.diagnostics.doctor import checks

    if typing:
        found = [doctor_typing.typing(timeout)]
    else:
        found = [
            asdict(check) for check in checks(device_session.choice(), owner=device_access.owner_choice())
        ]
    if any(check["ok"] is False for check in found):
        raise ChecksFailed(found)
    return found
