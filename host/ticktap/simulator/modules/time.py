"""`time` on a chip whose own clock starts in 2000 at every power-on and whose seconds end on 2038-01-19."""

import calendar
import time
from collections import namedtuple
from collections.abc import Sequence
from types import ModuleType

from ticktap.simulator.chip import Chip, short_float
from ticktap.simulator.modules import make_module
from ticktap.simulator.timeline import SECOND

YEAR_2000 = 946_684_800
_FIELDS = "tm_year tm_mon tm_mday tm_hour tm_min tm_sec tm_wday tm_yday tm_isdst"
_Tuple = namedtuple("struct_time", _FIELDS)  # type: ignore[misc]  # the name firmware sees


class struct_time(_Tuple):  # noqa: N801 - CircuitPython's name
    """Made from one sequence of nine numbers."""

    def __new__(cls, fields: Sequence[int]) -> "struct_time":
        if len(fields) != 9:
            raise TypeError("time.struct_time() takes a 9-sequence")
        return super().__new__(cls, *fields)


def build(chip: Chip) -> ModuleType:
    def sleep(seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        chip.consume_time(max(10_000, round(seconds * SECOND)))

    def monotonic_ns() -> int:
        chip.consume_time()
        return chip.nanoseconds()

    def monotonic() -> float:
        chip.consume_time()
        return short_float(chip.nanoseconds() / SECOND)

    def now() -> int:
        return YEAR_2000 + chip.nanoseconds() // SECOND

    def localtime(seconds: float | None = None) -> struct_time:
        at = now() if seconds is None else int(seconds)
        if not YEAR_2000 <= at < 1 << 31:
            raise OverflowError("timestamp out of range for platform time_t")
        return struct_time((*time.gmtime(at)[:8], -1))

    def mktime(at: Sequence[int]) -> int:
        if at[0] < 2000:
            raise OverflowError("timestamp out of range for platform time_t")
        return calendar.timegm((*at[:6], 0, 0, 0))

    return make_module(
        "time",
        sleep=sleep,
        monotonic=monotonic,
        monotonic_ns=monotonic_ns,
        time=now,
        localtime=localtime,
        mktime=mktime,
        struct_time=struct_time,
    )
