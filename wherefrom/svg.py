"""Write a drawing as SVG, or as a page that holds it: self-contained, every text escaped.

Source: W3C, "Scalable Vector Graphics (SVG) 2", 2018, https://www.w3.org/TR/SVG2/.
"""

import math
import re
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from pathlib import Path

from wherefrom.drawing import Box, Drawing, Kind, Line
from wherefrom.kb.durable import write_file
from wherefrom.kb.errors import UsageError

SUFFIXES = (".svg", ".html")
MARGIN_PIXELS, LEGEND_PIXELS = 24.0, 40.0
LEAST_WIDTH_PIXELS = 820.0  # so that the legend fits
CORNER_PIXELS = 8.0  # the folded corner of a passage
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # by XML 1.0
_STYLE = """
text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: #1b2733; text-anchor: middle;
  dominant-baseline: central; }
.entity > :is(rect, path) { fill: #e3eefa; stroke: #2b6cb0; stroke-width: 1.4; }
.centre > :is(rect, path) { fill: #1f5a99; stroke: #123a66; stroke-width: 2; }
.centre > text { fill: #fff; font-weight: 700; }
.passage > :is(rect, path) { fill: #fff6dc; stroke: #a87800; stroke-width: 1.2; }
.value > :is(rect, path) { fill: #f4f4f4; stroke: #777; stroke-width: 1.2; stroke-dasharray: 4 3; }
.value > text { font-style: italic; }
.relation > :is(rect, path) { fill: #fff; fill-opacity: .92; stroke: none; }
.relation > text { font-size: 11.5px; fill: #5a2d91; }
.relation.negated > text { fill: #b3261e; font-weight: 700; }
.line { fill: none; stroke-width: 1.4; }
.line.mention { stroke: #5c6b7a; } .line.about { stroke: #a87800; stroke-dasharray: 2 4; }
.line.fact { stroke: #5a2d91; } .line.negated { stroke: #b3261e; stroke-dasharray: 6 4; }
.legend text { font-size: 12px; text-anchor: start; }
""".strip()
_COLOURS = {
    Kind.MENTION: "#5c6b7a",
    Kind.ABOUT: "#a87800",
    Kind.FACT: "#5a2d91",
    Kind.NEGATED: "#b3261e",
}
_LEGEND = {
    Kind.ENTITY: "entity",
    Kind.PASSAGE: "passage",
    Kind.VALUE: "value",
    Kind.MENTION: "mentions",
    Kind.ABOUT: "is about",
    Kind.FACT: "fact",
    Kind.NEGATED: "does not hold",
}
Point = tuple[float, float]


def write_drawing(drawing: Drawing, path: Path) -> None:
    """Write a drawing into a file: SVG, or HTML in which it can be moved and enlarged.

    Raises
    ------
    UsageError
        If the name ends in neither ``.svg`` nor ``.html``.
    StorageError
        If the disk refuses.
    """
    check_drawing_name(path)
    from wherefrom.drawing_layout import places_of

    picture = svg(drawing, places_of(drawing))
    text = html_page(drawing, picture) if path.suffix.lower() == ".html" else picture
    write_file(path, text.encode("utf-8"))


