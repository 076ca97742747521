"""Put synonyms in the place of words.

Wei and Zou, "EDA: Easy Data Augmentation Techniques for Boosting Performance on Text Classification
Tasks", EMNLP 2019, arXiv:1901.11196, replace a tenth of the words by a synonym of any sense. Here a
word must have one sense (`wherefrom.kb.wordnet_synonyms`): another one would change the label.
"""

import random
import re
from collections.abc import Mapping

from wherefrom.pipeline.edits import Edit

CHANGED_SHARE = 0.1  # of a text's words, at least one
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def synonym_edits(
    text: str, synonyms: Mapping[str, tuple[str, ...]], rng: random.Random
) -> list[Edit]:
    """Return edits that put synonyms in the place of some words of small letters.

    Examples
    --------
    >>> synonym_edits("A sofa is old.", {"sofa": ("couch",)}, random.Random(0))
    [Edit(start=2, end=6, text='couch')]
    """
    words = list(_WORD.finditer(text))
    known = [found for found in words if found.group() in synonyms]
    count = min(len(known), max(1, round(CHANGED_SHARE * len(words))))
    chosen = sorted(rng.sample(known, count), key=lambda found: found.start())
    return [Edit(*found.span(), rng.choice(synonyms[found.group()])) for found in chosen]
