"""Calls the method that a JSON-RPC 2.0 request names, and encodes the response."""

import json

from ..clock.timekeeper import AdjustmentTooLarge, ClockInvalid
from ..store.keystore import Locked
from ..store.log import StoreFull
from ..store.pin_attempts import PinNotSet, ReplugRequired, WrongPin
from ..store.record_store import NoStoreFile, Unusable
from ..store.token_store import Damaged
from . import errors, hello, params
from .access import Denied
from .errors import RpcError
from .framing import TOO_LONG

_SESSION_CALL = "session.call"  # its method returns the request that is performed in the session
_ID = {int: params.integer(-(1 << 63), (1 << 63) - 1), str: params.text(64)}

NOUNS = (
    "hello",
    "status",
    "clock",
    "account",
    "code",
    "press",
    "settings",
    "store",
    "session",
    "token",
    "pin",
)


def methods_of(noun):
    """The methods of a noun. Their module is loaded when one of them is called for the first time.

    Returns:
        A dict: name -> (method(token, id, given), its parameters or None for any, its level (rpc/access.py)
        or a function level(token, given)).
    """
    if noun == "account":
        from .account import METHODS as account

        return account
    if noun == "clock":
        from .clock import METHODS as clock

        return clock
    if noun in ("code", "press"):
        from .code import METHODS as code

        return code
    if noun == "settings":
        from .settings import METHODS as settings

        return settings
    if noun == "session":
        from .session import METHODS as session

        return session
    if noun == "pin":
        from .pin import METHODS as pin

        return pin
    if noun == "token":
        from .token import METHODS as token

        return token
    if noun == "store":
        from .store import METHODS as store

        return store
    return hello.METHODS


def encode(id, result=None, error=None):
    """A response line. If the result is a list of JSON pieces, the line is a list of pieces too."""
    if type(result) is list:
        head = '{"jsonrpc": "2.0", "id": %s, "result": ' % json.dumps(id)
        return [head.encode("utf-8")] + result + [b"}\n"]
    out = {"jsonrpc": "2.0", "id": id}
    if error is None:
        out["result"] = result
    else:
        out["error"] = error.as_object()
    return json.dumps(out).encode("utf-8") + b"\n"


def answer(line, token):
    """Performs a request line. Returns the response line, or None if there is none, or none yet.

    A method that waits for a press returns None; the token responds later (Requests.wait_for_press).
    """
    id = None
    if line == b"" or line == b"\r":
        return None
    try:
        request = _parse(line)
        id = _id(request)
        if request.get("jsonrpc") != "2.0":
            raise RpcError(errors.REQUEST)
        result = call(request, id, token)
        if request.get("method") == _SESSION_CALL:
            # Performed here, not inside that call: the call stack on the token has no room for both.
            request, in_session = parse(result[0]), result[1]
            if request.get("method") == _SESSION_CALL:
                raise RpcError(errors.REQUEST)
            result = call(request, id, token, in_session)
    except RpcError as error:
        if id is None and error.code not in (errors.PARSE[0], errors.REQUEST[0], errors.LINE[0]):
            return None
        return encode(id, error=error)
    if id is None or result is None:
        return None
    return encode(id, result)


def call(request, id, token, in_session=False):
    """Calls the method that a request names. Returns its result, None if it comes later. Raises RpcError."""
    name, given = request.get("method"), request.get("params", {})
    if type(name) is not str or type(given) is not dict:
        raise RpcError(errors.REQUEST)
    if [key for key in given if type(key) is not str]:  # CircuitPython's json accepts any value as a key
        raise RpcError(errors.REQUEST)
    methods = methods_of(name.split(".")[0])
    if name not in methods:
        raise RpcError(errors.METHOD, errors.sanitize(name))
    method, expected, level = methods[name]
    try:
        given = params.validate(given, expected) if expected is not None else given
    except KeyError as error:
        raise RpcError(errors.PARAMS, errors.sanitize(error.args[0]))

    def action():
        needed = level(token, given) if callable(level) else level
        token.access.check(needed, in_session)
        return method(token, id, given)

    result, fault = execute(action, token)
    if fault is not None:
        raise fault
    return result


def execute(action, token):
    """Calls `action`. Returns (its result, None), or (None, the RpcError for its exception)."""
    try:
        return action(), None
    except RpcError as error:
        return None, error
    except StoreFull:
        return None, RpcError(errors.FULL, {"free": token.store.records.free})
    except Unusable as error:
        return None, RpcError(errors.STORE, error.state)
    except ClockInvalid as error:
        return None, RpcError(errors.CLOCK, error.state)
    except Locked:
        if token.store.locked:
            return None, RpcError(errors.LOCKED)
        return None, RpcError(errors.STORE, token.store.state)
    except Denied as error:
        return None, RpcError(errors.OWNER if error.owner else errors.PRESS)
    except AdjustmentTooLarge as error:
        return None, RpcError(errors.ADJUSTMENT, error.left)
    except WrongPin as error:
        return None, RpcError(errors.ERASED if error.left == 0 else errors.PIN, error.left)
    except Damaged:
        return None, RpcError(errors.DAMAGED)
    except NoStoreFile:
        return None, RpcError(errors.STORE_FILE)
    except ReplugRequired:
        return None, RpcError(errors.REPLUG)
    except PinNotSet:
        return None, RpcError(errors.CLAIMED)
    except Exception as error:
        token.record_error(error)
        return None, RpcError(errors.INTERNAL, type(error).__name__)


def _id(request):
    """The id of a request, None for a notification. Raises RpcError for one that is not valid or too long."""
    id = request.get("id")
    try:
        return None if id is None else _ID[type(id)](id)
    except (KeyError, ValueError):
        raise RpcError(errors.REQUEST)


def _parse(line):
    if line is TOO_LONG:
        raise RpcError(errors.LINE)
    try:
        text = line.decode("utf-8")
    except ValueError:
        raise RpcError(errors.PARSE)
    return parse(text)


def parse(text):
    """Parses a line. Returns a dict. Raises RpcError."""
    try:
        request = json.loads(text)
    except (ValueError, RuntimeError, MemoryError):  # not JSON, or nested too deep
        raise RpcError(errors.PARSE)
    if type(request) is list:
        raise RpcError(errors.REQUEST)
    if type(request) is not dict:
        raise RpcError(errors.PARSE)
    return request
