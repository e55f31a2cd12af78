"""A `java.util.HashMap<String, String>` as Java serialises it (Java Object Serialization Specification,
chapter 6).

It reads this one class only: it never creates objects of classes named in the bytes.
"""

from __future__ import annotations

import struct

from ticktap.formats.result import damaged, explained

MAGIC = b"\xac\xed\x00\x05"
_OBJECT, _CLASS, _BLOCK, _STRING, _LONG_STRING, _REFERENCE = 0x73, 0x72, 0x77, 0x74, 0x7C, 0x71
_END, _NULL = 0x78, 0x70
_FIRST_HANDLE = 0x7E0000
_ENTRIES = 100_000
_FIELD_BYTES = {
    "F": 4,
    "I": 4,
}  # loadFactor and threshold; Android writes one or both, depending on the version


def read(data: bytes) -> dict[str, str]:
    """Reads the entries of the map.

    Raises:
        BadInput: it is no such map, or cut off.
    """
    if not data.startswith(MAGIC):
        raise damaged("it is not a Java map")
    reader = _Reader(data)
    with explained("it is not a Java map"):
        return reader.map()


class _Reader:
    """A position in the bytes, and the handles assigned so far. Raises ValueError and IndexError."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = len(MAGIC)
        self.named: list[str | None] = []  # referenced texts; None for other objects

    def map(self) -> dict[str, str]:
        """Reads the map."""
        self.expect(_OBJECT, _CLASS)
        if self.utf() != "java.util.HashMap":
            raise ValueError("another class")
        self.take(9)  # version and flags
        self.named += [None]
        width = sum(self.field() for _ in range(self.short()))
        self.expect(_END, _NULL)
        self.named += [None]
        self.take(width)
        self.expect(_BLOCK, 8)
        size = struct.unpack(">ii", self.take(8))[1]
        if not 0 <= size <= _ENTRIES:
            raise ValueError("impossible size")
        return {self.text(): self.text() for _ in range(size)}

    def field(self) -> int:
        """Returns the size of a field in bytes, from its description."""
        kind = chr(self.byte())
        self.utf()
        return _FIELD_BYTES[kind]

    def text(self) -> str:
        """Reads the next text."""
        kind = self.byte()
        if kind == _REFERENCE:
            text = self.named[int.from_bytes(self.take(4), "big") - _FIRST_HANDLE]
            if text is None:
                raise ValueError("no text")
            return text
        if kind not in (_STRING, _LONG_STRING):
            raise ValueError("no text")
        text = self.utf() if kind == _STRING else self.decoded(int.from_bytes(self.take(8), "big"))
        self.named.append(text)
        return text

    def utf(self) -> str:
        """Reads a text preceded by its length."""
        return self.decoded(self.short())

    def decoded(self, length: int) -> str:
        """Decodes Java's modified UTF-8, which contains surrogate pairs."""
        halves = self.take(length).replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
        return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le")

    def expect(self, *values: int) -> None:
        """Checks that these bytes follow."""
        if self.take(len(values)) != bytes(values):
            raise ValueError("something else")

    def byte(self) -> int:
        """Reads the next byte."""
        return self.take(1)[0]

    def short(self) -> int:
        """Reads the next two bytes as a number."""
        return int.from_bytes(self.take(2), "big")

    def take(self, length: int) -> bytes:
        """Reads the next bytes."""
        if not 0 <= length <= len(self.data) - self.at:
            raise ValueError("cut off")
        self.at += length
        return self.data[self.at - length : self.at]
