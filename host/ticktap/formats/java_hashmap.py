"""A `java.util.HashMap<String, String>` as Java serialises it (Java Object Serialization Specification,
chapter 6).

Reads that one class and nothing else: no object is ever made of what the bytes name.
"""

from __future__ import annotations

import struct

from ticktap.formats.result import damaged, explained

MAGIC = b"\xac\xed\x00\x05"
_OBJECT, _CLASS, _BLOCK, _STRING, _LONG_STRING, _REFERENCE = 0x73, 0x72, 0x77, 0x74, 0x7C, 0x71
_END, _NULL = 0x78, 0x70
_FIRST_HANDLE = 0x7E0000
_ENTRIES = 100_000
_FIELD_BYTES = {"F": 4, "I": 4}  # loadFactor and threshold; Android versions write one of them or both


def read(data: bytes) -> dict[str, str]:
    """The entries of the map.

    Raises:
        BadInput: it is no such map, or cut off.
    """
    if not data.startswith(MAGIC):
        raise damaged("it is no Java map")
    reader = _Reader(data)
    with explained("it is no Java map"):
        return reader.map()


class _Reader:
    """A position in the bytes, and what was named so far. Raises ValueError and IndexError."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = len(MAGIC)
        self.named: list[str | None] = []  # what references mean; None for what is no text

    def map(self) -> dict[str, str]:
        """The map, from its object on."""
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
        """How many bytes a field takes, from its description."""
        kind = chr(self.byte())
        self.utf()
        return _FIELD_BYTES[kind]

    def text(self) -> str:
        """The next text."""
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
        """A text with its length before it."""
        return self.decoded(self.short())

    def decoded(self, length: int) -> str:
        """Java's variant of UTF-8 has surrogates in it, in pairs."""
        halves = self.take(length).replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
        return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le")

    def expect(self, *values: int) -> None:
        """These bytes come next."""
        if self.take(len(values)) != bytes(values):
            raise ValueError("something else")

    def byte(self) -> int:
        """The next byte."""
        return self.take(1)[0]

    def short(self) -> int:
        """The next two bytes as a number."""
        return int.from_bytes(self.take(2), "big")

    def take(self, length: int) -> bytes:
        """The next bytes."""
        if not 0 <= length <= len(self.data) - self.at:
            raise ValueError("cut off")
        self.at += length
        return self.data[self.at - length : self.at]
