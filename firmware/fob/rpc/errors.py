"""The protocol's errors. Codes are an interface; messages are for people."""

PARSE = (-32700, "That line is not a JSON object in UTF-8.")
REQUEST = (-32600, "That is not a JSON-RPC 2.0 request.")
METHOD = (-32601, "There is no such method.")
PARAMS = (-32602, "A parameter is missing, unknown or out of range.")
INTERNAL = (-32603, "Something unforeseen went wrong in the token.")
LINE = (-32001, "The line was too long and was dropped.")
NOT_FOUND = (1, "There is no account with that id.")
FULL = (2, "The store has no room for that.")
STORE = (3, "The store holds something that this firmware cannot use.")
CLOCK = (4, "The clock is not to be trusted.")
NO_PRESS = (5, "Nobody pressed the button in time.")
CANCELLED = (6, "The request was cancelled.")
BUSY = (7, "Another request is waiting for a press.")
MODE = (8, "Not in maintenance mode.")
HOST = (9, "The USB host does not take key presses.")
LOCKED = (10, "The token is locked.")
OWNER = (11, "Only the owner may do that, or the session's proof is wrong.")
PRESS = (12, "A press of the button has to allow that first.")
BUDGET = (13, "The clock would move too far without a press.")
PIN = (14, "That is not the PIN.")
ERASED = (15, "That was not the PIN, and the last try: the accounts are erased.")
DAMAGED = (16, "The account's record is damaged.")
VAULT = (17, "That needs a vault on the drive.")
REPLUG = (18, "No more tries until the token was unplugged.")
CLAIMED = (19, "That does not fit: there is an owner or a PIN already, or there is none.")


class RpcError(Exception):
    """Carries one of the pairs above, and `data` for the program at the other end."""

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
    """What a host called something, as a reply may have it: some texts have no UTF-8."""
    return "".join([c if " " <= c <= "~" else "?" for c in name[:40]])
