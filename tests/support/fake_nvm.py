"""A model of nvm for tests of the store: erased bytes can be programmed once, power can fail at any byte."""


class PowerCut(Exception):
    pass


class FakeNvm:
    """4096 bytes. `bytes_left`: bytes that can still be programmed before the power fails (None: no limit).

    Raises AssertionError on a write that CircuitPython would turn into an erase, unless `erasable`.
    """

    def __init__(self, image=b"", size=4096, bytes_left=None, erasable=False):
        self.bytes = bytearray(image or b"\xff" * size)
        self.bytes_left = bytes_left
        self.erasable = erasable
        self.erases = 0

    def __len__(self):
        return len(self.bytes)

    def __getitem__(self, where):
        return self.bytes[where]

    def __setitem__(self, where, data):
        start, stop, _ = where.indices(len(self.bytes))
        assert stop - start == len(data)
        if any(byte != 0xFF for byte in self.bytes[start:stop]):
            assert self.erasable, "this write would erase the sector"
            self.erases += 1
            self.bytes[start:stop] = data
            return
        for at, byte in zip(range(start, stop), data, strict=True):
            if self.bytes_left is not None:
                if self.bytes_left == 0:
                    self.bytes[at] &= byte | 0x5A  # the byte being programmed is left with some of its bits
                    raise PowerCut
                self.bytes_left -= 1
            self.bytes[at] &= byte
