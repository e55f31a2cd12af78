"""The picture of a bare board: KiCad's plots of its layers, in the colours of the real thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_LOOK = (("Cu", "#2f8f4a"), ("Mask", "#e3c565"), ("Silkscreen", "#f6f6f0"))
_SUBSTRATE, _GAP = "#1c6b35", 2.0
_SCALE = 0.0001  # KiCad 6 plots in tenths of micrometres


def picture(
    plots: Mapping[str, str],
    holes: Iterable[tuple[float, float, float, bool]],
    origin: tuple[float, float],
    size: tuple[float, float, float],
    side: str,
) -> str:
    """SVG. `plots`: layer to KiCad's SVG; `size`: width, height, corner in mm.

    `side`: "F", or "B" as seen from behind.
    """
    x, y = origin
    width, height, corner = size
    view = f"{x - _GAP:g} {y - _GAP:g} {width + 2 * _GAP:g} {height + 2 * _GAP:g}"
    mirrored = f" transform='translate({2 * x + width:g} 0) scale(-1 1)'" if side == "B" else ""
    out = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{view}' "
        f"width='{width * 12:g}' height='{height * 12:g}'>",
        f"<rect x='{x - _GAP:g}' y='{y - _GAP:g}' width='100%' height='100%' fill='white'/>",
        f"<g{mirrored}>",
        f"<rect x='{x}' y='{y}' width='{width}' height='{height}' rx='{corner}' fill='{_SUBSTRATE}'/>",
    ]
    out += [
        f"<g transform='scale({_SCALE})'>{_coloured(plots[f'{side}_{layer}'], colour)}</g>"
        for layer, colour in _LOOK
    ]
    for hole_x, hole_y, diameter, plated in holes:
        ring = f" stroke='{_LOOK[1][1]}' stroke-width='0.12'" if plated else ""
        out.append(f"<circle cx='{hole_x:g}' cy='{hole_y:g}' r='{diameter / 2:g}' fill='white'{ring}/>")
    return "\n".join([*out, "</g></svg>"]) + "\n"


def _coloured(plot: str, colour: str) -> str:
    """The drawing inside KiCad's <svg>, black turned into a colour and white into nothing."""
    inner = plot[plot.index("<g ") : plot.rindex("</svg>")]
    inner = re.sub(r"(?i)#000000", colour, inner)
    return re.sub(r"(?i)fill:#ffffff", "fill:none", inner)
