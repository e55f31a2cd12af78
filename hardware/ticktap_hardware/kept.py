"""The generated files that the repository contains, for viewing without a build.

python -m ticktap_hardware.kept FOLDER          SVG to PNG; compares the stored files with those made
python -m ticktap_hardware.kept FOLDER keep     stores those that were made
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from .own_boards import OWN_BOARDS
from .texts import HERE, texts

BOARD = tuple(board.file(ending) for board in OWN_BOARDS for ending in ("kicad_pcb", "kicad_pro"))
_PLOTTED = tuple(board.picture(side) for board in OWN_BOARDS for side in ("front", "back"))
_DRAWN = (
    *("carrier", "case", "token", "keyring", "keyring-parts"),
    *("xiao-case", "xiao-case-parts"),
    *("xiao-carrier", "xiao-carrier-case", "xiao-carrier-case-parts"),
)
PICTURES = (*(f"{path}.png" for path in _PLOTTED), *(f"pictures/{name}.png" for name in _DRAWN))
_WIDE = 900


def draw(folder: Path) -> None:
    """The pictures that KiCad's plots make."""
    import resvg_py

    for path in _PLOTTED:
        svg = (folder / f"{path}.svg").read_text()
        (folder / f"{path}.png").write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=_WIDE)))


def stale(folder: Path) -> list[str]:
    """Returns paths under hardware/ that differ from the generated files. Pictures need only exist: their
    pixels depend on the version of the renderer."""
    found = [path for path in PICTURES if not (HERE / path).is_file() or not (folder / path).is_file()]
    return found + [path for path in (*texts(), *BOARD) if not _same(HERE / path, folder / path)]


def _same(kept: Path, made: Path) -> bool:
    return kept.is_file() and kept.read_bytes() == made.read_bytes()


def keep(folder: Path) -> None:
    for path in (*texts(), *BOARD, *PICTURES):
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / path, HERE / path)


def main(folder: Path, keeping: bool) -> int:
    draw(folder)
    if keeping:
        keep(folder)
    old = stale(folder)
    for path in old:
        print(
            f"hardware/{path} is not what the source makes; `make hardware-keep` keeps the new one",
            file=sys.stderr,
        )
    print(
        f"kept in the repository: {len(texts()) + len(BOARD) + len(PICTURES)} files, {len(old)} of them stale"
    )
    return bool(old)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:] == ["keep"]))
