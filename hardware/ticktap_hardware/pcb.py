"""Makes the board with KiCad's pcbnew and checks its design rules. In KiCad's Python (6.0)."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path
from typing import Any

import pcbnew

from .circuit import Circuit, Part, Pin
from .layout import Disc, Layout, Placed, Text, Track, Via
from .steady import steady

LIBRARIES = Path("/usr/share/kicad/footprints")
ORIGIN = (100.0, 60.0)  # of the board on its sheet
# Capabilities of any low-cost board manufacturer, mm.
RULES = {
    "m_TrackMinWidth": 0.2,
    "m_MinClearance": 0.2,
    "m_ViasMinSize": 0.6,
    "m_ViasMinAnnularWidth": 0.25,
    "m_MinThroughDrill": 0.3,
    "m_HoleClearance": 0.25,
    "m_HoleToHoleMin": 0.25,
    "m_CopperEdgeClearance": 0.4,
}
_LETTERS, _STROKE = (1.0, 1.0), 0.15  # of the print: less is not legible
_FOUND = re.compile(r"^\*\* Found (\d+) (.+) \*\*$", re.MULTILINE)


def make(circuit: Circuit, layout: Layout, own_library: Path, to: Path, revision: str, date: str) -> Any:
    """Writes the board with its project file, and returns it as pcbnew reads it back."""
    to.parent.mkdir(parents=True, exist_ok=True)
    to.with_suffix(".kicad_pro").unlink(missing_ok=True)  # KiCad would read it, and keep its rules
    board = pcbnew.NewBoard(str(to))
    _rules(board, layout)
    _title(board, circuit, revision, date)
    nets = _nets(board, circuit)
    for part in circuit.parts:
        _add(board, part, layout.placed[part.ref], circuit, nets, own_library)
    for n, (x, y) in enumerate(layout.holes, 1):
        _hole(board, f"H{n}", x, y)
    _outline(board, layout)
    if layout.ring:
        x, y, diameter = layout.ring
        _hole(board, "H0", x, y, f"MountingHole_{diameter:g}mm")
    for track in layout.tracks:
        _track(board, track, nets[track.net])
    for via in layout.vias:
        _via(board, via, nets[via.net])
    _print(board, layout)
    for disc in layout.clear:
        _clear(board, disc)
    zones = [_ground(board, layout, layer, nets["GND"]) for layer in (pcbnew.F_Cu, pcbnew.B_Cu)]
    board.BuildConnectivity()
    pcbnew.ZONE_FILLER(board).Fill(pcbnew.ZONES(zones))
    pcbnew.SaveBoard(str(to), board)
    to.write_text(steady(to.read_text()))
    return pcbnew.LoadBoard(str(to))


def version() -> str:
    """KiCad's, such as "6.0.11"."""
    return str(pcbnew.GetBuildVersion())


def circuit_of(board: Any) -> Circuit:
    """Returns the nets of a board's pads. Pins have no kind here; a pin of several pads is named once."""
    parts, nets, open_pins = [], dict[str, dict[str, None]](), set()
    for footprint in board.GetFootprints():
        ref = footprint.GetReference()
        pads = [pad for pad in footprint.Pads() if pad.GetNumber()]
        if not pads:
            continue  # a hole
        library = footprint.GetFPID()
        name = f"{library.GetLibNickname()}:{library.GetLibItemName()}"
        numbers = dict.fromkeys(pad.GetNumber() for pad in pads)
        parts.append(Part(ref, footprint.GetValue(), tuple(Pin(n, n) for n in numbers), str(name)))
        for pad in pads:
            pin, net = f"{ref}.{pad.GetNumber()}", pad.GetNetname()
            if net:
                nets.setdefault(net, {})[pin] = None
            else:
                open_pins.add(pin)
    return Circuit(
        "board", "", tuple(parts), {net: tuple(pins) for net, pins in nets.items()}, frozenset(open_pins)
    )


def design_rules(board: Any, report: Path) -> tuple[dict[str, int], str]:
    """Runs KiCad's check: what it found, by kind, and its report."""
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    if not pcbnew.WriteDRCReport(board, str(report), pcbnew.EDA_UNITS_MILLIMETRES, True):
        raise RuntimeError("KiCad could not check the board")
    text = report.read_text()
    found = {kind: int(n) for n, kind in _FOUND.findall(text)}
    for kind in ("DRC violations", "unconnected pads", "Footprint errors"):
        if kind not in found:
            raise RuntimeError(f"KiCad's report does not count {kind}")
    return found, text