def check_drawing_name(path: Path) -> None:
    """Refuse the name of a file that is no drawing."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path}: a drawing is written as {' or '.join(SUFFIXES)}")


def html_page(drawing: Drawing, picture: str) -> str:
    """Return a page that holds a drawing and needs nothing else."""
    script = files("wherefrom").joinpath("pan_and_zoom.js").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
        f"<title>{_text(drawing.title)}</title>\n"
        "<style>html, body { margin: 0; height: 100%; background: #fff; }\n"
        "body > svg { display: block; width: 100%; height: 100%; cursor: grab; }</style></head>\n"
        f"<body>\n{picture}<script>\n{script}</script>\n</body></html>\n"
    )


def svg(drawing: Drawing, places: Mapping[str, Point]) -> str:
    """Return a drawing as SVG, given the middle of each box in pixels."""
    left, top, width, height = _frame(drawing, places)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" role="img">',
        f"<title>{_text(drawing.title)}</title>",
        f"<style>{_STYLE}</style>",
        f"<defs>{''.join(_arrow(kind, colour) for kind, colour in _COLOURS.items())}</defs>",
        f'<rect x="{left:.0f}" y="{top:.0f}" width="100%" height="100%" fill="#fff"/>',
        *(_line(line, drawing.boxes, places) for line in drawing.lines),
        *(_box(drawing, name, box, places[name]) for name, box in drawing.boxes.items()),
        *_legend(left + MARGIN_PIXELS, top + height - LEGEND_PIXELS / 2),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _frame(drawing: Drawing, places: Mapping[str, Point]) -> tuple[float, float, float, float]:
    """Return left, top, width and height of all boxes with a margin and room for the legend."""
    edges = [(places[name], box.size) for name, box in drawing.boxes.items()]
    left = min(x - w / 2 for (x, _), (w, _) in edges) - MARGIN_PIXELS
    right = max(x + w / 2 for (x, _), (w, _) in edges) + MARGIN_PIXELS
    top = min(y - h / 2 for (_, y), (_, h) in edges) - MARGIN_PIXELS
    bottom = max(y + h / 2 for (_, y), (_, h) in edges) + MARGIN_PIXELS + LEGEND_PIXELS
    more = max(0.0, LEAST_WIDTH_PIXELS - (right - left))
    return left - more / 2, top, right - left + more, bottom - top


def _box(drawing: Drawing, name: str, box: Box, place: Point) -> str:
    kinds = [box.kind.value] + (["centre"] if box.is_centre else [])
    if any(line.through == name and line.kind is Kind.NEGATED for line in drawing.lines):
        kinds.append(Kind.NEGATED.value)
    x, y = place
    return (
        f'<g class="{" ".join(kinds)}"><title>{_text(box.tooltip)}</title>'
        f"{_outline(box.kind, x, y, *box.size)}"
        f'<text x="{x:.1f}" y="{y:.1f}">{_text(box.label)}</text></g>'
    )


def _outline(kind: Kind, x: float, y: float, width: float, height: float) -> str:
    """Return the shape of a box: round for an entity, with a folded corner for a passage."""
    left, top = x - width / 2, y - height / 2
    if kind is Kind.PASSAGE:
        fold, right, bottom = CORNER_PIXELS, left + width, top + height
        return (
            f'<path d="M{left:.1f} {top:.1f}H{right - fold:.1f}L{right:.1f} {top + fold:.1f}'
            f"V{bottom:.1f}H{left:.1f}ZM{right - fold:.1f} {top:.1f}v{fold:.1f}h{fold:.1f}"
            '"/>'
        )
    radius = height / 2 if kind is Kind.ENTITY else 3
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="{radius:.1f}"/>'
    )


def _line(line: Line, boxes: Mapping[str, Box], places: Mapping[str, Point]) -> str:
    start, end = places[line.source], places[line.target]
    sizes = boxes[line.source].size, boxes[line.target].size
    if not line.through:
        (x1, y1), (x2, y2) = _border(start, end, sizes[0]), _border(end, start, sizes[1])
        path = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
    else:
        path = _curve(start, places[line.through], end, sizes)
    return (
        f'<path class="line {line.kind.value}" d="{path}" '
        f'marker-end="url(#{line.kind.value}-arrow)"><title>{_text(line.tooltip)}</title></path>'
    )


def _curve(start: Point, middle: Point, end: Point, sizes: tuple[Point, Point]) -> str:
    """Return a curve from one box to another that runs through a point."""
    if start == end:  # a fact of something about itself: out and back
        (x, y), (a, b) = start, (middle[0] - start[0], middle[1] - start[1])
        controls = [(middle[0] - b / 2, middle[1] + a / 2), (middle[0] + b / 2, middle[1] - a / 2)]
        first, last = (_border((x, y), control, sizes[0]) for control in controls)
        points = [*controls, last]
        return f"M{_pair(first)}C{' '.join(_pair(point) for point in points)}"
    control = tuple(2 * m - (s + e) / 2 for m, s, e in zip(middle, start, end, strict=True))
    first, last = _border(start, control, sizes[0]), _border(end, control, sizes[1])
    return f"M{_pair(first)}Q{_pair(control)} {_pair(last)}"


def _border(middle: Point, towards: Point, size: Point) -> Point:
    """Return where the way from the middle of a box to a point leaves the box."""
    a, b = towards[0] - middle[0], towards[1] - middle[1]
    ratios = [half / abs(way) for half, way in ((size[0] / 2, a), (size[1] / 2, b)) if way]
    share = min([1.0, *ratios]) if ratios else 0.0
    return middle[0] + share * a, middle[1] + share * b


def _arrow(kind: Kind, colour: str) -> str:
    return (
        f'<marker id="{kind.value}-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        f'markerHeight="7" orient="auto-start-reverse"><path d="M0 0.8L10 5L0 9.2z" '
        f'fill="{colour}"/></marker>'
    )


def _legend(left: float, y: float) -> Iterator[str]:
    yield '<g class="legend">'
    for kind, words in _LEGEND.items():
        if kind in _COLOURS:
            yield (
                f'<path class="line {kind.value}" d="M{left:.0f} {y:.0f}h30" '
                f'marker-end="url(#{kind.value}-arrow)"/>'
            )
        else:
            yield f'<g class="{kind.value}">{_outline(kind, left + 15, y, 30, 16)}</g>'
        yield f'<text x="{left + 37:.0f}" y="{y:.0f}">{words}</text>'
        left += 37 + 7 * len(words) + 22
    yield "</g>"


def _pair(point: tuple[float, ...]) -> str:
    return " ".join(f"{math.floor(10 * value + 0.5) / 10:.1f}" for value in point)


def _text(text: str) -> str:
    return escape(_UNWRITABLE.sub("\ufffd", text))
