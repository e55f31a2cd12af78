"""Lists of key URIs in a text: one a line, as most apps can export them, or separated by commas, as Ente Auth
does.

Transfer codes of Google Authenticator among them are taken too.
"""

from __future__ import annotations

import re

from ticktap.errors import BadInput
from ticktap.formats import otpauth, transfer
from ticktap.formats.reading import Found, Sample

_SCHEMES = ("otpauth:", "otpauth-migration:", "motp:", "steam:")
# A comma ends a URI only where another one begins: commas may stand raw in a label.
_BETWEEN = re.compile(r",(?=\s*(?:otpauth|otpauth-migration|motp|steam)://)", re.IGNORECASE)


def is_one(text: str) -> bool:
    """Whether a text is a URI of a one-time password, of whatever kind."""
    return text.lstrip().lower().startswith(_SCHEMES)


def recognise(sample: Sample) -> bool:
    """A text whose first line that is neither empty nor a comment is such a URI."""
    return any(is_one(line) for line in _lines(sample.text or "")[:1])


def read(sample: Sample, password: str = "") -> Found:
    """All of them; lines that are no URI are refused by their number."""
    found = Found()
    for at, line in enumerate((sample.text or "").splitlines(), start=1):
        if _is_silent(line):
            continue
        for text in _BETWEEN.split(line):
            take(found, text.strip(), f"line {at}")
    return found


def take(found: Found, text: str, where: str) -> None:
    """Takes one URI into `found`."""
    if transfer.is_one(text):
        try:
            found.parts.append(transfer.parse(text))
        except BadInput as error:
            found.refuse(where, error.message)
        return
    found.take(_called(text) or where, lambda: otpauth.fields(text))


def _called(text: str) -> str:
    """The label of a URI, which is no secret: what stands between type and parameters."""
    found = re.match(r"[a-z-]+://[^/?]*/([^?]{1,200})\?", text, re.IGNORECASE)
    if not found or "=" in found[1]:
        return ""
    from urllib.parse import unquote

    return unquote(found[1])


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if not _is_silent(line)]


def _is_silent(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith(("#", "//"))
