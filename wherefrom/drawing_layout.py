"""Give the boxes of a drawing places where none covers another.

Source: T. Kamada and S. Kawai, "An Algorithm for Drawing General Undirected Graphs", Information
Processing Letters 31, 1989, as networkx has it: boxes lie as far apart as there are lines between
them. Those that still touch are then pushed apart.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wherefrom.drawing import Drawing

Points = NDArray[np.float64]
STRETCH_PIXELS = (
    105.0,
    62.0,
)  # between neighbours, per root of the number of boxes: words are wide
GAP_PIXELS = (14.0, 12.0)  # that is left between boxes
MOST_ROUNDS = 400


def places_of(drawing: Drawing) -> Mapping[str, tuple[float, float]]:
    """Return the place in pixels of the middle of each box; the same for the same drawing."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(drawing.boxes)
    for line in drawing.lines:
        nx.add_path(graph, [line.source, *([line.through] if line.through else []), line.target])
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    found = nx.kamada_kawai_layout(graph)
    names = list(drawing.boxes)
    points = np.array([found[name] for name in names], dtype=np.float64).reshape(-1, 2)
    points *= np.array(STRETCH_PIXELS) * np.sqrt(len(names))
    points = apart(points, np.array([drawing.boxes[name].size for name in names]))
    return {name: (float(x), float(y)) for name, (x, y) in zip(names, points, strict=True)}


def apart(points: Points, sizes: Points) -> Points:
    """Push boxes apart until no two touch, each pair along the way that is shorter.

    Parameters
    ----------
    points, sizes
        (N, 2) the middle, and width and height, of each box in pixels.
    """
    points = points.copy()
    order = np.arange(len(points))
    reach = (sizes[:, None, :] + sizes[None, :, :]) / 2 + np.array(GAP_PIXELS)
    for _ in range(MOST_ROUNDS):
        offsets = points[:, None, :] - points[None, :, :]
        lacking = reach - np.abs(offsets)
        touching = (lacking > 0.01).all(axis=2)
        np.fill_diagonal(touching, val=False)
        if not touching.any():
            break
        across = lacking[..., 0] < lacking[..., 1]
        axis = np.stack([across, ~across], axis=2)
        side = np.sign(offsets)
        later = np.sign(order[:, None] - order[None, :])[..., None]  # for boxes on one another
        side = np.where(side == 0, later, side)
        pushes = np.where(touching[..., None] & axis, side * lacking / 2, 0.0)
        counts = np.maximum(1, (pushes != 0).sum(axis=1))
        points += pushes.sum(axis=1) / np.sqrt(counts)
    return points
