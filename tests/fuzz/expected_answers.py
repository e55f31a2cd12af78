"""What the token was asked, and what it may and must therefore answer: docs/protocol.md as a model.

`allowed` holds every id that may still be answered; `owed` those that must be. After a closing nothing is
owed until the next barrier, and a line may be taken whole or from the closing on.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from fuzz.actions import LINES
from fuzz.grammar import NEEDS_PRESS
from ticktap.simulator import json_reader

LINE_LIMIT, REPLY_LIMIT = 1536, 4096
CHANGES_ONE = ("account.rename", "account.set", "account.remove")
CODES = {-32700, -32600, -32601, -32602, -32001, *range(1, 21)}  # not -32603: that is a fault
TYPE_OF_ID = {int: lambda id: -(1 << 63) <= id < 1 << 63, str: lambda id: _is_short_text(id)}


class Finding(Exception):
    """The token did what it must not. `kind` is the same for the same defect; the text tells more."""

    def __init__(self, kind: str, told: str = "") -> None:
        super().__init__(f"{kind}: {told}" if told else kind)
        self.kind = kind


class ExpectedAnswers:
    """`lenient`: the token's JSON is CircuitPython's, which takes and refuses other lines than Python's at
    the edges; then answers are counted, and not told apart by their ids.
    """

    def __init__(self, lenient: bool = False) -> None:
        self._lenient = lenient
        self.allowed: Counter[Any] = Counter()
        self.owed: Counter[Any] = Counter()
        self.waiting: set[Any] = set()  # ids of requests that may take their time
        self.touched: set[int] = set()  # accounts that a line asked to change
        self.reset_asked = False
        self.settled = True  # False from a closing to the next barrier
        self.garbled = 0  # lines that may be broken because a host did not read
        self.lines = 0
        self.codes = 0  # shown, or said to be typed
        self._part = b""
        self._starts = {0}  # where in it the line may begin: the port was closed there
        self._dropped: set[int] = set()  # those of them that made a line too long

    # --- what the host does

    def sent(self, data: bytes) -> None:
        for piece in LINES.findall(data):
            self._part += piece
            ended = piece.endswith(b"\n")
            for start in self._starts - self._dropped:
                line = self._part[start:-1] if ended else self._part[start:]
                if ended or len(line) > LINE_LIMIT:  # that is told before the line ends
                    self._take(line)
                    self._dropped.add(start)
            if ended:
                self.lines += len(self._part) > 1
                self._part, self._starts, self._dropped = b"", {0}, set()

    def closed(self) -> None:
        self.settled = False
        self.allowed[None] += 2  # the token may have dropped the beginning of what was on its way
        self._starts.add(len(self._part))

    def barrier(self) -> None:
        """Everything sent so far was carried out: what is not answered waits for a press, or is lost."""
        if not self.settled or self._lenient:
            self.owed.clear()
            self.settled = True
            return
        late = [id for id in self.owed.elements() if id not in self.waiting]
        if late or self.owed.total() > 1:
            raise Finding("not answered", f"{list(self.owed.elements())[:3]}")

    def _take(self, line: bytes) -> None:
        id, request = asked(line)
        if request is not None:
            self._note(request)
        if self._lenient:
            id = None
        if id is not NOTHING:
            self.allowed[id] += 1
            self.owed[id] += 1
            if request and waits(request):
                self.waiting.add(id)

    def _note(self, request: dict[str, Any]) -> None:
        request = inside(request)
        params, method = request.get("params"), request.get("method")
        if method == "store.reset":
            self.reset_asked = True
        if method in CHANGES_ONE and isinstance(params, dict) and type(params.get("id")) is int:
            self.touched.add(params["id"])

    # --- what the token says

    def answered(self, line: bytes) -> dict[str, Any] | None:
        """Checks one reply against everything sent; None for a line that a deaf host lost part of."""
        reply = self._parsed(line)
        if reply is None:
            return None
        id = None if self._lenient else key(reply["id"])
        if self.allowed[id] < 1:
            raise Finding("an answer nobody asked for", repr(line[:120]))
        self.allowed[id] -= 1
        if self.owed[id]:
            self.owed[id] -= 1
        if "error" in reply and reply["error"]["code"] not in CODES:
            raise Finding("internal error", repr(line[:200]))
        result = reply.get("result")
        if isinstance(result, dict) and ("code" in result or "typed" in result):
            self.codes += 1
        return reply

    def _parsed(self, line: bytes) -> dict[str, Any] | None:
        if len(line) > REPLY_LIMIT:
            raise Finding("reply too long", f"{len(line)} bytes: {line[:80]!r}")
        try:
            reply = json.loads(line.decode("utf-8"))
            shape = set(reply)
        except (ValueError, TypeError):
            shape = set()
        if (
            shape not in ({"jsonrpc", "id", "result"}, {"jsonrpc", "id", "error"})
            or reply["jsonrpc"] != "2.0"
        ):
            if self.garbled:
                self.garbled -= 1
                return None
            raise Finding("not a reply", repr(line[:200]))
        return reply  # type: ignore[no-any-return]


def waits(request: dict[str, Any]) -> bool:
    """Whether it may wait for a press."""
    request = inside(request)
    params = request.get("params")
    return request.get("method") in NEEDS_PRESS or (isinstance(params, dict) and bool(params.get("prove")))


def inside(request: dict[str, Any]) -> dict[str, Any]:
    """The request itself, or that of a call of a session."""
    params = request.get("params")
    if request.get("method") != "session.call" or not isinstance(params, dict):
        return request
    try:
        found = json_reader.loads(str(params.get("call")))
    except (ValueError, RecursionError):
        return request
    return found if isinstance(found, dict) else request


NOTHING = object()  # in the place of an id: nothing is to be answered


def asked(line: bytes) -> tuple[Any, dict[str, Any] | None]:
    """(id to be answered or NOTHING, request or None when it is none)."""
    if line in (b"", b"\r"):
        return NOTHING, None
    if len(line) > LINE_LIMIT:
        return None, None
    try:
        request = json_reader.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(request, dict):
        return None, None
    id = request.get("id")
    if id is not None:
        good = type(id) in TYPE_OF_ID and TYPE_OF_ID[type(id)](id)
        return (key(id) if good else None), (request if good else None)
    return (NOTHING if _is_request(request) else None), request


def _is_request(request: dict[str, Any]) -> bool:
    version, method, params = request.get("jsonrpc"), request.get("method"), request.get("params", {})
    return version == "2.0" and isinstance(method, str) and isinstance(params, dict)


def _is_short_text(id: str) -> bool:
    try:
        raw = id.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return len(raw) <= 64 and not any(byte < 0x20 or byte == 0x7F for byte in raw)


def key(id: Any) -> Any:
    """An id as it is counted: 1 and "1" are different ids."""
    return None if id is None else (type(id).__name__, id)
