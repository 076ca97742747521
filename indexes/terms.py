"""Cut text into the terms that the sparse index counts.

Words are Unicode-normalised (NFKC), case-folded, stripped of accents and stemmed by Snowball's
English stemmer. Chinese, Japanese and Korean runs have no spaces to cut at; they become overlapping
pairs of characters, as Lucene's CJKBigramFilter does.

Stop words are counted in passages and left out of queries. "Who are The Who?" is made of nothing
else; then they are all that there is to search for, and the index has them.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

CJK = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
WORD = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
CJK_START = re.compile(f"[{CJK}]")
ENDING = re.compile("['’](?:s|t|d|m|ll|re|ve)\\b")  # of a possessive or a contraction
ACCENTS = re.compile("[\u0300-\u036f]+")  # combining marks of Latin, Greek, Cyrillic; not kana's


def cut_terms(text: str) -> list[str]:
    """Cut a text into stemmed terms, in order, repeated as often as they occur.

    Examples
    --------
    >>> cut_terms("Who painted the Café Terraces?")
    ['who', 'paint', 'the', 'cafe', 'terrac']
    >>> cut_terms("東京都 2020")
    ['東京', '京都', '2020']
    """
    return [term for word in cut_words(text) for term in word_terms(word)]


def cut_query(text: str) -> list[str]:
    """Cut a question into terms, without stop words unless it has nothing else.

    Examples
    --------
    >>> cut_query("Who painted the Café Terraces?")
    ['paint', 'cafe', 'terrac']
    >>> cut_query("Who are The Who?")
    ['who', 'are', 'the', 'who']
    """
    words = cut_words(text)
    telling = [word for word in words if word not in _stop_words()]
    return [term for word in telling or words for term in word_terms(word)]


def cut_words(text: str) -> list[str]:
    """Cut a text into normalised words and runs of CJK characters, neither stemmed nor paired."""
    if text.isascii():
        text = text.lower()
    else:
        folded = unicodedata.normalize("NFKC", text).casefold()
        plain = ACCENTS.sub("", unicodedata.normalize("NFD", folded))
        text = unicodedata.normalize("NFC", plain)
    return WORD.findall(ENDING.sub("", text))


def word_terms(word: str) -> tuple[str, ...]:
    """Make the terms of one word of `cut_words`: its stem, or the pairs of a CJK run."""
    if word.isascii() or not CJK_START.match(word):
        return (_stem(word),)
    if len(word) == 1:
        return (word,)
    return tuple(word[at : at + 2] for at in range(len(word) - 1))


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english", 0)  # no cache of its own: words are cached above


@cache
def _stop_words() -> frozenset[str]:
    """Return the longer of bm25s's English lists, without what is left of cut contractions.

    Those pieces mean something where they stand alone, as in vitamin D, Yo-Yo Ma or O. Henry.
    """
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    words = {part for word in STOPWORDS_EN_PLUS for part in cut_words(word)}
    return frozenset(words - {"d", "ll", "m", "ma", "o", "re", "s", "t", "ve", "y"})
