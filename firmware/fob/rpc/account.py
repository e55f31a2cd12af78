"""Accounts. Secrets can be written; no method returns one."""

import json
from io import BytesIO

from ..otp.account import ALGORITHMS, SUFFIXES, TYPES, Account, has_default_parameters, labels
from ..store.token_store import Damaged
from . import errors, press_reason
from .access import CHANGE, KEY_SIZE, PRESSED, READ
from .code import need_codes, show
from .params import REQUIRED, base64_bytes, boolean, choice, integer, secret, text
from .press_timeout import TIMEOUT

_PIECE_BYTES = 240  # bytes of JSON in a piece of a page, at least
_PIECE_BUFFER = 400  # bytes; room for the account with which a piece ends
_PAGE_BYTES = 2600  # bytes after which no other account is added to a page
_HEAP_CHECK = 16  # accounts; the source form leaves little heap, which is measured after so many
_LEAST_HEAP = 13000  # bytes; with less, a request could end in a MemoryError
_QUOTE, _BACKSLASH = b'"', b"\\"
_ID = (integer(1, 0xFFFF), REQUIRED)
_LABEL = (text(64), REQUIRED)
_SUFFIX = choice(*SUFFIXES)


def add(token, id, given):
    kind = given["type"]
    digits = given["digits"] or (5 if kind == "steam" else 6)
    if kind == "steam" and (digits != 5 or given["algorithm"] != "SHA1"):
        raise errors.RpcError(errors.PARAMS, "digits" if digits != 5 else "algorithm")
    if kind != "hotp" and given["counter"]:
        raise errors.RpcError(errors.PARAMS, "counter")
    account = Account(
        0,
        given["issuer"],
        given["name"],
        kind,
        given["algorithm"],
        digits,
        0 if kind == "hotp" else given["period"],
        given["counter"],
        given["suffix"],
        given["secret"],
    )
    if given["prove"]:
        return _add_and_prove(token, id, account, given)
    return {"id": _add(token, account)}


def _add(token, account):
    if token.system.form == "source" and len(token.store) % _HEAP_CHECK == _HEAP_CHECK - 1:
        if token.system.free_heap() < _LEAST_HEAP:
            raise errors.RpcError(errors.FULL, {"free": 0})
    id = token.store.add(account)
    token.access.note_added(id)
    return id


def _add_and_prove(token, id, account, given):
    """Adds an account after a press and returns its first code. Nothing is written before the press."""
    need_codes(token)

    def action():
        if account.type != "hotp":
            token.time.unix()  # raises before anything is written
        out = {"id": _add(token, account)}
        from .session_calls import allow

        allow(token.access, given["key"], token.now)
        try:
            out.update(show(token, out["id"]))
        except Exception:
            token.store.remove(out["id"])
            raise
        return out

    token.requests.wait_for_press(id, action, given["timeout"], press_reason.CHANGE)


def list_accounts(token, id, given):
    """A page of the list, as JSON in pieces.

    Making a dict for each account would take longer than decrypting it, and the whole line would need one
    large block of heap. A page ends early when the heap has no block for another account.
    """
    store = token.store
    default, at, room, out = store.default, given["start"], _PAGE_BYTES, []
    text = BytesIO(bytes(_PIECE_BUFFER))
    write = text.write
    write(b'{"accounts": [')
    for account in store.order.starting_at(at):
        end = text.tell()
        try:
            if at > given["start"]:
                write(b", ")
            _write_account(write, store, account, default)
        except MemoryError:
            if at == given["start"]:
                raise
            text.seek(end)
            break
        at += 1
        if text.tell() >= _PIECE_BYTES:
            room -= text.tell()
            out.append(_taken(text))
            if room < 0:
                break
    write(('], "next": %s}' % json.dumps(at if at < len(store) else None)).encode("utf-8"))
    out.append(_taken(text))
    return out


def _taken(text):
    """Takes what was written."""
    size = text.tell()
    text.seek(0)
    out = text.read(size)
    text.seek(0)
    return out


def _write_account(write, store, id, default):
    """Writes ACCOUNT as JSON. Defaults are left out (docs/protocol.md)."""
    write(b'{"id": %d, "issuer": "' % id)
    try:
        body = store.decrypted(id)
    except Damaged:
        write(b'", "name": "damaged", "damaged": true')
    else:
        usual = has_default_parameters(body)
        issuer, name, both = labels(body)
        if _QUOTE in both or _BACKSLASH in both:
            issuer, name = _escaped(issuer), _escaped(name)
        write(issuer)
        write(b'", "name": "')
        write(name)
        write(b'"')
        if not usual:
            write(_unusual(store.account(id)))
    write(b', "default": true}' if id == default else b"}")


def _escaped(text):
    return json.dumps(str(text, "utf-8"))[1:-1].encode("utf-8")


def _unusual(account):
    out = {
        "type": account.type,
        "algorithm": account.algorithm,
        "digits": account.digits,
        "period": account.period,
        "counter": account.counter,
        "suffix": account.suffix,
    }
    return (", " + json.dumps(out)[1:-1]).encode("utf-8")


def rename(token, id, given):
    _known(token, given["id"])
    token.store.rename(given["id"], given["issuer"], given["name"])
    return {}


def set_suffix(token, id, given):
    _known(token, given["id"])
    token.store.set_suffix(given["id"], given["suffix"])
    return {}


def move(token, id, given):
    _known(token, given["id"])
    token.store.move(given["id"], given["position"] - 1)
    return {}


def make_default(token, id, given):
    _known(token, given["id"])
    token.store.set_default(given["id"])
    return {}


def remove(token, id, given):
    _known(token, given["id"])

    def action():
        token.store.remove(given["id"])
        token.accounts_changed()
        return {}

    if token.access.added_here(given["id"]):
        return action()
    token.requests.wait_for_press(id, action, given["timeout"], press_reason.DESTRUCTIVE)


def _to_add(token, given):
    return PRESSED if given["prove"] else CHANGE


def _known(token, id):
    if id not in token.store:
        raise errors.RpcError(errors.NOT_FOUND, id)


METHODS = {
    "account.add": (
        add,
        {
            "issuer": (_LABEL[0], ""),
            "name": _LABEL,
            "secret": (secret(10, 128), REQUIRED),
            "type": (choice(*TYPES), "totp"),
            "algorithm": (choice(*ALGORITHMS), "SHA1"),
            "digits": (integer(5, 10), 0),
            "period": (integer(1, 3600), 30),
            "counter": (integer(0, (1 << 64) - 1), 0),
            "suffix": (_SUFFIX, "none"),
            "prove": (boolean, False),
            "key": (base64_bytes(KEY_SIZE), None),
            "timeout": TIMEOUT,
        },
        _to_add,
    ),
    "account.list": (list_accounts, {"start": (integer(0, 0xFFFF), 0)}, READ),
    "account.rename": (
        rename,
        {"id": _ID, "issuer": _LABEL, "name": _LABEL},
        CHANGE,
    ),
    "account.set": (set_suffix, {"id": _ID, "suffix": (_SUFFIX, REQUIRED)}, CHANGE),
    "account.move": (move, {"id": _ID, "position": (integer(1, 0xFFFF), REQUIRED)}, CHANGE),
    "account.default": (make_default, {"id": _ID}, CHANGE),
    "account.remove": (remove, {"id": _ID, "timeout": TIMEOUT}, PRESSED),
}
