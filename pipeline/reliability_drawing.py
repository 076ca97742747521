"""Draw how often a reader was right by how sure it was, as SVG: one diagram for each file.

Niculescu-Mizil and Caruana, "Predicting Good Probabilities with Supervised Learning", ICML 2005: on
the diagonal probabilities mean what they say. Below each diagram stands how many predictions each
bin holds.
"""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from wherefrom.kb.durable import write_file
from wherefrom.pipeline.reliability import Bin

RELIABILITY = "reliability.svg"
SIDE, COUNTS, MARGIN = 260, 60, 56  # pixels: of a diagram, of the counts below it, around both
_STYLE = """
text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: #1b2733; }
.frame { fill: none; stroke: #5c6b7a; } .ideal { stroke: #5c6b7a; stroke-dasharray: 4 4; }
.right { fill: #9cc1ea; stroke: #1f5a99; } .count { fill: #d6dbe0; stroke: #5c6b7a; }
.mean { fill: #b3261e; }
""".strip()


def write_reliability(folder: Path, diagrams: Mapping[str, Sequence[Bin]]) -> None:
    """Write reliability.svg into a reader's folder; where there is no diagram, remove it.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    if diagrams:
        write_file(folder / RELIABILITY, reliability_svg(diagrams).encode("utf-8"))
    else:
        (folder / RELIABILITY).unlink(missing_ok=True)


def reliability_svg(diagrams: Mapping[str, Sequence[Bin]]) -> str:
    """Return one picture of the diagrams, side by side, each under its name.

    A bar is as high as the share that was right, and stands on its bin; the dot is at the mean
    probability of the bin.
    """
    width = len(diagrams) * (SIDE + MARGIN) + MARGIN
    height = SIDE + COUNTS + 3 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, (name, bins) in enumerate(diagrams.items()):
        left = MARGIN + number * (SIDE + MARGIN)
        parts.append(f'<g transform="translate({left} {MARGIN})">{_diagram(name, bins)}</g>')
    return "\n".join([*parts, "</svg>\n"])


def _diagram(name: str, bins: Sequence[Bin]) -> str:
    most = max(one.n for one in bins)
    total = sum(one.n for one in bins)
    parts = [
        f'<text x="0" y="-14">{escape(name)} (n = {total:,})</text>',
        *(_bar(one, most) for one in bins),
        f'<rect class="frame" width="{SIDE}" height="{SIDE}"/>',
        f'<path class="ideal" d="M0 {SIDE}L{SIDE} 0"/>',
        f'<rect class="frame" y="{SIDE + 18}" width="{SIDE}" height="{COUNTS}"/>',
        f'<text x="{SIDE / 2}" y="{SIDE + COUNTS + 36}" text-anchor="middle">probability</text>',
        f'<text transform="translate(-8 {SIDE / 2}) rotate(-90)" text-anchor="middle">right</text>',
        f'<text x="-4" y="{SIDE + 30}" text-anchor="end">{most:,}</text>',
    ]
    for share in (0.0, 0.5, 1.0):
        x, y = SIDE * share, SIDE * (1 - share)
        parts.append(f'<text x="{x}" y="{SIDE + 14}" text-anchor="middle">{share:g}</text>')
        parts.append(f'<text x="-4" y="{y + 4}" text-anchor="end">{share:g}</text>')
    return "\n".join(parts)


def _bar(one: Bin, most: int) -> str:
    left, width = SIDE * one.low, SIDE * (one.high - one.low)
    right, count = SIDE * one.right, COUNTS * one.n / most
    return (
        f'<rect class="right" x="{left:.2f}" y="{SIDE - right:.2f}" width="{width:.2f}" '
        f'height="{right:.2f}"><title>{one.low:.2f} to {one.high:.2f}: {one.n:,}, right '
        f"{one.right:.1%}, mean probability {one.probability:.1%}</title></rect>"
        f'<circle class="mean" cx="{SIDE * one.probability:.2f}" cy="{SIDE - right:.2f}" r="3"/>'
        f'<rect class="count" x="{left:.2f}" y="{SIDE + 18 + COUNTS - count:.2f}" '
        f'width="{width:.2f}" height="{count:.2f}"/>'
    )
