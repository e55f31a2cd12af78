"""`errno`: the numbers of Linux, which CircuitPython uses too."""

import errno
from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import subset

_NAMES = """EPERM ENOENT EIO EBADF EAGAIN ENOMEM EACCES EEXIST ENODEV EISDIR EINVAL ENOSPC EROFS EOPNOTSUPP
    EADDRINUSE ECONNABORTED ECONNRESET ENOBUFS ENOTCONN ETIMEDOUT ECONNREFUSED EHOSTUNREACH
    EALREADY EINPROGRESS"""


def build(chip: Chip) -> ModuleType:
    return subset("errno", errno, _NAMES)
