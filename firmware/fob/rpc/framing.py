"""Bytes in, lines out, with a bound on their length."""

MAX_LINE = 1536

TOO_LONG = False  # stands in for a line that was dropped


class LineReader:
    def __init__(self, limit=MAX_LINE):
        self._max_line = limit
        self._part = b""
        self._skipping = False

    def feed(self, data):
        """The lines completed by `data`, each without its end; TOO_LONG in place of one that was dropped."""
        out = []
        lines = data.split(b"\n")
        for piece in lines[:-1]:
            self._keep(piece, out)
            if not self._skipping:
                out.append(self._part)
            self._part, self._skipping = b"", False
        self._keep(lines[-1], out)
        return out

    def clear(self):
        """Forgets a line that will not be completed."""
        self._part, self._skipping = b"", False

    def _keep(self, piece, out):
        if self._skipping:
            return
        if len(self._part) + len(piece) > self._max_line:
            out.append(TOO_LONG)
            self._part, self._skipping = b"", True
        else:
            self._part += piece
