"""Splits received bytes into lines and limits their length."""

MAX_LINE = 1536

TOO_LONG = False  # stands for a line that was discarded


class LineReader:
    def __init__(self, limit=MAX_LINE):
        self._max_line = limit
        self._part = b""
        self._skipping = False

    def feed(self, data):
        """The lines that `data` completes, without their ends; TOO_LONG for a line that was discarded."""
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
        """Discards an incomplete line."""
        self._part, self._skipping = b"", False

    def _keep(self, piece, out):
        if self._skipping:
            return
        if len(self._part) + len(piece) > self._max_line:
            out.append(TOO_LONG)
            self._part, self._skipping = b"", True
        else:
            self._part = self._part + piece if self._part else piece
