"""Files for board manufacturers: Gerbers, drill file, part positions. Runs in KiCad's Python."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pcbnew

from . import pcb
from .circuit import Circuit
from .layout import Layout

LAYERS = (
    ("F_Cu", "front copper"),
    ("B_Cu", "back copper"),
    ("F_Mask", "front solder mask"),
    ("B_Mask", "back solder mask"),
    ("F_Paste", "front paste"),
    ("B_Paste", "back paste"),
    ("F_Silkscreen", "front print"),
    ("B_Silkscreen", "back print"),
    ("Edge_Cuts", "outline"),
)
_IDS = {"F_Silkscreen": "F_SilkS", "B_Silkscreen": "B_SilkS"}


def gerbers(board: Any, folder: Path) -> list[Path]:
    """Plots each layer and writes the drill files, of plated holes and of others. Returns the files."""
    plotter = _plotter(board, folder)
    plotter.GetPlotOptions().SetUseAuxOrigin(True)  # the lower left corner, as in the drill file
    for name, what in LAYERS:
        plotter.SetLayer(getattr(pcbnew, _IDS.get(name, name)))
        if not (plotter.OpenPlotfile(name, pcbnew.PLOT_FORMAT_GERBER, what) and plotter.PlotLayer()):
            raise RuntimeError(f"KiCad could not plot {name}")
    plotter.ClosePlot()
    drill = pcbnew.EXCELLON_WRITER(board)
    drill.SetOptions(False, False, board.GetDesignSettings().GetAuxOrigin(), False)
    drill.SetFormat(True)
    drill.CreateDrillandMapFilesSet(str(folder), True, False)
    return sorted(folder.iterdir())


def holes_drilled(text: str) -> int:
    """Hits in an Excellon file."""
    return len(re.findall(r"^X[-\d.]+Y[-\d.]+", text, re.MULTILINE))


def extent(text: str) -> tuple[float, float, float, float]:
    """Left, bottom, right, top in mm of what a Gerber draws (of the ends of its lines)."""
    found = [(int(x) / 1e6, int(y) / 1e6) for x, y in re.findall(r"^X(-?\d+)Y(-?\d+)", text, re.MULTILINE)]
    xs, ys = zip(*found, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def drilled_within(text: str) -> tuple[float, float, float, float]:
    """The same of the holes in an Excellon file."""
    found = [(float(x), float(y)) for x, y in re.findall(r"^X(-?[\d.]+)Y(-?[\d.]+)", text, re.MULTILINE)]
    xs, ys = zip(*found, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def holes_wanted(board: Any, plated: bool) -> int:
    """Holes of pads that are plated, and vias; or holes that are not plated."""
    drilled = [pad for pad in board.GetPads() if pad.GetDrillSize().x]
    found = sum(1 for pad in drilled if (pad.GetAttribute() == pcbnew.PAD_ATTRIB_PTH) == plated)
    vias = sum(1 for track in board.GetTracks() if track.Type() == pcbnew.PCB_VIA_T)
    return found + vias if plated else found


def places(board: Any, circuit: Circuit, layout: Layout, to: Path) -> list[str]:
    """The pick-and-place file: parts a machine sets, mm from the lower left corner.

    Returns their references.
    """
    rows = []
    for footprint in board.GetFootprints():
        attributes = footprint.GetAttributes()
        if (
            not attributes & pcbnew.FP_SMD
            or attributes & pcbnew.FP_EXCLUDE_FROM_POS_FILES
            or circuit.part(footprint.GetReference()).order is None
        ):
            continue
        at = footprint.GetPosition()
        x = at.x / 1e6 - pcb.ORIGIN[0]
        y = pcb.ORIGIN[1] + layout.height - at.y / 1e6
        package = str(footprint.GetFPID().GetLibItemName())
        turn = footprint.GetOrientationDegrees() % 360
        rows.append(
            (
                footprint.GetReference(),
                footprint.GetValue(),
                package,
                f"{x:.3f}",
                f"{y:.3f}",
                f"{turn:g}",
                "bottom" if footprint.IsFlipped() else "top",
            )
        )
    with to.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("Designator", "Val", "Package", "Mid X", "Mid Y", "Rotation", "Layer"))
        writer.writerows(sorted(rows))
    return [row[0] for row in sorted(rows)]


def plots(board: Any, folder: Path) -> dict[str, Path]:
    """SVG of each layer, on the whole sheet."""
    plotter = _plotter(board, folder)
    found = {}
    for name, what in LAYERS:
        plotter.SetLayer(getattr(pcbnew, _IDS.get(name, name)))
        plotter.OpenPlotfile(name, pcbnew.PLOT_FORMAT_SVG, what)
        found[name] = Path(plotter.GetPlotFileName())
        plotter.PlotLayer()
    plotter.ClosePlot()
    return found


def holes(board: Any) -> list[tuple[float, float, float, bool]]:
    """x, y, diameter in mm on the sheet, and whether it is a pad (not a via, not a plain hole)."""
    found = []
    for pad in board.GetPads():
        if pad.GetDrillSize().x:
            at = pad.GetPosition()
            plated = pad.GetAttribute() == pcbnew.PAD_ATTRIB_PTH
            found.append((at.x / 1e6, at.y / 1e6, pad.GetDrillSize().x / 1e6, plated))
    for track in board.GetTracks():
        if track.Type() == pcbnew.PCB_VIA_T:
            at = track.GetPosition()
            found += [(at.x / 1e6, at.y / 1e6, track.GetDrill() / 1e6, False)]
    return sorted(found)


def _plotter(board: Any, folder: Path) -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    plotter = pcbnew.PLOT_CONTROLLER(board)
    options = plotter.GetPlotOptions()
    options.SetOutputDirectory(str(folder))
    options.SetPlotFrameRef(False)
    options.SetUseAuxOrigin(False)
    options.SetUseGerberProtelExtensions(False)
    options.SetSubtractMaskFromSilk(True)
    options.SetDrillMarksType(pcbnew.PCB_PLOT_PARAMS.NO_DRILL_SHAPE)
    options.SetSvgPrecision(4, False)
    return plotter
