"""Cut documents into passages: whole sentences up to a length, with overlap, as exact slices.

A word is what stands between spaces; in scripts written without spaces each Chinese character or
kana counts as one (tokenisers make about one token of each) and four letters of Thai, Lao, Khmer
or Burmese. A run of other characters counts one word for every 32, so that no passage grows
without bound on text that has no spaces.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wherefrom.kb.errors import UsageError
from wherefrom.kb.records import Document, Passage
from wherefrom.kb.sentences import split_sentences

# Kana, ideographs with their extensions, full-width punctuation; Hangul is written with spaces.
_CJK = "\u3000-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_CJK += "\U0001b000-\U0001b16f\U00020000-\U000323af"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
WORD = re.compile(rf"[{_CJK}]|[{_UNSPACED}]{{1,4}}|[^\s{_CJK}{_UNSPACED}]{{1,32}}")
_CLAUSE_END = ",;:—–)]、，；：）」』"


@dataclass(frozen=True, slots=True)
class PassageRules:
    """How long passages are and how far they overlap.

    Parameters
    ----------
    max_words
        No passage has more words than this; at least 1. A longer sentence is cut.
    overlap_sentences
        A passage begins with as many of the last sentences of the passage before it, as far as
        they leave room for a new one; at least 0.
    """

    max_words: int = 100
    overlap_sentences: int = 1

    def __post_init__(self) -> None:
        if self.max_words < 1:
            raise UsageError(f"max_words must be at least 1, got {self.max_words}")
        if self.overlap_sentences < 0:
            raise UsageError(f"overlap_sentences must be at least 0, got {self.overlap_sentences}")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, or a piece of one that is too long, with its number of words."""

    start: int
    end: int
    words: int


def cut_passages(document: Document, rules: PassageRules = PassageRules()) -> list[Passage]:
    """Cut a document into passages, in order.

    Returns
    -------
    list[Passage]
        Passages whose text is the slice of the document's text from `start` to `end`; together
        they hold every character that is not white space. Empty for a text of white space.

    Examples
    --------
    >>> document = Document("a", "A", "One two three. Four five. Six.")
    >>> for passage in cut_passages(document, PassageRules(max_words=5)):
    ...     print(passage.id, passage.start, passage.end, passage.text)
    a#0 0 25 One two three. Four five.
    a#1 15 30 Four five. Six.
    """
    units = [
        unit
        for start, end in split_sentences(document.text)
        for unit in _units(document.text, start, end, max_words=rules.max_words)
    ]
    return [
        Passage(
            id=f"{document.id}#{ordinal}",
            document_id=document.id,
            title=document.title,
            text=document.text[start:end],
            start=start,
            end=end,
            source=document.source,
            url=document.url,
        )
        for ordinal, (start, end) in enumerate(_packed(units, rules))
    ]


def count_words(text: str) -> int:
    """Count the words of a text as passages count them.

    Examples
    --------
    >>> count_words("Lothair II ruled."), count_words("我是学生。")
    (3, 5)
    """
    return len(WORD.findall(text))


def _packed(units: list[_Unit], rules: PassageRules) -> Iterator[tuple[int, int]]:
    first = 0  # the passage being filled holds units[first:next_unit], of `words` words
    words = 0
    for next_unit, unit in enumerate(units):
        if words + unit.words > rules.max_words:
            yield units[first].start, units[next_unit - 1].end
            earliest = max(first + 1, next_unit - rules.overlap_sentences)
            first, words = next_unit, 0
            while first > earliest and (
                words + units[first - 1].words + unit.words <= rules.max_words
            ):
                first -= 1
                words += units[first].words
        words += unit.words
    if units:
        yield units[first].start, units[-1].end


def _units(text: str, start: int, end: int, *, max_words: int) -> Iterator[_Unit]:
    """Yield a sentence whole, or in pieces of at most `max_words` words."""
    sentence = text[start:end]
    words = [match.end() for match in WORD.finditer(sentence)]
    done = 0  # words already given out
    begin = 0
    while len(words) - done > max_words:
        cut = _clause_cut(sentence, words, done, max_words=max_words)
        yield _Unit(start + begin, start + words[cut - 1], cut - done)
        begin = words[cut - 1]
        begin += len(sentence[begin:]) - len(sentence[begin:].lstrip())
        done = cut
    yield _Unit(start + begin, end, len(words) - done)


def _clause_cut(sentence: str, words: list[int], done: int, *, max_words: int) -> int:
    """Return after how many words to cut: at the end of a clause, else at the limit."""
    limit = done + max_words
    for count in range(limit, done + max_words // 2, -1):
        if sentence[words[count - 1] - 1] in _CLAUSE_END:
            return count
    return limit
