"""Say of every place of a text how probable it is that an answer starts or ends there.

That is what a smaller reader learns from a larger one: where else an answer might be, and how sure
it is that there is any (Hinton, Vinyals and Dean, arXiv:1503.02531). Places are code points of the
text, so readers with other tokenizers understand one another.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.pipeline.prompt import NO_OFFSET, Prompt

NOWHERE = -1  # the place of no answer
MOST = 10  # places that are kept
LEAST = 0.005  # probability of a place that is kept
Shares = tuple[tuple[int, float], ...]  # (place, probability), the most probable first


@dataclass(frozen=True, slots=True)
class SpanShares:
    """Where an answer starts, and where it ends (the place after it): NOWHERE is no answer.

    The probabilities of each sum to 1.
    """

    starts: Shares
    ends: Shares


@dataclass(frozen=True, slots=True)
class Window:
    """A prompt that shows a part of a text, and the logits (T,) of its tokens."""

    prompt: Prompt
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]


def shares_of(windows: Sequence[Window]) -> SpanShares:
    """Return the probabilities of the places of one text, of which windows show all parts.

    In each window a logit counts less that of no answer there, so those of windows compare.
    """
    return SpanShares(
        _shares([(each.prompt, each.prompt.starts, each.starts) for each in windows]),
        _shares([(each.prompt, each.prompt.ends, each.ends) for each in windows]),
    )


def mean_shares(found: Sequence[SpanShares]) -> SpanShares:
    """Return the mean of what several readers say of one text.

    Examples
    --------
    >>> one, other = (SpanShares(((place, 1.0),), ((9, 1.0),)) for place in (4, NOWHERE))
    >>> mean_shares([one, other])
    SpanShares(starts=((-1, 0.5), (4, 0.5)), ends=((9, 1.0),))
    """
    if len(found) == 1:
        return found[0]
    return SpanShares(_mean([each.starts for each in found]), _mean([each.ends for each in found]))


def on_tokens(shares: SpanShares, prompt: Prompt) -> tuple[Shares, Shares]:
    """Put starts and ends on a prompt's tokens; the first token is that of no answer.

    It also gets what is not in the part of the text that the prompt shows.
    """
    ends = [(place if place == NOWHERE else place - 1, share) for place, share in shares.ends]
    return _placed(shares.starts, prompt), _placed(ends, prompt)


def _shares(
    windows: Sequence[tuple[Prompt, NDArray[np.int32], NDArray[np.float32]]],
) -> Shares:
    """Return the probabilities of places; one that two windows show has the larger logit."""
    places, logits = [np.array([NOWHERE])], [np.zeros(1)]
    for prompt, shown, said in windows:
        inside = np.flatnonzero(prompt.starts != NO_OFFSET)
        places.append(shown[inside])
        logits.append(said[inside].astype(np.float64) - said[0])
    named, values = np.concatenate(places), np.concatenate(logits)
    if len(windows) > 1:
        order = np.lexsort((-values, named))
        named, first = np.unique(named[order], return_index=True)
        values = values[order][first]
    odds = np.exp(values - values.max())
    chances = odds / odds.sum()
    best = np.argsort(-chances, kind="stable")[:MOST]
    kept = best[chances[best] >= LEAST]
    if not len(kept):  # all are alike
        kept = best
    shares = np.round(chances[kept] / chances[kept].sum(), 4)
    return tuple(zip(named[kept].tolist(), shares.tolist(), strict=True))


def _mean(found: Sequence[Shares]) -> Shares:
    sums: dict[int, float] = defaultdict(float)
    for shares in found:
        for place, share in shares:
            sums[place] += share / len(found)
    return tuple(sorted(sums.items(), key=lambda one: (-one[1], one[0])))


def _placed(shares: Sequence[tuple[int, float]], prompt: Prompt) -> Shares:
    inside = np.flatnonzero(prompt.starts != NO_OFFSET)
    starts, ends = prompt.starts[inside], prompt.ends[inside]
    tokens: dict[int, float] = defaultdict(float)
    for place, share in shares:
        at = int(np.searchsorted(starts, place, side="right")) - 1
        shown = place != NOWHERE and at >= 0 and place < ends[at]
        tokens[int(inside[at]) if shown else 0] += share
    return tuple(tokens.items())
