"""The names that the interpreter has stored: MicroPython's table of interned strings, read from the chip.

Every identifier in a source file, and every text of up to ten characters, is stored in it and never removed,
unless CircuitPython has it in its flash already. The table grows by pools, each twice as long as the last
(py/qstr.c). A pool is five words and the pointers to its names:

    the pool before | names before it (31 bits) | room | names | hashes | lengths | names ...
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from emulated.image import NVM
from emulated.token import EmulatedToken

FLASH, RAM = 0x10000000, 0x20000000
HEAD = 24  # bytes of a pool before its names
FEWEST, MOST = 50, 5000  # names in one of the pools in flash


@dataclass(frozen=True)
class Pool:
    """`names` of a pool at an address that has room for `room` of them."""

    address: int
    room: int
    names: tuple[str, ...]


class Memory:
    """The words and texts of a chip's flash and RAM, by address."""

    def __init__(self, flash: bytes, ram: bytes) -> None:
        self._parts = {FLASH: (flash, array("I", flash)), RAM: (ram, array("I", ram))}

    def word(self, address: int) -> int | None:
        base = address & 0xFF000000
        words = self._parts[base][1] if base in self._parts else ()
        place = (address - base) // 4
        return words[place] if place < len(words) else None

    def text(self, address: int | None) -> str | None:
        """The text that ends with a zero byte; None when there is none."""
        base = (address or 0) & 0xFF000000
        if address is None or base not in self._parts:
            return None
        part = self._parts[base][0]
        end = part.find(b"\0", address - base, address - base + 256)
        try:
            return part[address - base : end].decode() if end >= 0 else None
        except UnicodeDecodeError:
            return None

    def places_of(self, value: int) -> Iterator[int]:
        """Addresses of the words of a value."""
        for base, (_, words) in self._parts.items():
            for place in (place for place, word in enumerate(words) if word == value):
                yield base + 4 * place


class NameTable:
    """The table of a running token: `pools`, those in flash first."""

    def __init__(self, token: EmulatedToken) -> None:
        self._memory = Memory(token.flash[: NVM.start], token.ram)
        self.pools = self._chain_from(self._root())

    @property
    def met(self) -> list[str]:
        """The names that are not CircuitPython's own, in the order in which they were stored."""
        return [name for pool in self.pools if pool.address >= RAM for name in pool.names]

    @property
    def left(self) -> int:
        """How many more names fit without another pool."""
        return self.pools[-1].room - len(self.pools[-1].names)

    def _root(self) -> Pool:
        """The pool without one before it: its first name is empty."""
        for address in self._memory.places_of(0):
            pool = self._pool(address, 0)
            if pool and len(pool.names) > FEWEST and pool.names[0] == "" and "__init__" in pool.names:
                return pool
        raise LookupError("CircuitPython's names were not found in its flash")

    def _chain_from(self, pool: Pool, before: int = 0) -> list[Pool]:
        """The longest chain: memory may still hold pools of an earlier program."""
        before += len(pool.names)
        found = (self._pool(address, before) for address in self._memory.places_of(pool.address))
        chains = (self._chain_from(each, before) for each in found if each)
        return [pool, *max(chains, key=len, default=[])]

    def _pool(self, address: int, before: int) -> Pool | None:
        """The pool at an address if there are `before` names in those before it."""
        word = self._memory.word
        total, room, count = (word(address + 4 * n) for n in (1, 2, 3))
        if total is None or total & 0x7FFFFFFF != before or not room or not count or count > MOST:
            return None
        if address >= RAM and count > room:
            return None
        names = [self._memory.text(word(address + HEAD + 4 * n)) for n in range(count)]
        if None in names:
            return None
        return Pool(address, room, tuple(name for name in names if name is not None))
