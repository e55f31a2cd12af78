"""Makes the board and the files for its manufacturer, and checks them. Runs in KiCad's Python.

python -m ticktap_hardware.make_board FOLDER
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import assembly, board_svg, bodies, compare, copper, erc, fab, pcb, readback
from .layout import Layout
from .own_boards import OWN_BOARDS, OwnBoard


def main(folder: Path) -> list[str]:
    """Returns the problems, a sentence each."""
    if not (version := pcb.version()).startswith("6.0."):
        return [f"KiCad 6.0 is what this is written for (Debian 12 has it); here is {version}"]
    return [f"{own.name}: {line}" for own in OWN_BOARDS for line in _make(own, folder)]


def _make(own: OwnBoard, folder: Path) -> list[str]:
    print(f"{own.circuit.title}:")
    library = folder / "ticktap.pretty"
    made = folder / own.file("kicad_pcb")
    board = pcb.make(own.circuit, own.layout, library, made, own.revision, own.date)
    made.with_suffix(".kicad_prl").unlink(missing_ok=True)  # local settings of the editor
    return [
        *_same(own, board, folder),
        *_rules(board, folder / f"order/{own.name}-design-rules.txt"),
        *_rules_can_fail(own, library),
        *_order(own, board, folder / "order"),
        *_pictures(own, board, folder),
    ]


def _same(own: OwnBoard, board: Any, folder: Path) -> list[str]:
    """Checks that source, schematic and the board's pads agree; the board is read by KiCad, and as text."""
    schematic = readback.circuit_of((folder / own.file("kicad_sch")).read_text())
    text = (folder / own.file("kicad_pcb")).read_text()
    found = [f"schematic: {line}" for line in compare.differences(own.circuit, schematic, kinds=True)]
    found += [f"schematic: {line}" for line in erc.problems(schematic)]
    found += [f"board: {line}" for line in compare.differences(own.circuit, pcb.circuit_of(board))]
    found += [f"board as text: {line}" for line in compare.differences(own.circuit, readback.board_of(text))]
    print(f"source, schematic and board: {len(found)} differences")
    breaches = copper.problems(text, own.layout, pcb.ORIGIN)
    print(f"copper and print: {len(breaches)} breaches")
    blocked = bodies.in_the_way(own.circuit, own.layout)
    print(f"the cell's way out: {len(blocked)} parts in it")
    return found + breaches + blocked


def _rules(board: Any, report: Path) -> list[str]:
    found, text = pcb.design_rules(board, report)
    print("design rules:", ", ".join(f"{n} {kind}" for kind, n in found.items()))
    lines = [f"{n} {kind}: see below\n{text}" for kind, n in found.items() if n]
    if (rules := pcb.rules_in_force(board)) != pcb.RULES:
        lines.append(f"the board is checked by other rules than ours: {rules}")
    for net, length in pcb.tracks_by_net(board).items():
        if net != "GND" and length <= 0:
            lines.append(f"{net} has no track")
    return lines


def _rules_can_fail(own: OwnBoard, library: Path) -> list[str]:
    """Tests the check: it must find a missing track, an extra one, and a via below bare copper."""
    lines = []
    layout = own.layout
    for what, broken, kind in (
        ("a missing track", replace(layout, tracks=layout.tracks[:-1]), "unconnected pads"),
        ("a short", replace(layout, tracks=(*layout.tracks, own.short)), "DRC violations"),
        ("a via below bare copper", replace(layout, vias=(*layout.vias, own.stray)), "DRC violations"),
    ):
        found = _checked(own, broken, library)
        if not found[kind]:
            lines.append(f"the design-rule check does not find {what}")
    return lines


def _checked(own: OwnBoard, layout: Layout, library: Path) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / "broken.kicad_pcb"
        board = pcb.make(own.circuit, layout, library, to, own.revision, own.date)
        return pcb.design_rules(board, Path(folder) / "report.txt")[0]


def _order(own: OwnBoard, board: Any, folder: Path) -> list[str]:
    """Gerbers, drill files and places, all from the lower left corner."""
    lines = []
    width, height = own.layout.width, own.layout.height
    with tempfile.TemporaryDirectory() as scratch:
        files = fab.gerbers(board, Path(scratch))
        if len(files) != len(fab.LAYERS) + 2:
            lines.append(f"{len(files)} files to order by, not {len(fab.LAYERS) + 2}")
        drilled = {}
        for kind, plated in (("PTH", True), ("NPTH", False)):
            drill = (Path(scratch) / f"{own.name}-{kind}.drl").read_text()
            drilled[kind] = fab.holes_drilled(drill)
            if drilled[kind] != (wanted := fab.holes_wanted(board, plated)):
                lines.append(f"{drilled[kind]} holes are drilled {kind}, the board has {wanted}")
            left, bottom, right, top = fab.drilled_within(drill)
            if min(left, bottom) < 0 or right > width or top > height:
                lines.append(f"{kind} holes lie outside of the outline")
        outline = fab.extent((Path(scratch) / f"{own.name}-Edge_Cuts.gbr").read_text())
        if outline != (0.0, 0.0, width, height):
            lines.append(f"the outline is {outline}")
        with zipfile.ZipFile(folder / f"{own.name}-gerbers.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path in files:
                archive.write(path, path.name)
    placed = fab.places(board, own.circuit, own.layout, folder / f"{own.name}-places.csv")
    if placed != sorted(listed := assembly.references(own.circuit)):
        lines.append(f"{placed} are placed, {listed} are on the assembly list")
    holes = " and ".join(f"{n} {kind} holes" for kind, n in drilled.items())
    print(f"to order: {len(files)} files, {holes}, {len(placed)} parts to place")
    return lines


def _pictures(own: OwnBoard, board: Any, folder: Path) -> list[str]:
    with tempfile.TemporaryDirectory() as scratch:
        plots = {name: path.read_text() for name, path in fab.plots(board, Path(scratch)).items()}
    size = own.layout.width, own.layout.height, own.layout.corner
    for side, name in (("F", "front"), ("B", "back")):
        svg = board_svg.picture(plots, fab.holes(board), pcb.ORIGIN, size, side)
        (folder / f"{own.picture(name)}.svg").write_text(svg)
    return []


if __name__ == "__main__":
    sys.exit("\n".join(main(Path(sys.argv[1]))) or 0)
