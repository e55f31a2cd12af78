"""One flash chip for tests of the store: nvm and the sectors of a file; the power can fail at any point.

Operations are counted over all of it: an erase of a sector, a program of at most a page. The power can be cut
in any of them, at any fraction: an erase then leaves some of the bits set, a program its first bytes.
"""

import random

PAGE = 256
SECTOR = 4096


class PowerCut(Exception):
    pass


class Flash:
    def __init__(self, sectors=8):
        self.memory = [bytearray(b"\xff" * SECTOR) for _ in range(sectors + 1)]  # 0 is nvm
        self.operations = 0
        self.erases = 0
        self._cut = None
        self._random = random.Random(5)

    def copy(self):
        """The same contents with power back."""
        other = Flash(len(self.memory) - 1)
        other.memory = [bytearray(sector) for sector in self.memory]
        return other

    def cut_at(self, operation, fraction):
        self._cut = (self.operations + operation, fraction)

    @property
    def everything(self):
        return b"".join(bytes(sector) for sector in self.memory)

    def erase(self, sector):
        self.erases += 1
        fraction = self._next()
        memory = self.memory[sector]
        if fraction >= 1:
            memory[:] = b"\xff" * SECTOR
            return
        mask = self._some_bits(fraction)
        memory[:] = (int.from_bytes(memory, "big") | mask).to_bytes(SECTOR, "big")
        raise PowerCut

    def _some_bits(self, fraction):
        """About a quarter, a half or three quarters of a sector's bits; none for 0."""
        one, other = self._random.getrandbits(8 * SECTOR), self._random.getrandbits(8 * SECTOR)
        if not fraction:
            return 0
        return one & other if fraction < 0.4 else one if fraction < 0.6 else one | other

    def program(self, sector, start, data):
        for page in range(0, len(data), PAGE):
            part = data[page : page + PAGE]
            fraction = self._next()
            done = len(part) if fraction >= 1 else int(len(part) * fraction)
            self._clear(sector, start + page, part[:done])
            if fraction < 1:
                if done < len(part):
                    self.memory[sector][start + page + done] &= part[done] | self._random.randrange(256)
                raise PowerCut

    def _clear(self, sector, start, data):
        """Programs bytes: bits go from one to zero only."""
        stop = start + len(data)
        old = int.from_bytes(self.memory[sector][start:stop], "big")
        self.memory[sector][start:stop] = (old & int.from_bytes(data, "big")).to_bytes(len(data), "big")

    def _next(self):
        """How much of the next operation is done."""
        number = self.operations
        self.operations += 1
        if self._cut and number >= self._cut[0]:
            return self._cut[1] if number == self._cut[0] else 0
        return 1


class Nvm:
    """Slices of the nvm sector, written as CircuitPython does."""

    def __init__(self, flash):
        self._flash = flash

    def __len__(self):
        return SECTOR

    def __getitem__(self, where):
        return self._flash.memory[0][where]

    def __setitem__(self, where, data):
        start, stop, _ = where.indices(SECTOR)
        if any(byte != 0xFF for byte in self._flash.memory[0][start:stop]):
            image = bytes(self._flash.memory[0][:start]) + data + bytes(self._flash.memory[0][stop:])
            self._flash.erase(0)
            self._flash.program(0, 0, image)
        else:
            self._flash.program(0, start, data)


class Sectors:
    """The sectors of the file, with the interface that Segments uses."""

    def __init__(self, flash):
        self._flash = flash
        self.count = len(flash.memory) - 1
        self.reason = None

    def read(self, index, start, size):
        return bytes(self._flash.memory[index + 1][start : start + size])

    def read_into(self, index, start, out):
        out[:] = self._flash.memory[index + 1][start : start + len(out)]

    def load(self, index, page):
        page[:] = self._flash.memory[index + 1]

    def write(self, index, image):
        self._flash.erase(index + 1)
        self._flash.program(index + 1, 0, image)
