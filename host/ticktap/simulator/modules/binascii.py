"""`binascii`, as far as CircuitPython has it."""

import binascii
from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import subset


def build(chip: Chip) -> ModuleType:
    return subset("binascii", binascii, "hexlify unhexlify a2b_base64 b2a_base64 crc32")
