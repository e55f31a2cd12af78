"""The extents of records by id, and the order of the accounts, in small blocks of heap.

They are made for a thousand ids: arrays, because a dict takes twice as much for each id, and in pieces,
because one large array would need a larger block whenever it grows, and a heap in use may have none.

An extent is the location and the length of a record's body as one number: location * 512 + length.
"""

from array import array

_BITS = 5  # of an id within a piece of extents: 128 bytes of heap
_IN_ORDER = 64  # ids in a piece of the order


def extent(location, size):
    return location << 9 | size


def split_extent(extent):
    """(location, length) of an extent."""
    return extent >> 9, extent & 511


def skip_bytes(extent, count):
    """The extent without its first `count` bytes."""
    return extent + (count << 9) - count


class AccountOrder:
    """The ids of the accounts in the order of the token: the methods of a list that are needed."""

    def __init__(self):
        self._pieces = []  # arrays of about 64 ids

    def __len__(self):
        return sum([len(piece) for piece in self._pieces])

    def __iter__(self):
        for piece in self._pieces:
            for id in piece:
                yield id

    def __eq__(self, other):
        return list(self) == list(other)

    def __getitem__(self, at):
        for piece in self._pieces:
            if at < len(piece):
                return piece[at]
            at -= len(piece)
        raise IndexError()

    def starting_at(self, at):
        """Yields the ids from position `at` on."""
        for piece in self._pieces:
            if at < len(piece):
                for id in piece[at:] if at > 0 else piece:
                    yield id
            at -= len(piece)

    def append(self, id):
        if not self._pieces or len(self._pieces[-1]) >= _IN_ORDER:
            self._pieces.append(array("H"))
        self._pieces[-1].append(id)

    def insert(self, at, id):
        """Inserts an id at position `at`; past the end it becomes the last."""
        pieces = self._pieces
        for number, piece in enumerate(pieces):
            if at < len(piece) or len(piece) < _IN_ORDER and number == len(pieces) - 1:
                piece = piece[:at] + array("H", (id,)) + piece[at:]
                if len(piece) > 2 * _IN_ORDER:
                    pieces.insert(number + 1, piece[_IN_ORDER:])
                    piece = piece[:_IN_ORDER]
                pieces[number] = piece
                return
            at -= len(piece)
        pieces.append(array("H", (id,)))

    def remove(self, id):
        """Removes an id. Raises ValueError if it is not there."""
        for number, piece in enumerate(self._pieces):
            for at, other in enumerate(piece):
                if other == id:
                    if len(piece) == 1:
                        self._pieces.pop(number)
                    else:
                        self._pieces[number] = piece[:at] + piece[at + 1 :]
                    return
        raise ValueError()


class Locations:
    """The extents by id. An extent is never 0, which marks an id that is not there."""

    def __init__(self):
        self._pieces = {}
        self._count = 0

    def __eq__(self, other):
        return list(self.items()) == list(other.items())

    def __len__(self):
        return self._count

    def __contains__(self, id):
        return bool(self.get(id))

    def items(self):
        """Yields (id, extent) of each, in the order of the ids."""
        for number in sorted(self._pieces):
            for at, extent in enumerate(self._pieces[number]):
                if extent:
                    yield (number << _BITS) + at, extent

    def __getitem__(self, id):
        extent = self._pieces[id >> _BITS][id & (1 << _BITS) - 1]
        if not extent:
            raise KeyError(id)
        return extent

    def __setitem__(self, id, extent):
        if id not in self:
            self._count += 1
        piece = self._pieces.get(id >> _BITS)
        if piece is None:
            piece = self._pieces[id >> _BITS] = array("I", bytes(4 << _BITS))
        piece[id & (1 << _BITS) - 1] = extent

    def get(self, id, default=None):
        piece = self._pieces.get(id >> _BITS)
        return piece and piece[id & (1 << _BITS) - 1] or default

    def pop(self, id):
        """Removes an id, if it is there."""
        if id in self:
            self._count -= 1
            piece = self._pieces[id >> _BITS]
            piece[id & (1 << _BITS) - 1] = 0
            if not any(piece):
                del self._pieces[id >> _BITS]
