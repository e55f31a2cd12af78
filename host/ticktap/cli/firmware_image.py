"""ticktap firmware image: CircuitPython and the firmware in one UF2 file for a board's bootloader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.options import FileName

Data = dict[str, Any]


def _made(data: Data) -> str:
    size = data["bytes"] / 1e6
    lines = [
        f"Wrote {data['file']} ({size:.1f} MB) for {data['board']} with {data['flash_mib']} MB of flash: "
        f"CircuitPython {data['circuitpython']}, firmware {data['firmware']} and a blank store file.",
        f"SHA-256: {data['sha256']}",
        *data["warnings"],
        "Hold BOOTSEL (or BOOT) while plugging the board in, and copy the file onto the drive RPI-RP2.",
        "The board restarts as a new token. Accounts on the board are erased.",
    ]
    return "\n".join(lines)


@click.command("image", cls=Command, text=_made)
@click.option(
    "--circuitpython",
    "source",
    type=FileName(),
    metavar="FILE.uf2",
    required=True,
    help="CircuitPython for the board, from circuitpython.org.",
)
@click.option(
    "--board", default="", metavar="ID", help="The board ID. Default: that of the board in FILE.uf2."
)
@click.option(
    "--flash",
    type=click.Choice(["2", "4", "8", "16"]),
    metavar="MB",
    help="The size of the board's flash: 2, 4, 8 or 16. Default: that of the board, if it is known.",
)
@click.option("-o", "--output", "to", type=FileName(), metavar="FILE", help="Default: ticktap-BOARD.uf2.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def image(source: Path, board: str, flash: str | None, to: Path | None, force: bool) -> Data:
    """Put CircuitPython and the firmware into one file that turns a board into a new token.

    The file contains CircuitPython, the drive with the firmware, the board's settings and a blank store file,
    and an erased NVM. Copying it onto the bootloader's drive turns the board into a new token and
    erases accounts on the board.

    To keep the accounts of a token, use 'ticktap firmware update'; for a newer CircuitPython, copy its own
    UF2 file onto the bootloader's drive, which changes neither NVM nor drive.
    """
    import hashlib

    from ticktap.drive.board_image import flash_size, make_image, read_circuitpython
    from ticktap.drive.compare import included_firmware
    from ticktap.errors import BadInput
    from ticktap.files import private_files

    found = read_circuitpython(private_files.read(source), source.name)
    if board and board != found.board:
        raise BadInput(
            f"{source.name} is CircuitPython for {found.board}, not for {board}",
            f"Get the file from https://circuitpython.org/board/{board}/.",
        )
    size = flash_size(found.board, int(flash) if flash else None)
    firmware = included_firmware(found.board)
    made = make_image(found, firmware, size)
    target = to or Path(f"ticktap-{found.board}.uf2")
    private_files.write(target, made.data, replace=force)
    warnings = [] if found.known else [f"ticktap was not tested with {source.name}."]
    return {
        "file": str(target),
        "bytes": len(made.data),
        "sha256": hashlib.sha256(made.data).hexdigest(),
        "board": found.board,
        "flash_mib": size,
        "circuitpython": found.version,
        "circuitpython_sha256": found.sha256,
        "firmware": firmware.version,
        "parts": {name: {"offset": at, "size": length} for name, (at, length) in made.parts.items()},
        "warnings": warnings,
    }
