"""`gc`: a heap that always looks as at the start of code.py; memory is not simulated."""

from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module
from ticktap.simulator.timeline import US

HEAP, FREE = 171_392, 167_808
COLLECT_NS = 2_500 * US


def build(chip: Chip) -> ModuleType:
    return make_module(
        "gc",
        collect=lambda: chip.consume_time(COLLECT_NS),
        mem_free=lambda: FREE,
        mem_alloc=lambda: HEAP - FREE,
        enable=lambda: None,
        disable=lambda: None,
        isenabled=lambda: True,
    )
