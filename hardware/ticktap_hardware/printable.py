"""Checks that a solid can be printed in its orientation: without unsupported faces or steep overhangs.

A printer can bridge a gap between two walls, but cannot print an edge without support.
"""

from __future__ import annotations

import math

import cadquery as cq

LEAN = 0.75  # of a face's downward normal: about 48 degrees from vertical
BRIDGE = 10.0  # mm
_NEAR = 0.05  # mm


def problems(name: str, solid: cq.Workplane) -> list[str]:
    """One sentence for each face that needs a support. The lowest face lies on the bed."""
    shape = solid.val()
    bed = shape.BoundingBox().zmin
    found = []
    for face in solid.faces().vals():
        box = face.BoundingBox()
        if box.zmax - bed < _NEAR:
            continue
        flat = face.geomType() == "PLANE"
        down = -face.normalAt().z if flat else _steepest(face)
        if flat and down > 1 - 1e-6:
            found += [f"{name}: {line} at {box.zmin - bed:.2f} mm" for line in _ceiling(shape, face)]
        elif down > LEAN:
            found.append(
                f"{name}: a face leans out from {box.zmin - bed:.2f} mm, {down:.2f} of its normal is down"
            )
    return found


def _steepest(face: cq.Face) -> float:
    """How far down a curved face's normal points, at most, of a grid of points on it."""
    u0, u1, v0, v1 = face._uvBounds()
    steps = 9
    grid = [
        (u0 + (u1 - u0) * i / steps, v0 + (v1 - v0) * j / steps)
        for i in range(steps + 1)
        for j in range(steps + 1)
    ]
    normals, _ = face.normals(*zip(*grid, strict=True))
    return float(max(-normal.z for normal in normals))


def _ceiling(shape: cq.Shape, face: cq.Face) -> list[str]:
    """Checks a level face over a gap: its edges must be supported from below, or connect supported edges like
    a bridge, and it must not be too wide."""
    edges = [edge for wire in (face.outerWire(), *face.innerWires()) for edge in wire.Edges()]
    held = [edge for edge in edges if _held(shape, edge)]
    ends = [end for edge in held for end in (edge.startPoint(), edge.endPoint())]
    free = 0.0
    for edge in edges:
        bridge = all(
            any((end - other).Length < _NEAR for other in ends)
            for end in (edge.startPoint(), edge.endPoint())
        )
        if edge not in held and not (bridge and edge.Length() <= BRIDGE):
            free += edge.Length()
    found = [f"{free:.1f} mm of an edge hang in the air"] if free > 0.5 else []
    box = face.BoundingBox()
    if min(box.xlen, box.ylen) > BRIDGE:
        found.append(f"a bridge of {min(box.xlen, box.ylen):.1f} mm")
    return found


def _held(shape: cq.Shape, edge: cq.Edge) -> bool:
    """Whether the part's own wall is right below an edge, on either side, nearly all along."""
    samples = 8
    held = 0
    for n in range(samples):
        at = edge.positionAt((n + 0.5) / samples)
        along = edge.tangentAt((n + 0.5) / samples)
        size = math.hypot(along.x, along.y) or 1.0
        side = cq.Vector(-along.y / size * _NEAR, along.x / size * _NEAR, -_NEAR)
        other = cq.Vector(-side.x, -side.y, -_NEAR)
        held += any(solid.isInside(at + way, 1e-6) for solid in shape.Solids() for way in (side, other))
    return held >= samples - 1
