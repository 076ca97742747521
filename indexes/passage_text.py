"""What the indexes are given of a passage: the one place where title and text are joined.

Chosen on development data (docs/decisions): NFCorpus's dev qrels and the tuning pools of HotpotQA
and MuSiQue.
"""

from wherefrom.kb.records import Passage

TITLE_COUNT = 2  # how often a word of the title counts among the terms of a passage


def passage_text(passage: Passage) -> str:
    """Join the title and the text of a passage for the encoder.

    Examples
    --------
    >>> passage_text(Passage("a#0", "a", "Paris", "It is a city.", 0, 13))
    'Paris. It is a city.'
    """
    return f"{passage.title}. {passage.text}" if passage.title else passage.text


def counted_text(passage: Passage) -> str:
    """Join the title, as often as it counts, and the text of a passage for the sparse index.

    Examples
    --------
    >>> counted_text(Passage("a#0", "a", "Paris", "It is a city.", 0, 13))
    'Paris. Paris. It is a city.'
    """
    return f"{passage.title}. " * TITLE_COUNT + passage.text if passage.title else passage.text
