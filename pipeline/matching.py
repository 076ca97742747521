"""Compare what is said with the answers that are right, word by word.

Exact match and F1 are those of SQuAD's evaluation script: Rajpurkar, Zhang, Lopyrev and Liang,
"SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016, arXiv:1606.05250,
section 6.1. Of Chinese and Japanese each character counts as a word, as Cui et al. count ("A
Span-Extraction Dataset for Chinese Machine Reading Comprehension", EMNLP 2019, arXiv:1810.07366).
"""

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence

EXTRA_WORDS = 4  # an answer may say so much more than the one that is known
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_WIDE = re.compile(
    "[\u3000-\u3004\u3008-\u3020\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]"
)
_CHARACTER = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
)


def normalised_words(text: str) -> list[str]:
    """Return the words of an answer without case, punctuation and articles.

    Examples
    --------
    >>> normalised_words("The Eiffel Tower, Paris.")
    ['eiffel', 'tower', 'paris']
    >>> normalised_words("1963年，在河内。")
    ['1963', '年', '在', '河', '内']
    """
    bare = _WIDE.sub(" ", text.lower().translate(_PUNCTUATION))
    return _CHARACTER.sub(r" \g<0> ", _ARTICLES.sub(" ", bare)).split()


def exact_match(said: str, right: Iterable[str]) -> float:
    """Return 1.0 if an answer equals one of the right ones, normalised; else 0.0."""
    words = normalised_words(said)
    return float(any(words == normalised_words(answer) for answer in right))


def word_f1(said: str, right: Iterable[str]) -> float:
    """Return the best F1 of an answer's words against each of the right ones.

    Examples
    --------
    >>> word_f1("the Eiffel Tower in Paris", ["Eiffel Tower"])
    0.6666666666666666
    """
    return max(
        (_f1(normalised_words(said), normalised_words(answer)) for answer in right), default=0.0
    )


def says_the_same(said: str, right: Iterable[str]) -> bool:
    """Tell whether an answer is right: it equals a right one, or holds it with few words more.

    Examples
    --------
    >>> says_the_same("the painter Leonardo da Vinci", ["Leonardo da Vinci"])
    True
    >>> says_the_same("1789 and many other years before and after", ["1789"])
    False
    """
    words = normalised_words(said)
    return any(_holds(words, normalised_words(answer)) for answer in right)


def _holds(words: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    if not size or len(words) > size + EXTRA_WORDS:
        return False
    starts = range(len(words) - size + 1)
    return any(list(words[start : start + size]) == list(wanted) for start in starts)


def _f1(said: Sequence[str], right: Sequence[str]) -> float:
    if not said or not right:
        return float(said == right)
    shared = sum((Counter(said) & Counter(right)).values())
    return 2 * shared / (len(said) + len(right))
