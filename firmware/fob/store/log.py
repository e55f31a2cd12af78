"""An append-only log over bytes that a write can only clear: `microcontroller.nvm`.

CircuitPython programs nvm in place when every target byte is 0xFF and otherwise erases the whole sector
first; a power cut during that erase loses everything. So each record is written once, over erased bytes, and
never touched again.

    record = kind u8 | length u16 | body | crc32 u32        (little endian)
    run    = record whose kind has bit 7 set, followed by body[-1] erased bytes that are spent one at a time

The check value covers the record's place in the log, so bytes copied elsewhere are no record. A cut while a
record is being written leaves bytes that check as nothing; reading goes on behind them.

The first record, written twice, is the format: "ticktap", version u8, epoch u32 (grows with every rewrite),
next id u16.
"""

from binascii import crc32
from struct import pack, unpack, unpack_from

FORMAT = 0x01
UNARY = 0x80
VERSION = 3
_MAGIC = b"ticktap"
CHUNK = 256  # bytes looked at at once: the heap may have no room for a copy of everything
BLANKS = b"\xff" * CHUNK
_HEAD = 3
_TAIL = 4
RECORD_OVERHEAD = _HEAD + _TAIL  # bytes of a record beside its body
_KIND_LIMIT = 0x20  # kinds are below this, the run bit aside
_MAX_BODY = 400  # body; both bounds keep the search through foreign bytes short
_SPARE = 64  # left unused at the end, so that the records of a full log fit into a segment with its header
_FORMATS = 2  # one damaged bit must not make the log another program's
_MAX_LEAD = 64  # a log starts within so many bytes, or it is not ours

OK = "ok"
BLANK = "blank"  # erased, or a first record that a power cut left torn
FOREIGN = "foreign"  # another program's bytes
NEWER = "newer"  # a format this firmware does not know


class StoreFull(Exception):
    """There is no room for the record; the log is unchanged."""


class VerifyError(Exception):
    """What was written does not read back."""


def encode_record(offset, kind, body):
    """The bytes of a record at its place in the log."""
    head = pack("<BH", kind, len(body))
    return head + body + pack("<I", crc32(pack("<H", offset) + head + body) & 0xFFFFFFFF)


def format_body(epoch, next_id):
    return _MAGIC + pack("<BIH", VERSION, epoch, next_id)


def fill_erased(image, start, stop):
    """Makes a stretch of a bytearray what erased flash is."""
    for at in range(start, stop, CHUNK):
        size = min(CHUNK, stop - at)
        image[at : at + size] = BLANKS[:size]


def _used_size(read, size):
    """How many of the first `size` bytes there are before the blanks at the end."""
    while size:
        start = max(0, size - CHUNK)
        rest = len(bytes(read(start, size - start)).rstrip(b"\xff"))
        if rest:
            return start + rest
        size = start
    return 0


def scan(read, size, limit=None):
    """What is in the first `size` bytes of a log or a segment: yields (at, kind, body, end) for every record.

    `read(at, size)` gives bytes, or a view of them. A stretch that is no record comes as (at, None, None,
    end). With `limit`, gives up when no record begins within so many bytes.
    """
    used = _used_size(read, size)
    at, bad, first, data = 0, -1, 0, b""
    while at < used:
        if limit is not None and at > limit:
            yield 0, None, None, used
            return
        if first + len(data) < min(_end(data, at - first, at), size):
            first, data = at, read(at, min(CHUNK, size - at))
            if CHUNK < min(_end(data, 0, 0), size - at):
                data = read(at, min(_end(data, 0, 0), size - at))
        record = _parse(data, at - first, at, size)
        if record is None:
            bad = at if bad < 0 else bad
            at += 1
            continue
        limit = None
        if bad >= 0:
            yield bad, None, None, at
            bad = -1
        yield (at,) + record
        at = record[2]
    if bad >= 0:
        yield bad, None, None, used


def _end(data, start, at):
    """Where the record ends that begins at `at`, which is `start` in data, as far as data tells."""
    if start + _HEAD > len(data):
        return at + _HEAD
    length = data[start + 1] | data[start + 2] << 8
    return at + RECORD_OVERHEAD + length if length <= _MAX_BODY else at


def _parse(data, start, at, size):
    """(kind, body, offset behind it) when there is a whole record at `start` of data, which is at `at` of
    `size` bytes; else None.
    """
    if at + RECORD_OVERHEAD > size:
        return None
    kind, length = unpack_from("<BH", data, start)
    if not 0 < kind & 0x7F < _KIND_LIMIT or length > _MAX_BODY or at + RECORD_OVERHEAD + length > size:
        return None
    stop = start + _HEAD + length
    check = crc32(data[start:stop], crc32(pack("<H", at))) & 0xFFFFFFFF
    if data[stop : stop + _TAIL] != pack("<I", check):
        return None
    body = bytes(data[start + _HEAD : stop])
    after = at + RECORD_OVERHEAD + length
    if kind & UNARY:
        if not length or after + body[-1] > size:
            return None
        after += body[-1]
    return kind, body, after


