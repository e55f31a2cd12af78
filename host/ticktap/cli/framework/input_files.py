"""Reads accounts from files, the screen and the clipboard."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ticktap.cli.framework import prompts
from ticktap.errors import BadInput, TicktapError
from ticktap.formats.result import ImportResult

Data = dict[str, Any]


def read_sources(
    files: Sequence[str], screen: bool = False, clipboard: bool = False
) -> tuple[ImportResult, list[Data]]:
    """Reads all sources, with transfer codes merged; returns the accounts and a description of each source.

    Raises:
        TicktapError: a source cannot be read.
    """
    from ticktap.formats import google_migration, qr_images

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
    qr_images.merge_parts(everything)
    google_migration.merge_parts(everything)
    return everything, sources


def _file(path: str) -> tuple[str, ImportResult]:
    from ticktap.files import private_files
    from ticktap.formats import registry
    from ticktap.formats.result import InputFile

    if path == "-":
        data, name = sys.stdin.buffer.read(), "standard input"
    else:
        data, name = private_files.read(Path(path)), path
    file = InputFile(data)
    kind = registry.recognise(file)
    if not kind.needs_password(file):
        return kind.key, kind.read(file, "")
    if path == "-":
        raise BadInput("the data on standard input needs a password", "Give it as a file.")
    return kind.key, prompts.retry(
        f"Password of {name} ({kind.title})", lambda password: kind.read(file, password)
    )[1]


def _screen() -> tuple[str, ImportResult]:
    from ticktap.enrolment import screen_capture
    from ticktap.formats import qr_code, qr_images

    return "picture", qr_images.of_codes(qr_code.of_picture(screen_capture.screen()))


def _clipboard() -> tuple[str, ImportResult]:
    from ticktap.enrolment import screen_capture
    from ticktap.formats import qr_code, qr_images, registry

    found = screen_capture.clipboard()
    if not isinstance(found, bytes):
        return "picture", qr_images.of_codes(qr_code.of_picture(found))
    kind, accounts = registry.read(found)
    return kind.key, accounts