def tracks_by_net(board: Any) -> dict[str, float]:
    """Millimetres of copper track, by net."""
    found: dict[str, float] = {}
    for track in board.GetTracks():
        found[track.GetNetname()] = found.get(track.GetNetname(), 0.0) + track.GetLength() / 1e6
    return found


def _at(x: float, y: float) -> Any:
    return pcbnew.wxPointMM(ORIGIN[0] + x, ORIGIN[1] + y)


def rules_in_force(board: Any) -> dict[str, float]:
    """The rules in mm for a board that was read from its file: of its project file, or KiCad's defaults."""
    rules = board.GetDesignSettings()
    return {name: getattr(rules, name) / 1e6 for name in RULES}


def _rules(board: Any, layout: Layout) -> None:
    rules = board.GetDesignSettings()
    for name, mm in RULES.items():
        setattr(rules, name, pcbnew.FromMM(mm))
    rules.SetBoardThickness(pcbnew.FromMM(1.6))
    rules.SetAuxOrigin(_at(0, layout.height))


def _title(board: Any, circuit: Circuit, revision: str, date: str) -> None:
    block = board.GetTitleBlock()
    block.SetTitle(circuit.title)
    block.SetRevision(revision)
    block.SetDate(date)
    block.SetCompany("the ticktap project")
    block.SetComment(0, "CERN-OHL-P-2.0")


def _nets(board: Any, circuit: Circuit) -> dict[str, Any]:
    found = {}
    for name in circuit.nets:
        net = pcbnew.NETINFO_ITEM(board, name)
        board.Add(net)
        found[name] = net
    return found


def _add(
    board: Any, part: Part, where: Placed, circuit: Circuit, nets: dict[str, Any], own_library: Path
) -> None:
    library, name = part.footprint.split(":")
    folder = own_library if library == "ticktap" else LIBRARIES / f"{library}.pretty"
    footprint = pcbnew.FootprintLoad(str(folder), name)
    if footprint is None:
        raise RuntimeError(f"no footprint {part.footprint}")
    footprint.SetFPID(pcbnew.LIB_ID(library, name))
    footprint.SetReference(part.ref)
    footprint.SetValue(part.value)
    footprint.SetPosition(_at(where.x, where.y))
    board.Add(footprint)  # Flip() needs to know the board
    if where.back:
        footprint.Flip(footprint.GetPosition(), False)
    footprint.SetOrientationDegrees(where.turn)
    joined = circuit.joined(part.ref)
    for pad in footprint.Pads():
        if pad.GetNumber() in joined:
            pad.SetNet(nets[joined[pad.GetNumber()]])
    if not where.outline:
        for item in list(footprint.GraphicalItems()):
            if item.GetLayer() in (pcbnew.F_SilkS, pcbnew.B_SilkS):
                footprint.Delete(item)
    reference = footprint.Reference()
    reference.SetVisible(where.label is not None)
    if where.label:
        reference.SetPosition(_at(where.x + where.label[0], where.y + where.label[1]))
        reference.SetTextAngle(-where.turn * 10 % 3600 if where.turn % 180 else 0)
        reference.SetTextSize(pcbnew.wxSizeMM(*_LETTERS))
        reference.SetTextThickness(pcbnew.FromMM(_STROKE))


def _hole(board: Any, ref: str, x: float, y: float, kind: str = "MountingHole_2.7mm_M2.5") -> None:
    footprint = pcbnew.FootprintLoad(str(LIBRARIES / "MountingHole.pretty"), kind)
    footprint.SetFPID(pcbnew.LIB_ID("MountingHole", kind))
    footprint.SetReference(ref)
    footprint.SetPosition(_at(x, y))
    footprint.Reference().SetVisible(False)
    board.Add(footprint)


def _outline(board: Any, layout: Layout) -> None:
    w, h, r = layout.width, layout.height, layout.corner
    for x, y, to_x, to_y in ((r, 0, w - r, 0), (w, r, w, h - r), (w - r, h, r, h), (0, h - r, 0, r)):
        line = _shape(board, pcbnew.SHAPE_T_SEGMENT)
        line.SetStart(_at(x, y))
        line.SetEnd(_at(to_x, to_y))
    for x, y, start in (
        (r, r, (0, r)),
        (w - r, r, (w - r, 0)),
        (w - r, h - r, (w, h - r)),
        (r, h - r, (r, h)),
    ):
        arc = _shape(board, pcbnew.SHAPE_T_ARC)
        arc.SetCenter(_at(x, y))
        arc.SetStart(_at(*start))
        arc.SetArcAngleAndEnd(900)