class Log:
    """`nvm`: a bytes-like store whose slices can be read and assigned (nvm, or a bytearray in tests).
    `scratch`: a bytearray as long, lent for `read` and `rewrite`, if there is one.
    """

    def __init__(self, nvm, scratch=None):
        self._nvm = nvm
        self._scratch = scratch
        self.size = len(nvm) - _SPARE
        self.state = BLANK
        self.end = 0  # where the next record goes
        self.damaged = 0  # stretches of bytes that are no record
        self.epoch = 1
        self.next_id = 1

    @property
    def free(self):
        return max(0, self.size - self.end)

    def read(self):
        """Yields (offset, kind, body) of every record after the format; sets state, end and damaged."""
        self.state, self.end, self.damaged = BLANK, 0, 0
        first = True
        for at, kind, body, end in scan(self._view() or self._read, len(self._nvm), _MAX_LEAD):
            self.end = end
            if kind is None:
                if not first or not _is_torn_format(self._read(at, end - at)):
                    self.damaged += 1
                    if first:
                        self.state = FOREIGN
            elif first:
                first = False
                self._read_format(kind, body)
                if self.state != OK:
                    self.end = _used_size(self._read, len(self._nvm))
                    return
            elif kind != FORMAT:
                yield at, kind, body

    def records(self):
        """The same of a log that is OK, setting nothing; a stretch that is none is (offset, None, None)."""
        for at, kind, body, _ in scan(self._read, self.end):
            if kind != FORMAT:
                yield at, kind, body

    def append(self, kind, body, reserve=0):
        """Writes one record and returns its offset. Raises Full when `reserve` bytes would not stay free."""
        if self.state == BLANK:
            for _ in range(_FORMATS):
                self._write(FORMAT, format_body(self.epoch, self.next_id))
            self.state = OK
        if self.free < self.cost(kind, body) + reserve:
            raise StoreFull()
        return self._write(kind, body)

    def cost(self, kind, body):
        """Bytes that a record takes, its run included."""
        return _HEAD + len(body) + _TAIL + (body[-1] if kind & UNARY else 0)

    def needed(self, records):
        """Bytes of a log that holds just these records; 0 for none at all."""
        total = sum([self.cost(*record) for record in records])
        return total and total + _FORMATS * self.cost(FORMAT, format_body(0, 0))

    def unary_bytes(self, offset):
        """The bytes of the run at `offset`, spent ones first."""
        start, length = self._unary_range(offset)
        return bytes(self._nvm[start : start + length])

    def unary_count(self, offset):
        """How many bytes of the run at `offset` are used up."""
        return len(self.unary_bytes(offset).rstrip(b"\xff"))

    def unary_left(self, offset):
        """How many are left."""
        return self._unary_range(offset)[1] - self.unary_count(offset)

    def increment(self, offset, value=0):
        """Uses up one byte of a run; durable when it returns. Raises Full when none is left."""
        if not self.unary_left(offset):
            raise StoreFull()
        self._program(self._unary_range(offset)[0] + self.unary_count(offset), bytes((value,)))

    def body(self, offset, size):
        """The body, of `size` bytes, of the record at `offset` (that `read` or `append` gave)."""
        return bytes(self._nvm[offset + _HEAD : offset + _HEAD + size])

    def rewrite(self, records):
        """Erases the log and writes `records`, pairs of (kind, body), in one operation.

        The only write that a power cut can turn into the loss of everything: see docs/decisions.
        """
        image = self._scratch or bytearray(len(self._nvm))
        fill_erased(image, 0, len(image))
        at = 0
        epoch = self.epoch + 1
        for kind, body in [(FORMAT, format_body(epoch, self.next_id))] * _FORMATS + list(records):
            if at + self.cost(kind, body) > self.size:
                raise StoreFull()
            record = encode_record(at, kind, body)
            image[at : at + len(record)] = record
            at += self.cost(kind, body)
        self._nvm[0 : len(image)] = image
        for start in range(0, len(image), CHUNK):
            if bytes(self._nvm[start : start + CHUNK]) != image[start : start + CHUNK]:
                raise VerifyError()
        self.epoch = epoch

    # -- inside

    def _read(self, at, size):
        return bytes(self._nvm[at : at + size])

    def _view(self):
        """The same from a copy in the page, if there is one: at the start what is kept should not lie between
        pieces that were needed for a moment only.
        """
        if not self._scratch:
            return None
        for at in range(0, len(self._scratch), CHUNK):
            self._scratch[at : at + CHUNK] = self._nvm[at : at + CHUNK]
        view = memoryview(self._scratch)
        return lambda at, size: view[at : at + size]

    def _read_format(self, kind, body):
        if kind != FORMAT or body[: len(_MAGIC)] != _MAGIC:
            self.state = FOREIGN
        elif body[len(_MAGIC)] > VERSION:
            self.state = NEWER
        elif body[len(_MAGIC)] < VERSION:
            self.state = FOREIGN  # never released
        else:
            self.state = OK
            self.epoch, self.next_id = unpack("<IH", body[len(_MAGIC) + 1 :])

    def _unary_range(self, offset):
        size = unpack("<BH", bytes(self._nvm[offset : offset + _HEAD]))[1]
        return offset + _HEAD + size + _TAIL, self._nvm[offset + _HEAD + size - 1]

    def _write(self, kind, body):
        cost = self.cost(kind, body)
        if self.free < cost:
            raise StoreFull()
        offset = self.end
        self._program(offset, encode_record(offset, kind, body))
        self.end = offset + cost
        return offset

    def _program(self, offset, data):
        stop = offset + len(data)
        if bytes(self._nvm[offset:stop]) != b"\xff" * len(data):
            raise VerifyError()  # writing here would make CircuitPython erase the sector
        # From here to the read-back the place counts as used, whatever happens.
        self.end = max(self.end, stop)
        self._nvm[offset:stop] = data
        if bytes(self._nvm[offset:stop]) != data:
            raise VerifyError()


def _is_torn_format(data):
    """Whether the bytes are what a cut left of the first record: some of its bits programmed, no others."""
    whole = encode_record(0, FORMAT, format_body(1, 1))
    if len(data) > len(whole):
        return False
    for a, b in zip(data, whole):
        if a & b != b:
            return False
    return True
