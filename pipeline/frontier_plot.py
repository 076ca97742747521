"""Draw a compression's frontier as SVG: a panel for each of what is kept and what is saved.

Source of the format: W3C, "Scalable Vector Graphics (SVG) 2", 2018, https://www.w3.org/TR/SVG2/.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from wherefrom.pipeline.frontier import AIMS, Frontier, unbeaten

ROWS = {  # of each row the figure, its name, and what it is multiplied by
    "accuracy": ("accuracy, %", 100.0),
    "robustness": ("robustness, %", 100.0),
    "calibration_error": ("calibration error, %", 100.0),
}
COLUMNS = {
    "bytes": ("megabytes on disk", 1e-6),
    "seconds_per_prompt": ("milliseconds a prompt", 1e3),
}
WIDTH, HEIGHT = 340.0, 210.0  # of a panel, in pixels
LEFT, TOP, RIGHT, BOTTOM = 52.0, 26.0, 14.0, 40.0  # around it
LINE = 18.0  # of the legend
TICKS = 4
DOT = 8.0
_STYLE = """
text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: #1b2733; }
.frame { fill: #fff; stroke: #9aa7b4; } .grid { stroke: #e6ebf0; }
.edge { fill: none; stroke: #2b6cb0; stroke-width: 1.4; stroke-dasharray: 5 3; }
.point circle { fill: #fff; stroke: #5c6b7a; stroke-width: 1.4; }
.point.best circle { fill: #2b6cb0; stroke: #123a66; }
.point text { font-size: 10px; text-anchor: middle; dominant-baseline: central; }
.point.best text { fill: #fff; }
.tick { font-size: 10.5px; fill: #5c6b7a; }
.title { font-size: 14px; font-weight: 700; }
""".strip()
Values = Mapping[str, Mapping[str, float]]


def frontier_svg(frontier: Frontier) -> str:
    """Return the drawing.

    Each panel shows every point as its number; filled are those that no other beats in the two
    figures of the panel, joined by a line. What was not measured has none. Below stand the names of
    the points with all figures.
    """
    values = frontier.summaries
    rows = [row for row in ROWS if all(row in found for found in values.values())]
    wide = LEFT + WIDTH + RIGHT
    tall = TOP + HEIGHT + BOTTOM
    width, top = wide * len(COLUMNS), 30.0
    height = top + tall * len(rows) + LINE * (len(values) + 2)
    name = f"{frontier.reader.partition(',')[0]}: what each step of its compression costs and saves"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f"<title>{escape(name)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        f'<text class="title" x="{LEFT:.0f}" y="20">{escape(name)}</text>',
    ]
    for row, up in enumerate(rows):
        for column, across in enumerate(COLUMNS):
            place = f"translate({column * wide + LEFT:.1f} {top + row * tall + TOP:.1f})"
            parts += [f'<g transform="{place}">', *_panel(values, across, up), "</g>"]
    parts += _legend(values, rows, top + tall * len(rows) + LINE)
    return "\n".join([*parts, "</svg>\n"])


def _panel(values: Values, across: str, up: str) -> Iterator[str]:
    (name_x, times_x), (name_y, times_y) = COLUMNS[across], ROWS[up]
    xs = _scale([found[across] * times_x for found in values.values()], 0.0, WIDTH)
    ys = _scale([found[up] * times_y for found in values.values()], HEIGHT, 0.0)
    yield f'<rect class="frame" width="{WIDTH:.0f}" height="{HEIGHT:.0f}"/>'
    for number in xs.ticks:
        x = xs.place(number)
        yield f'<line class="grid" x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="{HEIGHT:.0f}"/>'
        yield _text(f"{number:g}", x, HEIGHT + 14, "tick", "middle")
    for number in ys.ticks:
        y = ys.place(number)
        yield f'<line class="grid" x1="0" y1="{y:.1f}" x2="{WIDTH:.0f}" y2="{y:.1f}"/>'
        yield _text(f"{number:g}", -6, y + 4, "tick", "end")
    yield _text(name_x, WIDTH / 2, HEIGHT + 31, "", "middle")
    yield _text(name_y, 0, -8, "", "start")
    best = unbeaten(values, {aim: AIMS[aim] for aim in (across, up)})
    places = {
        name: (xs.place(found[across] * times_x), ys.place(found[up] * times_y))
        for name, found in values.items()
    }
    edge = " ".join(f"{x:.1f},{y:.1f}" for x, y in sorted(places[name] for name in best))
    yield f'<polyline class="edge" points="{edge}"/>'
    order = sorted(enumerate(places, start=1), key=lambda one: (one[1] in best, -one[0]))
    for number, name in order:  # the best are drawn last, over the others
        x, y = places[name]
        kind = "point best" if name in best else "point"
        yield (
            f'<g class="{kind}"><title>{escape(name)}</title>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT:g}"/>'
            f'<text x="{x:.1f}" y="{y:.1f}">{number}</text></g>'
        )


def _legend(values: Values, rows: Sequence[str], top: float) -> Iterator[str]:
    columns = {row: ROWS[row] for row in rows} | COLUMNS
    places = [LEFT + 200 + 122 * number for number in range(len(columns))]
    for (name, _), x in zip(columns.values(), places, strict=True):
        yield _text(name, x, top, "tick", "end")
    for number, (name, found) in enumerate(values.items(), start=1):
        y = top + LINE * number
        yield _text(f"{number}  {name}", LEFT - 30, y, "", "start")
        for (key, (_, times)), x in zip(columns.items(), places, strict=True):
            yield _text(f"{found[key] * times:.1f}", x, y, "", "end")


@dataclass(frozen=True, slots=True)
class _Scale:
    """Puts numbers from `low` to `high` between two places in pixels."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def place(self, number: float) -> float:
        """Return where a number stands."""
        return self.start + (number - self.low) / (self.high - self.low) * (self.end - self.start)


def _scale(numbers: Sequence[float], start: float, end: float) -> _Scale:
    """Make a scale with a margin around all numbers, and round ticks."""
    low, high = min(numbers), max(numbers)
    margin = 0.12 * (high - low) or 0.05 * abs(high) or 1.0
    low, high = low - margin, high + margin
    step = 10 ** math.floor(math.log10((high - low) / TICKS))
    step *= next(times for times in (1, 2, 5, 10) if (high - low) / (times * step) <= TICKS)
    first = math.ceil(low / step)
    ticks = (round(step * number, 9) for number in range(first, math.floor(high / step) + 1))
    return _Scale(low, high, start, end, tuple(ticks))


def _text(text: str, x: float, y: float, kind: str, anchor: str) -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
