"""The protocol's errors. Codes are part of the interface; messages are for people."""

PARSE = (-32700, "The line is not a JSON object in UTF-8.")
REQUEST = (-32600, "The line is not a JSON-RPC 2.0 request.")
METHOD = (-32601, "The method does not exist.")
PARAMS = (-32602, "A parameter is missing, unknown or out of range.")
INTERNAL = (-32603, "An unexpected error occurred in the token.")
LINE = (-32001, "The line was too long and was discarded.")
NOT_FOUND = (1, "There is no account with this id.")
FULL = (2, "The store is full.")
STORE = (3, "The store contains data that this firmware cannot use.")
CLOCK = (4, "The clock is not valid.")
NO_PRESS = (5, "The button was not pressed in time.")
CANCELLED = (6, "The request was cancelled.")
BUSY = (7, "Another request is waiting for a press.")
MODE = (8, "Not possible in maintenance mode.")
HOST = (9, "The USB host does not accept key presses.")
LOCKED = (10, "The token is locked.")
OWNER = (11, "Only the owner may do this, or the proof of the session is wrong.")
PRESS = (12, "A press of the button must allow this first.")
ADJUSTMENT = (13, "The clock would move beyond the adjustment limit without a press.")
PIN = (14, "The PIN is wrong.")
ERASED = (15, "The PIN is wrong, and it was the last attempt: the accounts are erased.")
DAMAGED = (16, "The account's record is damaged.")
STORE_FILE = (17, "This needs a store file on the drive.")
REPLUG = (18, "The token must be unplugged before another attempt.")
CLAIMED = (19, "The token has an owner or a PIN already, or has none.")
LIMIT = (20, "Too many writes or requests without a press.")


class RpcError(Exception):
    """An error response: one of the pairs above, and `data` for the host's program."""

    def __init__(self, kind, data=None):
        super().__init__(kind[1])
        self.code, self.message = kind
        self.data = data

    def as_object(self):
        out = {"code": self.code, "message": self.message}
        if self.data is not None:
            out["data"] = self.data
        return out


def sanitize(name):
    """A name from the host, safe for a response: at most 40 characters, `?` for those that are not ASCII."""
    return "".join([c if " " <= c <= "~" else "?" for c in name[:40]])
