"""Where records are: id -> place, for a thousand ids in small pieces of heap.

One large dict asks for a piece half as large again whenever it grows, and a heap in use may have none.

A `place` is where a record's body is and how long it is, as one number: location * 512 + length.
"""

_BITS = 6  # of an id within a piece: 64 ids take at most 600 bytes


def place(location, size):
    return location << 9 | size


def parts(place):
    """(location, length) of a place."""
    return place >> 9, place & 511


class Places:
    def __init__(self):
        self._pieces = {}
        self._count = 0

    def __eq__(self, other):
        return self._pieces == other._pieces

    def __len__(self):
        return self._count

    def __contains__(self, id):
        return id in self._pieces.get(id >> _BITS, ())

    def __getitem__(self, id):
        return self._pieces[id >> _BITS][id]  # KeyError: no such id

    def __setitem__(self, id, place):
        if id not in self:
            self._count += 1
        piece = self._pieces.get(id >> _BITS)
        if piece is None:
            piece = self._pieces[id >> _BITS] = {}
        piece[id] = place

    def get(self, id, default=None):
        return self[id] if id in self else default

    def pop(self, id):
        """Takes an id out, if it is there."""
        if id in self:
            self._count -= 1
            del self._pieces[id >> _BITS][id]
