"""Users as data for programs and as text."""

from __future__ import annotations

import time
from typing import Any

from ticktap.cli.framework import output
from ticktap.wording import ago, counted, local_time

Data = dict[str, Any]

METHODS = {
    "token": "a code of a token",
    "backup-code": "a backup code",
    "issued-code": "a code from an admin",
    "app-password": "an app password",
}


def text(data: Data) -> str:
    """Formats one user."""
    main, *others = data["methods"]
    lines = {
        "user": data["user"],
        "full name": data["full_name"],
        "e-mail": data["email"],
        "groups": data["groups"],
        "state": state(data),
        "signs in with": "; ".join([f"{METHODS[main]} (asked first)", *(METHODS[each] for each in others)]),
        "from": data["networks"] or "anywhere",
        "last sign-in": _last(data["last_sign_in"]),
        "tokens": data["tokens"] or "none",
        "accounts": data["accounts"] or "none",
        "backup codes": f"{data['backup_codes_left']} left",
        "app passwords": data["app_passwords"] or "none",
        "added": local_time(data["created"]),
    }
    return output.plain({name: value for name, value in lines.items() if value not in ("", [])})


def state(data: Data) -> str:
    """Describes whether the user may sign in, and the remedy."""
    name = data["user"]
    if data["state"] == "disabled":
        return f"disabled since {local_time(data['disabled'])}; 'ticktap user enable {name}' undoes it"
    wrong = f"{counted(data['failures'], 'wrong code')} in a row"
    if data["state"] == "locked":
        ends = f"until {local_time(data['lock_ends'])}, or " if data["lock_ends"] else ""
        return (
            f"locked since {local_time(data['locked'])} ({wrong}); {ends}until 'ticktap user unlock {name}'"
        )
    if data["state"] == "waiting":
        return f"may try again in {data['retry_after']} s ({wrong})"
    return f"may sign in ({wrong})" if data["failures"] else "may sign in"


def table(rows: list[Data]) -> str:
    """Formats all users, one line each."""
    if not rows:
        return "There are no users. 'ticktap user add' adds one."
    shown = [
        row
        | {
            "state": f"waiting, {row['retry_after']} s" if row["state"] == "waiting" else row["state"],
            "last_sign_in": "never" if row["last_sign_in"] is None else local_time(row["last_sign_in"]),
        }
        for row in rows
    ]
    extra = [name for name in ("full_name", "groups") if any(row[name] for row in rows)]
    columns = ("state", "last_sign_in", "main_method", "tokens", "accounts", "backup_codes_left")
    return output.table(shown, ["user", *extra, *columns])


def _last(unix: int | None) -> str:
    if unix is None:
        return "never"
    return f"{local_time(unix)} ({ago(time.time() - unix)})"
