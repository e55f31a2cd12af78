"""Reads accounts from files, the screen and the clipboard."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ticktap.cli.framework import prompts
from ticktap.errors import BadInput, TicktapError
from ticktap.formats.result import ImportResult

if TYPE_CHECKING:
    from PIL.Image import Image

Data = dict[str, Any]


def read_sources(
    files: Sequence[str], screen: bool = False, clipboard: bool = False
) -> tuple[ImportResult, list[Data]]:
    """Reads all sources, with transfer codes merged; returns the accounts and a description of each source.

    Raises:
        TicktapError: a source cannot be read.
    """
    from ticktap.formats import registry

    if files.count("-") > 1:
        raise BadInput("standard input was given twice", "Give it once.")
    everything, sources = ImportResult(), []
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
    registry.merge_parts(everything)
    return everything, sources


def _file(path: str) -> tuple[str, ImportResult]:
    from ticktap.files import private_files
    from ticktap.formats import registry
    from ticktap.formats.result import InputFile

    if path == "-":
        data, name = sys.stdin.buffer.read(), "standard input"
    else:
        data, name = private_files.read(Path(path)), path
    found = registry.recognise(InputFile(data))
    if not found.needs_password:
        return found.format.key, found.read()
    if path == "-":
        raise BadInput("the data on standard input needs a password", "Give it as a file.")
    return found.format.key, prompts.retry(f"Password of {name} ({found.format.title})", found.read)[1]


def _screen() -> tuple[str, ImportResult]:
    from ticktap.enrolment import screen_capture

    return _picture(screen_capture.screen())


def _clipboard() -> tuple[str, ImportResult]:
    from ticktap.enrolment import screen_capture
    from ticktap.formats import registry

    found = screen_capture.clipboard()
    if not isinstance(found, bytes):
        return _picture(found)
    kind, accounts = registry.read(found)
    return kind.key, accounts


def _picture(picture: Image) -> tuple[str, ImportResult]:
    """Reads the QR codes of an open picture."""
    from ticktap.formats import qr_decoder, qr_images

    return qr_images.FORMAT.key, qr_images.of_codes(qr_decoder.of_picture(picture))
