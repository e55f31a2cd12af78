"""The shapes of the JSON documents, as docs/cli.md states them, and a check of data against one.

A shape is a type, a tuple of shapes (any of them), a dict of shapes (exactly these keys) or a list.
"""

from cli import shapes_signin

NUMBER = (int, float)
TEXT_OR_NULL = (str, type(None))
INT_OR_NULL = (int, type(None))
BOOL_OR_NULL = (bool, type(None))
NUMBER_OR_NULL = (*NUMBER, type(None))

CLOCK = {
    "state": str,
    "unix": INT_OR_NULL,
    "ms": ([int], type(None)),
    "temperature": NUMBER_OR_NULL,
    "aging": INT_OR_NULL,
    "sets": int,
    "moved_ms": int,
    "adjustment_left_ms": int,
}
OFFSET = {"ms": NUMBER, "uncertainty_ms": NUMBER}
HOST = {"source": str, "synchronised": BOOL_OR_NULL, "error_ms": NUMBER_OR_NULL}
EXPECTED = {
    "synced": TEXT_OR_NULL,
    "age_days": NUMBER_OR_NULL,
    "drift": {"ppm": NUMBER, "uncertainty_ppm": NUMBER, "intervals": int},
    "passes": {"bound_s": NUMBER, "earliest": TEXT_OR_NULL, "likely": TEXT_OR_NULL, "soon": bool},
    "battery_failed": BOOL_OR_NULL,
    "warnings": [str],
}
STORE = {
    "state": str,
    "size": int,
    "used": int,
    "live": int,
    "damaged": int,
    "file": bool,
    "file_reason": TEXT_OR_NULL,
}
PIN = {"set": bool, "locked": bool, "tries": INT_OR_NULL, "erases": bool, "replug": bool, "keys": bool}
HELLO = {
    "protocol": int,
    "product": str,
    "firmware": str,
    "circuitpython": str,
    "board": str,
    "serial": str,
    "name": str,
    "mode": str,
    "claimed": bool,
    "locked": bool,
    "limits": {"line": int, "reply": int, "text": int, "secret": int},
}
STATUS = {
    "clock": CLOCK,
    "accounts": int,
    "default": INT_OR_NULL,
    "store": STORE,
    "access": {"claimed": bool, "changes": str},
    "pin": PIN,
    "host": {"connected": bool, "num_lock": BOOL_OR_NULL, "caps_lock": BOOL_OR_NULL, "digits": TEXT_OR_NULL},
    "last": str,
    "free_heap": int,
    "uptime": int,
    "fault_at": str,
    "form": str,
    "reset": str,
    "faults": int,
    "fault": str,
}
ACCOUNT = {
    "id": int,
    "issuer": str,
    "name": str,
    "type": str,
    "algorithm": str,
    "digits": int,
    "period": int,
    "counter": int,
    "suffix": str,
    "default": bool,
    "damaged": bool,
}
CHOSEN = {"id": int, "account": str}
CHECK = {"name": str, "ok": BOOL_OR_NULL, "detail": str, "remedy": str}
VERDICT = {
    "account": str,
    "verified": bool,
    "reason": str,
    "message": str,
    "counter": INT_OR_NULL,
    "offset": INT_OR_NULL,
}
ERROR = {"kind": str, "message": str, "remedy": str, "exit_code": int}

REFUSAL = {"name": str, "reason": str}
INTAKE = {
    "sources": [{"file": str, "format": str, "accounts": int, "transfer_codes": int, "refused": int}],
    "added": [{"id": INT_OR_NULL, "account": str}],
    "already_present": [str],
    "skipped": [str],
    "duplicates": [str],
    "refused": [REFUSAL],
    "warnings": [str],
    "proved": [str],
    "kept": bool,
    "backup": TEXT_OR_NULL,
    "dry_run": bool,
}
PUT = {
    "drive": str,
    "board": str,
    "circuitpython": str,
    "serial": str,
    "was": TEXT_OR_NULL,
    "to": str,
    "written": [str],
    "removed": [str],
    "store_file": str,
    "store_file_usable": BOOL_OR_NULL,
    "store_file_reason": TEXT_OR_NULL,
    "settings": str,
    "ejected": bool,
    "how_to_eject": str,
    "warnings": [str],
}
IN_BACKUP = {name: shape for name, shape in ACCOUNT.items() if name not in ("id", "default", "damaged")}

