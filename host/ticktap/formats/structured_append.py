"""Texts that are spread over several QR codes (ISO/IEC 18004, structured append): which part a code is, and
putting parts together.

The decoder gives the text of each symbol and does not say that it is one of several. So the header is read
here, from the modules of the symbol: mode 0011, position and number of parts (four bits each, both less one),
and the exclusive or of all bytes of the whole text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Any

_MODE = 0b0011
_MASKS = (  # table 10: which modules are inverted, by row and column
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)
_TOP = 9  # rows at the top right without data
_ENCODINGS = ("utf-8", "latin-1", "shift_jis")

Modules = Sequence[Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Piece:
    """One symbol of a text in several.

    Args:
        parity: the exclusive or of all bytes of the whole text, as far as `known` has bits set.
    """

    index: int
    count: int
    parity: int
    known: int
    text: str

    def __repr__(self) -> str:
        return f"Piece({self.index + 1} of {self.count})"


def piece(modules: Modules, level: str, mask: int, text: str) -> Piece | None:
    """Returns the part of a longer text that a symbol has; None if it is a whole text.

    Args:
        modules: dark ones are True; rows from the top, without the margin.
        level: of error correction, L, M, Q or H.
    """
    size = len(modules)
    modules = _upright(modules, level, mask)
    first = _codeword(modules, mask, 0)
    if first is None or first >> 4 != _MODE:
        return None
    blocks = _blocks((size - 17) // 4, level)
    second, third = _codeword(modules, mask, blocks), _codeword(modules, mask, 2 * blocks)
    if second is None or first & 15 > second >> 4:
        return None
    parity = (second & 15) << 4 | (third or 0) >> 4
    return Piece(first & 15, (second >> 4) + 1, parity, 0xF0 if third is None else 0xFF, text)


def joined(pieces: Iterable[Piece]) -> tuple[list[str], list[Piece]]:
    """Returns the complete texts, and the pieces of incomplete ones."""
    groups: dict[tuple[int, int], dict[int, Piece]] = {}
    for each in pieces:
        groups.setdefault((each.count, each.parity), {}).setdefault(each.index, each)
    whole, rest = [], []
    for (count, parity), found in groups.items():
        text = "".join(found[at].text for at in sorted(found))
        if len(found) == count and _has_parity(text, parity, found[0].known):
            whole.append(text)
        else:
            rest += [found[at] for at in sorted(found)]
    return whole, rest


def missing(rest: Sequence[Piece]) -> str:
    """Describes the pieces of an incomplete text for messages."""
    return ", ".join(f"part {each.index + 1} of {each.count}" for each in rest)


def _upright(modules: Modules, level: str, mask: int) -> Modules:
    """Returns the modules unmirrored, so that the format information (ISO/IEC 18004, 7.9) is valid."""
    mirrored = [list(column) for column in zip(*modules, strict=True)]
    bits = _format(level, mask)
    return max((modules, mirrored), key=lambda each: sum(each[y][x] == bit for (y, x), bit in bits))


def _format(level: str, mask: int) -> list[tuple[tuple[int, int], bool]]:
    """The 15 bits beside the upper left corner with their positions, highest first."""
    data = {"L": 1, "M": 0, "Q": 3, "H": 2}[level] << 3 | mask
    rest = data << 10
    for shift in range(4, -1, -1):  # a BCH code
        if rest >> shift + 10 & 1:
            rest ^= 0x537 << shift
    value = (data << 10 | rest) ^ 0x5412
    places = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    return [(place, bool(value >> 14 - at & 1)) for at, place in enumerate(places)]


def _has_parity(text: str, parity: int, known: int) -> bool:
    for encoding in _ENCODINGS:
        try:
            data = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        if not (reduce(xor, data, 0) ^ parity) & known:
            return True
    return False


def _blocks(version: int, level: str) -> int:
    """Returns the number of blocks of data; the first codewords of all blocks come first."""
    from segno import consts

    table: Any = consts.ECC
    return sum(each.num_blocks for each in table[version][getattr(consts, f"ERROR_LEVEL_{level}")])


def _codeword(modules: Modules, mask: int, number: int) -> int | None:
    """A codeword in the two columns at the right, upwards, or in the two beside them, downwards."""
    size = len(modules)
    there = (size - _TOP) // 4
    if number >= 2 * there or size % 4 != 1:
        return None
    column, rest = divmod(number, there)
    value = 0
    for row in range(4):
        y = size - 1 - 4 * rest - row if column == 0 else _TOP + 4 * rest + row
        for x in (size - 1 - 2 * column, size - 2 - 2 * column):
            value = value << 1 | (modules[y][x] != _MASKS[mask](y, x))
    return value
