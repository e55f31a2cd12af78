"""The firmware's table of the protocol as plain values, to compare other tables with it."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fob.rpc import access, errors
from fob.rpc.dispatch import NOUNS, methods_of
from fob.rpc.params import REQUIRED

FIRMWARE = Path(__file__).parents[2] / "firmware"
LEVELS = {
    access.ANYONE: "anyone",
    access.READ: "read",
    access.CHANGE: "change",
    access.PRESSED: "pressed",
}

METHODS = {
    name: method for noun in NOUNS for name, method in methods_of(noun).items() if name.split(".")[0] == noun
}
ERRORS = {name: pair[0] for name, pair in vars(errors).items() if isinstance(pair, tuple) and name.isupper()}


def level(method: str) -> str:
    """Who may call it: a name of LEVELS, or "varies"."""
    found = METHODS[method][2]
    return "varies" if callable(found) else LEVELS[found]


def parameters(method: str) -> dict[str, tuple[str, str]]:
    """Each parameter's values and its default, in words. {"any setting": ...} if it accepts any name."""
    taken = METHODS[method][1]
    if taken is None:
        return {"any setting": ("its value", "unchanged")}
    return {name: (values(check), default(given)) for name, (check, given) in taken.items()}


def default(given: object) -> str:
    return "required" if given is REQUIRED else json.dumps(given)


def limits(check: Callable[[Any], object]) -> tuple[str, dict[str, Any]]:
    """The kind of a check of fob/rpc/params.py, and the arguments that it was made with."""
    return check.__qualname__.split(".")[0], dict(inspect.getclosurevars(check).nonlocals)


def values(check: Callable[[Any], object]) -> str:
    """What a check accepts, in words."""
    kind, given = limits(check)
    low, high = given.get("low"), given.get("high")
    if kind == "integer":
        return f"{low} to {high}"
    if kind == "text":
        return f"text of at most {high} bytes"
    if kind == "choice":
        return ", ".join(json.dumps(word) for word in given["words"])
    if kind == "secret":
        return f"base64 of {low} bytes" if low == high else f"base64 of {low} to {high} bytes"
    if kind == "digits":
        return f"{low} to {high} digits, or null"
    assert kind == "boolean", f"firmware_protocol.py has no words for {kind}"
    return "true or false"


def errors_with_data() -> set[str]:
    """The names of the errors that the firmware makes with `data`."""
    found = set()
    for path in (FIRMWARE / "fob").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("RpcError") and node.args[1:]:
                found |= {each.attr for each in ast.walk(node.args[0]) if isinstance(each, ast.Attribute)}
    return found & set(ERRORS)
