"""The token's identity and state."""

from ..version import PROTOCOL, VERSION
from .access import ANYONE
from .framing import MAX_LINE


def hello(token, id, given):
    system = token.system
    return {
        "protocol": PROTOCOL,
        "product": "ticktap",
        "firmware": VERSION,
        "circuitpython": system.circuitpython,
        "board": system.board,
        "serial": system.serial,
        "name": token.store.name,
        "mode": "maintenance" if token.maintenance else "normal",
        "claimed": token.store.claimed,
        "locked": token.store.locked,
        "limits": {"line": MAX_LINE, "reply": 4096, "text": 64, "secret": 128},
    }


def status(token, id, given):
    store, system, delivery = token.store, token.system, token.delivery
    usage = store.records.usage()
    usage["state"] = store.state
    locks = delivery.locks
    return {
        "clock": token.time.describe(),
        "accounts": len(store),
        "default": store.default,
        "store": usage,
        "host": {
            "connected": delivery.connected,
            "num_lock": None if locks is None else bool(locks & 1),
            "caps_lock": None if locks is None else bool(locks & 2),
            "digits": delivery.digits,
        },
        "access": {"claimed": store.claimed, "changes": token.access.changes(token.now)},
        "pin": token.pin_attempts.describe(),
        "last": delivery.last,
        "free_heap": system.free_heap(),
        "uptime": token.now // 1000,
        "reset": system.reset_reason,
        "faults": token.faults,
        "fault": token.fault,
        "fault_at": token.fault_at,
        "form": system.form,
    }


METHODS = {
    "hello": (hello, {}, ANYONE),
    "status": (status, {}, ANYONE),
}
