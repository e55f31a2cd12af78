"""A picture of a schematic, drawn from the .kicad_sch itself."""

from __future__ import annotations

from html import escape

from .sexpr import Expr, child, children, parse

_INK, _WIRE, _TEXT, _FILL = "#84231f", "#00803c", "#0b4f6c", "#fffbe0"
_FONT = "font-family='DejaVu Sans, Arial, sans-serif'"


def picture(text: str, view: tuple[float, float, float, float]) -> str:
    """SVG of the part of the sheet at (x, y, width, height) in mm."""
    sheet = parse(text)
    library = {symbol[1]: symbol for symbol in children(child(sheet, "lib_symbols"), "symbol")}
    x, y, width, height = view
    out = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{x} {y} {width} {height}' "
        f"width='{width * 6:g}' height='{height * 6:g}'>",
        f"<title>{escape(child(child(sheet, 'title_block'), 'title')[1])}: schematic</title>",
        f"<rect x='{x}' y='{y}' width='{width}' height='{height}' fill='white'/>",
    ]
    for wire in children(sheet, "wire"):
        out += [_polyline([_xy(xy) for xy in children(child(wire, "pts"), "xy")], _WIRE)]
    for symbol in children(sheet, "symbol"):
        out += _symbol(symbol, library[child(symbol, "lib_id")[1]])
    for dot in children(sheet, "junction"):
        at = _xy(child(dot, "at"))
        out.append(f"<circle cx='{at[0]:g}' cy='{at[1]:g}' r='0.45' fill='{_WIRE}'/>")
    for mark in children(sheet, "no_connect"):
        at = _xy(child(mark, "at"))
        for sign in (1, -1):
            out.append(
                _polyline([(at[0] - 0.6, at[1] - 0.6 * sign), (at[0] + 0.6, at[1] + 0.6 * sign)], "#1f4fd8")
            )
    for label in children(sheet, "global_label"):
        out.append(_label(label))
    return "\n".join([*out, "</svg>"]) + "\n"


def _symbol(symbol: Expr, definition: Expr) -> list[str]:
    x, y = _xy(child(symbol, "at"))
    out = []
    for unit in children(definition, "symbol"):
        for box in children(unit, "rectangle"):
            (ax, ay), (bx, by) = _xy(child(box, "start")), _xy(child(box, "end"))
            out.append(
                f"<rect x='{x + min(ax, bx):g}' y='{y - max(ay, by):g}' width='{abs(bx - ax):g}' "
                f"height='{abs(by - ay):g}' fill='{_FILL}' stroke='{_INK}' stroke-width='0.25'/>"
            )
        for line in children(unit, "polyline"):
            points = [(x + px, y - py) for px, py in map(_xy, children(child(line, "pts"), "xy"))]
            out.append(_polyline(points, _INK))
        for circle in children(unit, "circle"):
            cx, cy = _xy(child(circle, "center"))
            out.append(
                f"<circle cx='{x + cx:g}' cy='{y - cy:g}' r='{child(circle, 'radius')[1]}' fill='none' "
                f"stroke='{_INK}' stroke-width='0.25'/>"
            )
        named = not children(definition, "pin_numbers")
        for pin in children(unit, "pin"):
            out += _pin(pin, x, y, named and not children(definition, "power"))
    for key, size in (("Reference", 1.5), ("Value", 1.4)):
        text = next(item for item in children(symbol, "property") if item[1] == key)
        if "hide" not in child(text, "effects"):
            px, py = _xy(child(text, "at"))
            anchor = "start" if children(child(text, "effects"), "justify") else "middle"
            out.append(_text(text[2], px, py + 0.5, size, _TEXT, anchor))
    return out


def _pin(pin: Expr, x: float, y: float, named: bool) -> list[str]:
    px, py = _xy(child(pin, "at"))
    px, py = x + px, y - py
    angle, length = int(child(pin, "at")[3]), float(child(pin, "length")[1])
    dx, dy = {0: (1, 0), 180: (-1, 0), 90: (0, -1), 270: (0, 1)}[angle]
    out = [_polyline([(px, py), (px + dx * length, py + dy * length)], _INK)] if length else []
    if named:
        anchor = "start" if dx > 0 else "end"
        out.append(_text(child(pin, "name")[1], px + dx * (length + 0.8), py + 0.5, 1.35, _TEXT, anchor))
        out.append(_text(child(pin, "number")[1], px + dx * length / 2, py - 0.3, 1.0, _INK, "middle"))
    return out


def _label(label: Expr) -> str:
    x, y = _xy(child(label, "at"))
    angle = int(float(child(label, "at")[3]))
    right = "right" in child(child(label, "effects"), "justify")
    anchor = "end" if right else "start"
    turn = f" transform='rotate(-90 {x:g} {y:g})'" if angle in (90, 270) else ""
    return _text(label[1], x, y - 0.35, 1.5, "#111", anchor, turn)


def _text(text: str, x: float, y: float, size: float, colour: str, anchor: str, extra: str = "") -> str:
    return (
        f"<text x='{x:g}' y='{y:g}' {_FONT} font-size='{size:g}' fill='{colour}' "
        f"text-anchor='{anchor}'{extra}>{escape(text)}</text>"
    )


def _polyline(points: list[tuple[float, float]], colour: str) -> str:
    joined = " ".join(f"{x:g},{y:g}" for x, y in points)
    look = f"fill='none' stroke='{colour}' stroke-width='0.25' stroke-linecap='round'"
    return f"<polyline points='{joined}' {look}/>"


def _xy(expr: Expr) -> tuple[float, float]:
    return float(expr[1]), float(expr[2])
