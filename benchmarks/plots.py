"""Draw the plots of a report as SVG: intervals side by side, and curves.

Both axes go from 0 to 1 unless said otherwise. Colours are told apart by lightness too, and every
series is named beside the plot, so that none needs colours to be read.
"""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from wherefrom.pipeline.frontier import unbeaten
from wherefrom.pipeline.reliability import reliability

COLOURS = ("#0b5fa5", "#c8501e", "#3a7d44", "#7a4fa3", "#8a6d0b")
WIDTH, HEIGHT, MARGIN = 360, 240, 46
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)

Points = Sequence[tuple[float, float]]


def bars(values: Mapping[str, tuple[float, float, float]], *, label: str) -> str:
    """Draw a value with its interval for each name.

    Parameters
    ----------
    values
        Of each name the value, and the ends of its interval.
    label
        What is measured.
    """
    step = (WIDTH - MARGIN) / max(1, len(values))
    drawn = []
    for place, (name, (value, low, high)) in enumerate(values.items()):
        centre = MARGIN + step * (place + 0.5)
        left, wide = centre - step * 0.3, step * 0.6
        colour = COLOURS[place % len(COLOURS)]
        top, base = _y(value), _y(0)
        drawn += [
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{base - top:.1f}" '
            f'fill="{colour}" fill-opacity=".75"><title>{escape(name)}: {100 * value:.1f} % '
            f"[{100 * low:.1f}, {100 * high:.1f}]</title></rect>",
            f'<path d="M{centre:.1f} {_y(low):.1f}V{_y(high):.1f}" stroke="#111" '
            'stroke-width="1.5"/>',
            _text(centre, HEIGHT - MARGIN + 16, name, anchor="middle"),
        ]
    return _plot("".join(drawn), label, x_ticks=False)


def curves(series: Mapping[str, Points], *, x: str, y: str, diagonal: bool = False) -> str:
    """Draw a curve for each name.

    Parameters
    ----------
    series
        Of each name its points, from left to right; one without points keeps its colour.
    x, y
        What the axes mean.
    diagonal
        Whether to draw the line on which both are equal.
    """
    drawn = []
    if diagonal:
        drawn.append(
            f'<path d="M{_x(0):.1f} {_y(0):.1f}L{_x(1):.1f} {_y(1):.1f}" stroke="#999" '
            'stroke-dasharray="4 4"/>'
        )
    for place, (name, points) in enumerate(series.items()):
        if not points:
            continue
        colour = COLOURS[place % len(COLOURS)]
        path = "L".join(f"{_x(a):.1f} {_y(b):.1f}" for a, b in points)
        drawn.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [
            f'<circle cx="{_x(a):.1f}" cy="{_y(b):.1f}" r="3" fill="{colour}"><title>'
            f"{escape(name)}: {a:.3f}, {b:.3f}</title></circle>"
            for a, b in points[:: max(1, len(points) // 20)]
        ]
        drawn.append(
            f'<rect x="{MARGIN + 8}" y="{12 + 15 * place}" width="9" height="9" fill="{colour}"/>'
            + _text(MARGIN + 22, 20 + 15 * place, name)
        )
    return _plot("".join(drawn), y, x_label=x)


def frontier(values: Mapping[str, tuple[float, float]], *, label: str) -> str:
    """Draw what quality costs: a point for each name, and a line through those that none beats.

    Parameters
    ----------
    values
        Of each name the seconds of an example, and what was measured.
    label
        What is measured.
    """
    most = max(seconds for seconds, _ in values.values()) or 1.0
    results = {name: {"cost": cost, "value": value} for name, (cost, value) in values.items()}
    best = unbeaten(results, {"cost": False, "value": True})
    places = {name: (_x(cost / most), _y(value)) for name, (cost, value) in values.items()}
    edge = " ".join(f"{x:.1f},{y:.1f}" for x, y in sorted(places[name] for name in best))
    drawn = [f'<polyline class="edge" points="{edge}" fill="none" stroke="#999"/>']
    for number, (name, (x, y)) in enumerate(places.items()):
        cost, value = values[name]
        side, anchor = (-8, "end") if cost > most / 2 else (8, "start")
        drawn.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{COLOURS[number % len(COLOURS)]}">'
            f"<title>{escape(name)}: {1000 * cost:,.0f} ms, {100 * value:.1f} %</title></circle>"
            + _text(x + side, y - 7, name, anchor=anchor)
        )
    unit = f"time of an example / {1000 * most:,.0f} ms"
    return _plot("".join(drawn), label, x_label=unit)


def reliability_points(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> Points:
    """Return, of each bin that is not empty, its mean chance and the share that was right."""
    return [(one.probability, one.right) for one in reliability(chances, right)]


def risk_coverage(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> Points:
    """Return coverage and risk as ever less sure predictions are let in, at 100 places at most."""
    order = np.argsort(-chances, kind="stable")
    risk = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    places = np.unique(np.linspace(0, len(order) - 1, min(100, len(order))).astype(int))
    return [((place + 1) / len(order), float(risk[place])) for place in places.tolist()]


def _plot(inner: str, y: str, *, x_label: str = "", x_ticks: bool = True) -> str:
    lines = "".join(
        f'<path d="M{MARGIN} {_y(tick):.1f}H{WIDTH}" stroke="#ddd"/>'
        + _text(MARGIN - 6, _y(tick) + 4, f"{tick:g}", anchor="end")
        + (_text(_x(tick), HEIGHT - MARGIN + 16, f"{tick:g}", anchor="middle") if x_ticks else "")
        for tick in _TICKS
    )
    titles = _text(MARGIN, HEIGHT - 8, x_label) + (
        f'<text x="{-HEIGHT / 2:.0f}" y="12" transform="rotate(-90)" text-anchor="middle">'
        f"{escape(y)}</text>"
    )
    return (
        f'<svg viewBox="0 0 {WIDTH + 14} {HEIGHT}" role="img" aria-label="{escape(y)}">'
        f"{lines}{inner}{titles}</svg>"
    )


def _text(x: float, y: float, words: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _x(value: float) -> float:
    return MARGIN + value * (WIDTH - MARGIN)


def _y(value: float) -> float:
    return HEIGHT - MARGIN - value * (HEIGHT - MARGIN - 8)