def _shape(board: Any, kind: int, layer: int = pcbnew.Edge_Cuts, width: float = 0.1) -> Any:
    shape = pcbnew.PCB_SHAPE(board, kind)
    shape.SetLayer(layer)
    shape.SetWidth(pcbnew.FromMM(width))
    board.Add(shape)
    return shape


def _track(board: Any, track: Track, net: Any) -> None:
    for (x, y), (to_x, to_y) in zip(track.points, track.points[1:], strict=False):
        item = pcbnew.PCB_TRACK(board)
        item.SetStart(_at(x, y))
        item.SetEnd(_at(to_x, to_y))
        item.SetWidth(pcbnew.FromMM(track.width))
        item.SetLayer(board.GetLayerID(track.layer))
        item.SetNet(net)
        board.Add(item)


def _via(board: Any, via: Via, net: Any) -> None:
    item = pcbnew.PCB_VIA(board)
    item.SetPosition(_at(via.x, via.y))
    item.SetWidth(pcbnew.FromMM(0.9))
    item.SetDrill(pcbnew.FromMM(0.4))
    item.SetNet(net)
    board.Add(item)


def _print(board: Any, layout: Layout) -> None:
    for found, filled in ((layout.circles, False), (layout.dots, True)):
        for x, y, radius in found:
            circle = _shape(board, pcbnew.SHAPE_T_CIRCLE, pcbnew.F_SilkS, _STROKE)
            circle.SetCenter(_at(x, y))
            circle.SetEnd(_at(x + radius, y))
            circle.SetFilled(filled)
    for lines, layer in ((layout.lines, pcbnew.F_SilkS), (layout.back_lines, pcbnew.B_SilkS)):
        for start, end in (pair for points in lines for pair in itertools.pairwise(points)):
            line = _shape(board, pcbnew.SHAPE_T_SEGMENT, layer, _STROKE)
            line.SetStart(_at(*start))
            line.SetEnd(_at(*end))
    for text in layout.texts:
        _text(board, text)


def _text(board: Any, text: Text) -> None:
    item = pcbnew.PCB_TEXT(board)
    item.SetText(text.text)
    item.SetPosition(_at(text.x, text.y))
    item.SetLayer(pcbnew.B_SilkS if text.back else pcbnew.F_SilkS)
    item.SetMirrored(text.back)
    item.SetTextSize(pcbnew.wxSizeMM(text.height, text.height))
    item.SetTextThickness(pcbnew.FromMM(max(_STROKE, text.height * 0.15)))
    board.Add(item)


def _clear(board: Any, disc: Disc) -> None:
    """Adds a rule area on one side: a polygon around the circle, with enough corners to be nearly round."""
    zone = pcbnew.ZONE(board)
    zone.SetLayer(board.GetLayerID(disc.layer))
    zone.SetIsRuleArea(True)
    zone.SetDoNotAllowCopperPour(True)
    zone.SetDoNotAllowTracks(True)
    zone.SetDoNotAllowVias(False)
    zone.SetDoNotAllowPads(False)
    zone.SetDoNotAllowFootprints(False)
    outline = zone.Outline()
    outline.NewOutline()
    corners = 64
    for n in range(corners):
        angle = 2 * math.pi * n / corners
        radius = disc.radius / math.cos(math.pi / corners)
        point = _at(disc.x + radius * math.cos(angle), disc.y + radius * math.sin(angle))
        outline.Append(point.x, point.y)
    board.Add(zone)


def _ground(board: Any, layout: Layout, layer: int, net: Any) -> Any:
    zone = pcbnew.ZONE(board)
    zone.SetLayer(layer)
    zone.SetNet(net)
    zone.SetLocalClearance(pcbnew.FromMM(0.3))
    zone.SetMinThickness(pcbnew.FromMM(0.25))
    zone.SetThermalReliefGap(pcbnew.FromMM(0.3))
    zone.SetThermalReliefSpokeWidth(pcbnew.FromMM(0.5))
    zone.SetIslandRemovalMode(pcbnew.ISLAND_REMOVAL_MODE_ALWAYS)
    edge = 0.5
    outline = zone.Outline()
    outline.NewOutline()
    for x, y in (
        (edge, edge),
        (layout.width - edge, edge),
        (layout.width - edge, layout.height - edge),
        (edge, layout.height - edge),
    ):
        point = _at(x, y)
        outline.Append(point.x, point.y)
    board.Add(zone)
    return zone
