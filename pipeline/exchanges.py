"""Make inference pairs without labels: premises with the hypotheses of premises about like things.

A teacher labels them (`wherefrom.pipeline.teacher`), as Hinton, Vinyals and Dean, "Distilling the
Knowledge in a Neural Network", 2015, arXiv:1503.02531, propose for unlabelled examples. Premises
are alike by BM25, so that most of the pairs are not settled by a glance.
"""

import random
from collections import defaultdict
from collections.abc import Sequence

from wherefrom.pipeline.examples import TAUGHT, PairExample

NEAR = 8  # premises, nearest first, that a premise's new hypotheses are drawn from


def exchanged(pairs: Sequence[PairExample], count: int, rng: random.Random) -> list[PairExample]:
    """Return, for each pair, up to `count` more of its premise with hypotheses of like premises.

    No pair comes twice, and none that is among `pairs`.
    """
    hypotheses: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        hypotheses[pair.premise].append(pair.hypothesis)
    if not count or len(hypotheses) < 2:
        return []
    premises = list(hypotheses)
    made: list[PairExample] = []
    for premise, near in zip(premises, _near(premises), strict=True):
        own = set(hypotheses[premise])
        others = {text for place in near for text in hypotheses[premises[place]]} - own
        wanted = min(count * len(hypotheses[premise]), len(others))
        chosen = rng.sample(sorted(others), wanted)
        made.extend(PairExample(premise, hypothesis, TAUGHT) for hypothesis in chosen)
    return made


def _near(premises: Sequence[str]) -> list[list[int]]:
    """Return the places of each premise's nearest others, itself left out."""
    import bm25s

    words = bm25s.tokenize(list(premises), stopwords="en", show_progress=False)
    if not any(len(row) for row in words.ids):  # of small words alone all are alike
        places = range(len(premises))
        return [[other for other in places if other != place][:NEAR] for place in places]
    index = bm25s.BM25()
    index.index(words, show_progress=False)
    found, _ = index.retrieve(words, k=min(NEAR + 1, len(premises)), show_progress=False)
    return [
        [int(place) for place in row if place != number][:NEAR] for number, row in enumerate(found)
    ]
