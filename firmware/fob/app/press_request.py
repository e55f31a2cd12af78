"""A request from the host that waits for a press."""


class Request:
    """`rpc_id` is the id to answer with; `act()` does it when the press comes, and returns the result, or
    None when it answers later itself; `signal` is what the light says meanwhile; `account` is the id of the
    account whose code is wanted, or None. After the press, while `ready()` is false, it waits on; `pressed`
    then.
    """

    def __init__(self, rpc_id, act, until_ms, signal, account=None, ready=None):
        self.rpc_id = rpc_id
        self.act = act
        self.until_ms = until_ms
        self.signal = signal
        self.account = account
        self.ready = ready
        self.pressed = False
