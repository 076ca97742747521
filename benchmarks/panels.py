"""Draw what benchmarks measured as SVG files: panels with curves or bars, side by side.

Every series is named in the drawing, and every point tells its value when it is pointed at.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from wherefrom.benchmarks.plots import COLOURS

WIDTH, HEIGHT = 330.0, 220.0  # of a panel, in pixels
LEFT, TOP, RIGHT, BOTTOM = 64.0, 34.0, 18.0, 44.0  # around it
COLUMNS = 2
LINE = 18.0  # of the legend
BAR_NAMES = 90.0  # pixels for the names beside bars
_STYLE = """
text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: #1b2733; }
.frame { fill: #fff; stroke: #9aa7b4; } .grid { stroke: #e6ebf0; }
.tick { font-size: 10.5px; fill: #5c6b7a; } .title { font-size: 14px; font-weight: 700; }
""".strip()

Points = Sequence[tuple[float, float]]


def drawing(title: str, panels: Sequence[str], *, legend: Sequence[str] = ()) -> str:
    """Put panels side by side, two in a row, below a title.

    Parameters
    ----------
    title
        What all of it shows.
    panels
        As `curves_panel` and `bars_panel` return them.
    legend
        The names of the series, in the order of their colours.
    """
    rows = -(-len(panels) // COLUMNS)
    wide, tall = LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM
    width = wide * min(COLUMNS, len(panels))
    height = LINE * 1.5 + tall * rows + LINE * (len(legend) + 0.5)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        f'<text class="title" x="{LEFT:.0f}" y="20">{escape(title)}</text>',
    ]
    for place, panel in enumerate(panels):
        x = (place % COLUMNS) * wide + LEFT
        y = LINE * 1.5 + (place // COLUMNS) * tall + TOP
        parts.append(f'<g transform="translate({x:.1f} {y:.1f})">{panel}</g>')
    for place, name in enumerate(legend):
        y = LINE * 1.5 + tall * rows + LINE * place
        parts.append(
            f'<rect x="{LEFT:.0f}" y="{y:.0f}" width="10" height="10" fill="{_colour(place)}"/>'
        )
        parts.append(_text(name, LEFT + 16, y + 10))
    return "\n".join([*parts, "</svg>\n"])


def curves_panel(series: Mapping[str, Points], *, x: str, y: str) -> str:
    """Draw a curve for each name, both axes in powers of ten.

    Parameters
    ----------
    series
        Of each name its points, from left to right, all above 0.
    x, y
        What the axes mean, with the unit.
    """
    points = [point for found in series.values() for point in found]
    xs = _Powers([point[0] for point in points], 0.0, WIDTH)
    ys = _Powers([point[1] for point in points], HEIGHT, 0.0)
    parts = [f'<rect class="frame" width="{WIDTH:.0f}" height="{HEIGHT:.0f}"/>', *_grid(xs, ys)]
    for place, (name, found) in enumerate(series.items()):
        line = " ".join(f"{xs.place(a):.1f},{ys.place(b):.1f}" for a, b in found)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{_colour(place)}" stroke-width="2"/>'
        )
        parts += [
            f'<circle cx="{xs.place(a):.1f}" cy="{ys.place(b):.1f}" r="3.5" '
            f'fill="{_colour(place)}"><title>{escape(name)}: {a:,g}, {b:,.4g}</title></circle>'
            for a, b in found
        ]
    parts += [_text(x, WIDTH / 2, HEIGHT + 32, anchor="middle"), _text(y, 0, -10)]
    return "".join(parts)


def bars_panel(values: Mapping[str, float], *, what: str) -> str:
    """Draw a bar from 0 for each name, with its value at the end; `what` says of what."""
    most = max(values.values())
    step = HEIGHT / len(values)
    parts = [_text(what, 0, -10)]
    for place, (name, value) in enumerate(values.items()):
        y, length = step * place, (WIDTH - BAR_NAMES - 60) * value / most
        parts += [
            f'<rect x="{BAR_NAMES:.0f}" y="{y + step * 0.2:.1f}" width="{length:.1f}" '
            f'height="{step * 0.6:.1f}" fill="{_colour(place)}"/>',
            _text(name, BAR_NAMES - 8, y + step / 2 + 4, anchor="end"),
            _text(f"{value:,.3g}", BAR_NAMES + length + 6, y + step / 2 + 4),
        ]
    return "".join(parts)


class _Powers:
    """Puts numbers between two places in pixels by their logarithms, from one power of ten on."""

    def __init__(self, numbers: Sequence[float], start: float, end: float) -> None:
        self._low = math.floor(math.log10(min(numbers)))
        self._high = max(math.ceil(math.log10(max(numbers))), self._low + 1)
        self._start, self._end = start, end

    @property
    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self._low, self._high + 1)]

    def place(self, number: float) -> float:
        share = (math.log10(number) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)


def _grid(xs: _Powers, ys: _Powers) -> Iterator[str]:
    for tick in xs.ticks:
        at = xs.place(tick)
        yield f'<line class="grid" x1="{at:.1f}" y1="0" x2="{at:.1f}" y2="{HEIGHT:.0f}"/>'
        yield _text(f"{tick:,g}", at, HEIGHT + 14, kind="tick", anchor="middle")
    for tick in ys.ticks:
        at = ys.place(tick)
        yield f'<line class="grid" x1="0" y1="{at:.1f}" x2="{WIDTH:.0f}" y2="{at:.1f}"/>'
        yield _text(f"{tick:,g}", -6, at + 4, kind="tick", anchor="end")


def _colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]


def _text(text: str, x: float, y: float, *, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
