"""One line of JSON-RPC 2.0 to the method it names, and the answer back to a line."""

import json

from ..journal import Full
from ..store import Unusable
from ..timekeeper import Untrusted
from . import account, clock, code, errors, hello, params, settings, store
from .errors import RpcError
from .lines import TOO_LONG

LONGEST_REPLY = 2048

_ID = {int: params.integer(-(1 << 63), (1 << 63) - 1), str: params.text(64)}

METHODS = {}
for _noun in (hello, clock, account, code, settings, store):
    METHODS.update(_noun.METHODS)


def encode(id, result=None, error=None):
    """The line of a reply."""
    out = {"jsonrpc": "2.0", "id": id}
    if error is None:
        out["result"] = result
    else:
        out["error"] = error.as_object()
    return json.dumps(out).encode("utf-8") + b"\n"


def answer(line, token):
    """Carries out one request line. The reply line, or None when there is none, or none yet.

    A method that waits for a press returns None; the token answers later (Token.wait_for_press).
    """
    id = None
    if line == b"" or line == b"\r":
        return None
    try:
        request = _parse(line)
        id = _id(request)
        result = _call(request, token)
    except RpcError as error:
        if id is None and error.code not in (errors.PARSE[0], errors.REQUEST[0], errors.LINE[0]):
            return None
        return encode(id, error=error)
    if id is None or result is None:
        return None
    return encode(id, result)


def _id(request):
    """The id to answer with, None for a notification. One that would make a reply too long is refused."""
    id = request.get("id")
    try:
        return None if id is None else _ID[type(id)](id)
    except (KeyError, ValueError):
        raise RpcError(errors.REQUEST)


def _parse(line):
    if line is TOO_LONG:
        raise RpcError(errors.LINE)
    try:
        request = json.loads(line.decode("utf-8"))
    except (ValueError, RuntimeError, MemoryError):  # not JSON, not UTF-8, nested too deep
        raise RpcError(errors.PARSE)
    if type(request) is list:
        raise RpcError(errors.REQUEST)
    if type(request) is not dict:
        raise RpcError(errors.PARSE)
    return request


def _call(request, token):
    name, given = request.get("method"), request.get("params", {})
    if request.get("jsonrpc") != "2.0" or type(name) is not str or type(given) is not dict:
        raise RpcError(errors.REQUEST)
    if name not in METHODS:
        raise RpcError(errors.METHOD, name[:40])
    method, expected = METHODS[name]
    try:
        given = params.take(given, expected) if expected is not None else given
    except KeyError as error:
        raise RpcError(errors.PARAMS, error.args[0][:40])
    try:
        return method(token, request.get("id"), given)
    except Full:
        raise RpcError(errors.FULL, {"free": token.store.free})
    except Unusable as error:
        raise RpcError(errors.STORE, error.state)
    except Untrusted as error:
        raise RpcError(errors.CLOCK, error.state)
    except RpcError:
        raise
    except Exception as error:
        token.note(error)
        raise RpcError(errors.INTERNAL, type(error).__name__)
