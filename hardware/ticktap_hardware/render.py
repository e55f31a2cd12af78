"""Pictures of solids: triangles, a depth buffer and one light. Needs no graphics card and no display."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import cadquery as cq
import numpy as np
from PIL import Image

Colour = tuple[int, int, int]
Array: TypeAlias = Any  # of floats; the checker has no numpy

_FINE = 2  # oversampling in each direction
_MESH = 0.05, 0.2  # mm and radians off the true surface


def picture(
    scene: Sequence[tuple[cq.Workplane, Colour]],
    to: Path,
    *,
    turn: float,
    tilt: float,
    size: tuple[int, int] = (1000, 750),
) -> None:
    """A parallel projection. `turn` about z and `tilt` from straight above, in degrees."""
    view = _view(turn, tilt)
    meshes = [(_triangles(solid) @ view.T, colour) for solid, colour in scene]
    everything = np.concatenate([mesh.reshape(-1, 3) for mesh, _ in meshes])
    low, high = everything.min(axis=0), everything.max(axis=0)
    width, height = size[0] * _FINE, size[1] * _FINE
    scale = 0.94 * min(width / (high[0] - low[0]), height / (high[1] - low[1]))
    middle = (low + high) / 2
    image = np.full((height, width, 3), 255.0)
    depth = np.full((height, width), -np.inf)
    for mesh, colour in meshes:
        points = (mesh - middle) * scale
        points[..., 0] += width / 2
        points[..., 1] = height / 2 - points[..., 1]
        for triangle, shade in zip(points, _shades(mesh), strict=True):
            _fill(image, depth, triangle, np.array(colour) * shade)
    _edges(image, depth, scale)
    picture = Image.fromarray(image.clip(0, 255).astype(np.uint8)).resize(size, Image.Resampling.LANCZOS)
    picture.quantize(256).save(to, optimize=True)


def _view(turn: float, tilt: float) -> Array:
    a, b = math.radians(turn), math.radians(tilt)
    about_z = np.array([[math.cos(a), -math.sin(a), 0], [math.sin(a), math.cos(a), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, math.cos(b), math.sin(b)], [0, -math.sin(b), math.cos(b)]])
    return about_x @ about_z


def _triangles(solid: cq.Workplane) -> Array:
    vertices, faces = solid.val().tessellate(*_MESH)
    points = np.array([(v.x, v.y, v.z) for v in vertices])
    return points[np.array(faces)]


def _shades(mesh: Array) -> Array:
    normals = np.cross(mesh[:, 1] - mesh[:, 0], mesh[:, 2] - mesh[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    lamp = np.array([-0.35, 0.55, 0.76])
    return 0.45 + 0.55 * np.abs(normals @ lamp)


def _fill(image: Array, depth: Array, triangle: Array, colour: Array) -> None:
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = triangle
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    if abs(area) < 1e-9:
        return
    left, right = max(int(min(ax, bx, cx)), 0), min(int(max(ax, bx, cx)) + 1, image.shape[1] - 1)
    top, bottom = max(int(min(ay, by, cy)), 0), min(int(max(ay, by, cy)) + 1, image.shape[0] - 1)
    x, y = np.meshgrid(np.arange(left, right + 1) + 0.5, np.arange(top, bottom + 1) + 0.5)
    u = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area
    v = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area
    z = az + u * (bz - az) + v * (cz - az)
    patch = depth[top : bottom + 1, left : right + 1]
    seen = (u >= -1e-6) & (v >= -1e-6) & (u + v <= 1 + 1e-6) & (z > patch)
    patch[seen] = z[seen]
    image[top : bottom + 1, left : right + 1][seen] = colour


def _edges(image: Array, depth: Array, scale: float) -> None:
    """Darkens depth steps, so that parts are distinguishable."""
    flat = np.where(np.isfinite(depth), depth, depth[np.isfinite(depth)].min() - 10 * scale)
    jump = np.zeros(depth.shape, dtype=bool)
    for axis in (0, 1):
        bend = np.abs(np.diff(flat, 2, axis=axis)) > 0.35 * scale
        cut = [slice(None), slice(None)]
        cut[axis] = slice(1, -1)
        jump[tuple(cut)] |= bend
    image[jump] *= 0.45
