"""Limits on what a client may send: the size of a body, and the time that it takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 * 1024
MOST_UPLOAD_BYTES = 2 * 1024 * 1024
BODY_SECONDS = 15.0
_LONGEST_PATH = 512  # bytes, with the query


class Bounds:
    """Reads each body before the application runs, up to a size and within a time.

    Args:
        uploads: paths that take a larger body.
    """

    def __init__(self, app: ASGIApp, uploads: frozenset[str], seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._uploads = uploads
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if len(scope["raw_path"]) + len(scope["query_string"]) > _LONGEST_PATH:
            await PlainTextResponse("The address is too long.\n", 414)(scope, receive, send)
            return
        most = MOST_UPLOAD_BYTES if scope["path"] in self._uploads else MOST_BYTES
        try:
            async with asyncio.timeout(self._seconds):
                body = await _body(receive, most)
        except TimeoutError:
            await _refuse("The request took too long.\n", 408)(scope, receive, send)
            return
        if body is None:
            await _refuse("The request is too large.\n", 413)(scope, receive, send)
            return
        message: Message | None = {"type": "http.request", "body": body, "more_body": False}

        async def replay() -> Message:
            nonlocal message
            if message is not None:
                found, message = message, None
                return found
            return await receive()

        await self._app(scope, replay, send)


async def _body(receive: Receive, most: int) -> bytes | None:
    """Returns the body; None if it is larger than `most` bytes."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _refuse(text: str, status: int) -> PlainTextResponse:
    """The connection ends: the rest of the body is not read."""
    return PlainTextResponse(text, status, headers={"connection": "close"})
