"""Personalised PageRank: where a walk from some nodes is found, if it keeps going home.

Source: L. Page, S. Brin, R. Motwani and T. Winograd, "The PageRank Citation Ranking: Bringing
Order to the Web", Stanford 1999, sections 2.4 and 6. At a node without a way out the walk goes
home, as in `networkx.pagerank`, whose results these are.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.errors import UsageError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Weights = NDArray[np.float64]
Nodes = NDArray[np.int64]
MOST_STEPS = 1_000


@dataclass(frozen=True, slots=True)
class Transitions:
    """The chances of a step between N nodes.

    `incoming` is (N, N): row j holds the chances of coming to j from every node. `stuck` (N,) is
    true for nodes without a way out.
    """

    incoming: "csr_array"
    stuck: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.stuck)


def transitions(weights: "csr_array") -> Transitions:
    """Make chances of weights.

    Parameters
    ----------
    weights
        (N, N), at least 0: entry (i, j) is the weight of the edge from i to j.
    """
    from scipy.sparse import csr_array, diags_array

    totals = np.asarray(weights.sum(axis=1), dtype=np.float64).ravel()
    stuck = totals <= 0
    shares = diags_array(1.0 / np.where(stuck, 1.0, totals))
    return Transitions(csr_array((shares @ weights).T), stuck)


def walk(
    graph: Transitions,
    home: Weights,
    *,
    restart: float,
    tolerance: float = 1e-8,
    leaving: "tuple[Nodes, csr_array] | None" = None,
) -> Weights:
    """Return how often the walk is at each node.

    Parameters
    ----------
    graph
        The chances of each step.
    home
        (N,) weights, at least 0, of the nodes where the walk starts and where it goes back to.
    restart
        The chance of going home before each step, above 0 and at most 1; 1 less the damping factor.
    tolerance
        The walk ends when a step changes the result by less than this, as the sum over all nodes.
    leaving
        Nodes (R,) and rows (R, N): for this walk alone, these are the weights of their edges.

    Returns
    -------
    ndarray
        (N,), of sum 1.

    Raises
    ------
    UsageError
        If `restart` is out of range, or no node has a weight in `home`.
    """
    if not 0 < restart <= 1:
        raise UsageError(f"restart must be above 0 and at most 1, got {restart!r}")
    total = float(home.sum())
    if not total > 0 or bool((home < 0).any()):
        raise UsageError("a walk needs at least one node to start from, with a weight above 0")
    home = home / total
    stuck, incoming = graph.stuck, graph.incoming
    own = None
    if leaving is not None and len(leaving[0]):
        nodes, rows = leaving
        own = transitions_of_rows(rows)
        stuck = stuck.copy()
        stuck[nodes] = own[1]
    places = np.flatnonzero(stuck)
    found = home
    for _ in range(MOST_STEPS):
        if own is None:
            moved = incoming @ found
        else:
            rest = found.copy()
            rest[nodes] = 0.0
            moved = incoming @ rest + own[0] @ found[nodes]
        lost = float(found[places].sum()) if len(places) else 0.0
        after = (1 - restart) * moved + ((1 - restart) * lost + restart) * home
        change = float(np.abs(after - found).sum())
        found = after
        if change < tolerance:
            break
    return found


def transitions_of_rows(rows: "csr_array") -> "tuple[csr_array, NDArray[np.bool_]]":
    """Make chances of rows of weights (R, N): incoming (N, R), and which have no way out (R,)."""
    from scipy.sparse import csr_array, diags_array

    totals = np.asarray(rows.sum(axis=1), dtype=np.float64).ravel()
    stuck = totals <= 0
    return csr_array((diags_array(1.0 / np.where(stuck, 1.0, totals)) @ rows).T), stuck
