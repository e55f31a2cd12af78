"""Where records are (id -> place), and the order of the accounts, for a thousand ids in small pieces of heap.

One large dict or list asks for a piece half or twice as large again whenever it grows, and a heap in use may
have none.

A `extent` is where a record's body is and how long it is, as one number: location * 512 + length.
"""

_NONE = {}  # stays empty
_BITS = 6  # of an id within a piece: 64 ids take at most 600 bytes


def extent(location, size):
    return location << 9 | size


def split_extent(extent):
    """(location, length) of a place."""
    return extent >> 9, extent & 511


def skip_bytes(extent, count):
    """The place of what follows the first `count` bytes."""
    return extent + (count << 9) - count


class AccountOrder:
    """Ids as the person has them: what of a list is needed."""

    def __init__(self):
        self._pieces = []  # lists of some 64 ids

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
        """Ids from a place on."""
        for piece in self._pieces:
            if at < len(piece):
                for id in piece[at:] if at > 0 else piece:
                    yield id
            at -= len(piece)

    def append(self, id):
        if not self._pieces or len(self._pieces[-1]) >= 1 << _BITS:
            self._pieces.append([])
        self._pieces[-1].append(id)

    def insert(self, at, id):
        """Puts an id at a place, past the end: last."""
        for number, piece in enumerate(self._pieces):
            if at < len(piece) or len(piece) < 1 << _BITS and number == len(self._pieces) - 1:
                piece.insert(at, id)
                if len(piece) > 2 << _BITS:
                    self._pieces.insert(number + 1, piece[1 << _BITS :])
                    del piece[1 << _BITS :]
                return
            at -= len(piece)
        self._pieces.append([id])

    def remove(self, id):
        """Takes an id out. ValueError: it is not there."""
        for piece in self._pieces:
            if id in piece:
                piece.remove(id)
                if not piece:
                    self._pieces.remove(piece)
                return
        raise ValueError()


class Locations:
    def __init__(self):
        self._pieces = {}
        self._count = 0

    def __eq__(self, other):
        return self._pieces == other._pieces

    def __len__(self):
        return self._count

    def __contains__(self, id):
        return id in self._pieces.get(id >> _BITS, ())

    def items(self):
        """(id, place) of each, in no order."""
        for piece in self._pieces.values():
            for pair in piece.items():
                yield pair

    def __getitem__(self, id):
        return self._pieces[id >> _BITS][id]  # KeyError: no such id

    def __setitem__(self, id, extent):
        if id not in self:
            self._count += 1
        piece = self._pieces.get(id >> _BITS)
        if piece is None:
            piece = self._pieces[id >> _BITS] = {}
        piece[id] = extent

    def get(self, id, default=None):
        return self._pieces.get(id >> _BITS, _NONE).get(id, default)

    def pop(self, id):
        """Takes an id out, if it is there."""
        if id in self:
            self._count -= 1
            del self._pieces[id >> _BITS][id]