DATA = shapes_signin.DATA | {
    "list": [
        {
            "name": str,
            "serial": str,
            "firmware": str,
            "board": str,
            "mode": str,
            "claimed": bool,
            "locked": bool,
            "port": str,
            "simulated": bool,
        }
    ],
    "info": {"port": str, "simulated": bool, "token": HELLO, "status": STATUS},
    "doctor": [CHECK],
    "account list": [ACCOUNT | {"position": int}],
    "account add": CHOSEN
    | {
        "proved": bool,
        "kept": bool,
        "backup": TEXT_OR_NULL,
        "second_tokens": [{"serial": str, "id": int}],
        "default": bool,
        "warnings": [str],
    },
    "account import": INTAKE,
    "account rename": CHOSEN | {"was": str},
    "account remove": CHOSEN | {"kept": bool},
    "account move": CHOSEN | {"position": int},
    "account default": CHOSEN,
    "account suffix": CHOSEN | {"suffix": str},
    "code": (
        CHOSEN | {"code": str, "unix": int, "remaining": int, "copied": bool},
        CHOSEN | {"code": str, "counter": int, "copied": bool},
    ),
    "type": CHOSEN | {"typed": bool},
    "watch": {
        "plugged": bool,
        "name": str,
        "serial": str,
        "mode": str,
        "claimed": bool,
        "pin": bool,
        "locked": bool,
        "clock": TEXT_OR_NULL,
        "synced": INT_OR_NULL,
        "warnings": [str],
        "accounts": ([ACCOUNT], type(None)),
        "default": INT_OR_NULL,
        "last": str,
    },
    "backup create": {"file": str, "accounts": int, "left_out": ([str], type(None)), "refused": [REFUSAL]},
    "kept list": [
        {"token": str, "id": int, "issuer": str, "name": str, "type": str, "user": TEXT_OR_NULL},
    ],
    "kept remove": CHOSEN | {"token": str},
    "backup show": {"file": str, "made": str, "accounts": [IN_BACKUP]},
    "backup verify": {
        "file": str,
        "made": str,
        "both": [str],
        "token_only": [str],
        "backup_only": [str],
        "counters": [str],
        "proved": [str],
    },
    "backup restore": INTAKE,
    "backup sheet": {"file": str, "accounts": int, "advice": str},
    "export": {
        "kind": str,
        "file": TEXT_OR_NULL,
        "accounts": [str],
        "refused": [REFUSAL],
        "warnings": [str],
        "encrypted": bool,
    },
    "verify": VERDICT,
    "clock show": CLOCK | EXPECTED | {"utc": TEXT_OR_NULL, "offset": (OFFSET, type(None)), "host": HOST},
    "clock sync": {
        "before": {"state": str, "offset": (OFFSET, type(None))},
        "after": OFFSET,
        "unix": int,
        "utc": str,
        "round_trip_ms": NUMBER,
        "kept": bool,
        "tries": int,
        "undone": INT_OR_NULL,
        "host": HOST,
        "warnings": [str],
    },
    "clock history": [
        {
            "utc": str,
            "kind": str,
            "state": str,
            "before_ms": NUMBER_OR_NULL,
            "after_ms": NUMBER,
            "uncertainty_ms": NUMBER,
            "ppm": NUMBER_OR_NULL,
            "temperature": NUMBER_OR_NULL,
            "aging": INT_OR_NULL,
            "source": str,
        }
    ],
    "clock trim": {
        "was": int,
        "aging": int,
        "ppm": NUMBER,
        "residual_ppm": NUMBER,
        "uncertainty_ppm": NUMBER,
        "temperature": NUMBER_OR_NULL,
        "why_not": str,
        "written": bool,
    },
    "settings show": dict,
    "settings set": dict,
    "unlock": PIN,
    "lock": PIN,
    "pin set": PIN | {"warnings": [str]},
    "pin change": PIN | {"warnings": [str]},
    "pin remove": PIN,
    "pin keys": PIN,
    "token claim": {"serial": str, "name": str, "key": str},
    "token release": {"serial": str, "name": str},
    "token rename": {"serial": str, "name": str},
    "token identify": {"serial": str, "name": str},
    "token compact": {"freed": int, "store": STORE},
    "token reset": {"serial": str},
    "token forget": {"serial": str},
    "provision": {
        "rows": [
            {
                "line": int,
                "label": str,
                "user": str,
                "account": str,
                "pin": bool,
                "state": str,
                "before": bool,
                "serial": TEXT_OR_NULL,
            }
        ],
        "refused": [{"token": str, "label": TEXT_OR_NULL, "reason": str, "remedy": str}],
        "files": [str],
        "unfit": [REFUSAL],
        "warnings": [str],
        "tokens": [{"token": str, "fit": bool, "label": TEXT_OR_NULL, "reason": str}],
        "dry_run": bool,
    },
    "inventory": {
        "tokens": [
            {
                "label": str,
                "serial": str,
                "holder": TEXT_OR_NULL,
                "firmware": str,
                "last_seen": str,
                "synced": TEXT_OR_NULL,
                "clock": str,
                "sync_by": TEXT_OR_NULL,
                "lost": TEXT_OR_NULL,
            }
        ],
        "bound_s": float,
        "file": TEXT_OR_NULL,
    },
    "firmware install": PUT,
    "firmware update": PUT,
    "firmware check": {
        "place": str,
        "serial": str,
        "board": str,
        "circuitpython": str,
        "version": TEXT_OR_NULL,
        "included": str,
        "release": ({"key": str, "comment": str}, type(None)),
        "state": str,
        "form": str,
        "store_file": bool,
        "missing": [str],
        "differing": [str],
        "stray": [str],
        "in_the_way": [str],
    },
    "firmware image": {
        "file": str,
        "bytes": int,
        "sha256": str,
        "board": str,
        "flash_mib": int,
        "circuitpython": str,
        "circuitpython_sha256": str,
        "firmware": str,
        "parts": {part: {"offset": int, "size": int} for part in ("circuitpython", "nvm", "drive")},
        "warnings": [str],
    },
    "firmware udev": str,
    "completion": str,
}


def fits(value, shape):
    """Whether `value` has that shape; bool is no int here."""
    if isinstance(shape, tuple):
        return any(fits(value, each) for each in shape)
    if isinstance(shape, dict):
        return (
            isinstance(value, dict)
            and value.keys() == shape.keys()
            and all(fits(value[key], shape[key]) for key in shape)
        )
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(each, shape[0]) for each in value)
    return type(value) is shape
