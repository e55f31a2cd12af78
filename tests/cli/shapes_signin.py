"""The shapes of what the commands for an organisation print."""

from typing import Any

INT_OR_NULL = (int, type(None))

USER = {
    "user": str,
    "full_name": str,
    "email": str,
    "groups": [str],
    "state": str,
    "disabled": INT_OR_NULL,
    "locked": INT_OR_NULL,
    "lock_ends": INT_OR_NULL,
    "retry_after": int,
    "methods": [str],
    "main_method": str,
    "networks": [str],
    "created": int,
    "last_sign_in": INT_OR_NULL,
    "failures": int,
    "wait_until": int,
    "tokens": [str],
    "accounts": [str],
    "backup_codes_left": int,
    "app_passwords": int,
}
POLICY = dict.fromkeys(
    (
        *("tries", "failures_before_delay", "wait", "longest_wait", "lock_minutes", "window", "look_ahead"),
        *("origin_tries", "origin_minutes"),
        *("resync", "backup_codes", "low_code_warning", "issued_minutes"),
    ),
    int,
)

DATA: dict[str, Any] = {
    "user list": [USER],
    "user rename": {"was": str, **USER},
    "user delete": {"user": str, "tokens": [str], "forgotten": int},
    "user import": {
        "rows": [{"line": int, "user": str, "action": str, "changes": [str]}],
        "dry_run": bool,
    },
    "user enrol": {"user": str, "account": str, "tokens": [str], "ids": [int]},
    "user lost": {"user": str, "tokens": [str], "labels": [str], "forgotten": int},
    "user reset": {"user": str, "forgotten": int},
    "user password": {"user": str, "password": str, "removed": bool},
    "user role": {"user": str, "role": str},
    "user issue-code": {"user": str, "code": str, "until": int, "until_local": str},
    "user settings": POLICY,
    "backup-codes new": {"user": str, "codes": [str]},
    "backup-codes print": {"user": str, "codes": int, "page": str},
    "backup-codes show-left": {"user": str, "left": int, "few": bool},
    "app-password new": {"user": str, "label": str, "password": str},
    "app-password list": [{"number": int, "label": str, "created": int, "last_used": INT_OR_NULL}],
    "app-password revoke": {"user": str, "number": int},
    "audit show": [
        {
            "user": (str, type(None)),
            "entry": int,
            "at": int,
            "who": str,
            "origin": str,
            "what": str,
            "detail": dict,
            "deleted": bool,
        }
    ],
    "report": {
        "rows": [
            {
                "report": str,
                "user": (str, type(None)),
                "full_name": str,
                "email": str,
                "token": str,
                "serial": str,
                "why": str,
                "at": INT_OR_NULL,
            }
        ],
        "counts": dict,
        "file": (str, type(None)),
    },
    "audit verify": {"chains": int, "entries": int, "faults": [str]},
    "audit anchor": {"file": (str, type(None)), "chains": int, "entries": int},
    "audit prune": {"file": str, "entries": int},
} | {
    f"user {name}": USER
    for name in ("add", "show", "edit", "disable", "enable", "unlock", "main-method", "policy")
}
