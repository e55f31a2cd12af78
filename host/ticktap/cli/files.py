"""What is in the files, on the screen and in the clipboard that a person names: accounts and refusals."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ticktap.cli import ask
from ticktap.errors import BadInput, TicktapError
from ticktap.formats.reading import Found

Data = dict[str, Any]


def gathered(files: Sequence[str], screen: bool = False, clipboard: bool = False) -> tuple[Found, list[Data]]:
    """All accounts of all sources, transfer codes put together; and what each source was.

    Raises:
        TicktapError: a source cannot be read; nothing else was done.
    """
    from ticktap.formats import pictures, transfer

    if files.count("-") > 1:
        raise BadInput("standard input was named twice", "Name it once.")
    everything, sources = Found(), []
    readers = [(each, each) for each in files]
    readers += [("screen", "")] * screen + [("clipboard", "")] * clipboard
    for name, path in readers:
        try:
            kind, found = _file(path) if path else _screen() if name == "screen" else _clipboard()
        except TicktapError as error:
            if name not in error.message:
                error.message = f"{name}: {error.message}"
            raise
        taken = {"accounts": len(found.accounts), "transfer_codes": len(found.parts)}
        sources.append({"file": name, "format": kind, **taken, "refused": len(found.refused)})
        everything.join(found)
    pictures.settle(everything)
    transfer.settle(everything)
    return everything, sources


def _file(path: str) -> tuple[str, Found]:
    from ticktap import private
    from ticktap.formats import detect
    from ticktap.formats.reading import Sample

    if path == "-":
        data, name = sys.stdin.buffer.read(), "standard input"
    else:
        data, name = private.read(Path(path)), path
    sample = Sample(data)
    kind = detect.recognise(sample)
    if not kind.asks(sample):
        return kind.key, kind.read(sample, "")
    if path == "-":
        raise BadInput("what came on standard input asks for a password", "Give it as a file.")
    return kind.key, ask.until_right(
        f"Password of {name} ({kind.title})", lambda password: kind.read(sample, password)
    )[1]


def _screen() -> tuple[str, Found]:
    from ticktap import capture
    from ticktap.formats import pictures, qr

    return "picture", pictures.of_codes(qr.of_picture(capture.screen()))


def _clipboard() -> tuple[str, Found]:
    from ticktap import capture
    from ticktap.formats import detect, pictures, qr

    found = capture.clipboard()
    if not isinstance(found, bytes):
        return "picture", pictures.of_codes(qr.of_picture(found))
    kind, accounts = detect.read(found)
    return kind.key, accounts
