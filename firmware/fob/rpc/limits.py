"""Limits of what anyone may do without a press: writes of the flash, and requests that wait for a press.

Without the first limit a program could wear out the flash. Without the second it could repeat a request until
the user presses by mistake. The counts are kept in Access, and another connection does not end them.
"""

from . import errors

_WRITES, _WRITE_MS = 64, 300_000  # writes at once; ms until one more is allowed
_WAITS, _WAIT_MS = 20, 30_000  # requests that ended without a press; ms until one more


def count_write(access, now_ms):
    """Counts a write that needs no press. Raises RpcError LIMIT."""
    access.writes_full_at = _counted(access.writes_full_at, now_ms, _WRITES, _WRITE_MS)


def count_wait(access, now_ms):
    """Counts a request that waits for a press. Raises RpcError LIMIT."""
    access.waits_full_at = _counted(access.waits_full_at, now_ms, _WAITS, _WAIT_MS)


def _counted(full_at, now_ms, most, each_ms):
    """The time from which `most` are available again, after one more. Raises RpcError LIMIT."""
    full_at = max(full_at, now_ms) + each_ms
    early = full_at - now_ms - most * each_ms
    if early > 0:
        raise errors.RpcError(errors.LIMIT, (early + 999) // 1000)
    return full_at
