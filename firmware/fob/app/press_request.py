"""A request from the host that waits for a press."""


class PressRequest:
    """A request that waits for a press.

    Args:
        rpc_id: the id of the request; its response has the same.
        action(): is called after the press. Returns the result, or None when it sends the response later.
        until_ms: when the request times out.
        reason: what the press is for (rpc/press_reason.py).
        account: the id of the account whose code is requested, or None.
        ready(): False while the action must wait after the press; None: it never waits.

    Attributes:
        pressed: whether the press came, and the request waits until it is ready.
    """

    def __init__(self, rpc_id, action, until_ms, reason, account=None, ready=None):
        self.rpc_id = rpc_id
        self.action = action
        self.until_ms = until_ms
        self.reason = reason
        self.account = account
        self.ready = ready
        self.pressed = False
