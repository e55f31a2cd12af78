"""`hashlib`: `new()` alone, with the names this CircuitPython has; no hexdigest, no copy."""

import hashlib
from types import ModuleType
from typing import Any

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module
from ticktap.simulator.timeline import US

CALL_NS = 57 * US
NS_PER_BYTE = 670


class Hash(Bound):
    def __init__(self, name: str, data: bytes = b"") -> None:
        if name not in self._chip.native_hashes:
            raise ValueError("Unsupported hash algorithm")
        self._hash: Any = hashlib.new(name)
        self.digest_size = self._hash.digest_size
        self.update(data)

    def update(self, data: bytes) -> None:
        self._chip.consume_time(NS_PER_BYTE * len(data))
        self._hash.update(data)

    def digest(self) -> bytes:
        self._chip.consume_time(CALL_NS)
        return bytes(self._hash.digest())


def build(chip: Chip) -> ModuleType:
    cls = bind(Hash, chip)
    return make_module("hashlib", Hash=cls, new=lambda name, data=b"": cls(name, data))
