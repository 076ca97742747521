"""Say which documents a sentence of a draft speaks of where it does not say so itself.

"It was built to protect China." is true of the Great Wall, and wrong as an answer to why the Berlin
Wall was built. A sentence of the evidence stands after its title, so "it" fits whatever article it
is held against. A sentence that begins with a pronoun, or with "the" and a common noun, is held
only against the documents that the question, or what was written before, names.
"""

from collections.abc import Sequence

from wherefrom.kb.name_keys import without_suffix
from wherefrom.kb.words import words

PRONOUNS = frozenset(
    (
        "he she it they we i him her them his its their this that these those there here one both "
        "another such"
    ).split()
)
SMALL_WORDS = frozenset("the a an of and or in on at for to by with from s".split())
LEAST_NAMED = 0.5  # of a title's words, for "Shakespeare" to name William Shakespeare


def spoken_of(sentence: str, context: str, titles: Sequence[str]) -> frozenset[str] | None:
    """Return the titles that a sentence may speak of; None where it may be any.

    Parameters
    ----------
    sentence
        A claim.
    context
        The question, and what was written before the sentence.
    titles
        Of the evidence.

    Returns
    -------
    frozenset[str] or None
        Those whose words the context says most of, if it says half of them; None if there are
        none, or if the sentence says for itself what it speaks of.

    Examples
    --------
    >>> titles = ["Berlin Wall", "Great Wall of China"]
    >>> sorted(spoken_of("It was built to protect China.", "Why the Berlin Wall?", titles))
    ['Berlin Wall']
    >>> spoken_of("The Berlin Wall kept people in.", "Why was the wall built?", titles) is None
    True
    """
    if not _leans_on_context(sentence, titles):
        return None
    said = set(words(context).folded)
    shares = {title: named_share(title, said) for title in titles}
    most = max(shares.values(), default=0.0)
    if most < LEAST_NAMED:
        return None
    return frozenset(title for title, share in shares.items() if share == most)


def named_share(title: str, said: set[str]) -> float:
    """Return how much of a title's words are among those said, without its suffix in brackets."""
    own = set(words(without_suffix(title)).folded)
    own = own - SMALL_WORDS or own
    return len(own & said) / len(own) if own else 0.0


def _leans_on_context(sentence: str, titles: Sequence[str]) -> bool:
    said = words(sentence).folded
    if not said or said[0] in PRONOUNS:
        return bool(said)
    after = sentence.split()[1:2]
    if said[0] != "the" or not after or not after[0][:1].islower():
        return False
    return all(named_share(title, set(said)) < 1 for title in titles)
