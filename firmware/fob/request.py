"""A request from the host that waits for a press."""

CODE = "code"
TYPE = "type"
COMPACT = "compact"
RESET = "reset"


class Request:
    """`rpc_id` is the id to answer with; `account` is an account's id or None."""

    def __init__(self, rpc_id, kind, until_ms, account=None):
        self.rpc_id = rpc_id
        self.kind = kind
        self.until_ms = until_ms
        self.account = account
