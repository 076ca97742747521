"""Read from a WordNet dictionary which words say the same, where nothing else can be meant.

Source: Fellbaum (ed.), "WordNet: An Electronic Lexical Database", MIT Press 1998; the lines of its
data files are described in wndb(5WN), https://wordnet.princeton.edu/documentation/wndb5wn.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from wherefrom.kb.errors import RecordError
from wherefrom.kb.found import Place
from wherefrom.kb.opening import read_lines
from wherefrom.kb.wordnet_dictionary import PARTS, check_folder

_ADVERB = "r"
_WORD = re.compile(r"[a-z]{4,}")
_MAY_BE_INFLECTED = re.compile(r"(?:ing|ed|[^s]s)$")  # a form of a word that may have other senses
_GRAMMAR = frozenset(  # words that stand in the dictionary as nouns, and are used as others
    (
        "while might must will whatever whichever whoever someone somebody something anyone "
        "anybody anything everyone everybody everything nobody nothing none this that with"
    ).split()
)
_VOWELS = "aeiou"


def synonyms(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the synonyms of each word that has one sense, over all parts of speech.

    Words and synonyms are of small letters without a space, as they stand in the dictionary: a noun
    in the singular, a verb in the present, an adjective; adverbs are left out, for "not" and "but"
    are among them. A synonym begins with a vowel where the word does, so that the article before it
    stays right.

    Raises
    ------
    SourceError
        If the folder or one of its files is missing.
    RecordError
        If the line of a synset does not name its words.
    """
    check_folder(folder)
    senses: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for pos, lemmas in _synsets(folder):
        for lemma in lemmas:
            senses[lemma.lower()].append(() if pos == _ADVERB else lemmas)
    found = {
        word: _like(word, *lemmas)
        for word, lemmas in senses.items()
        if len(lemmas) == 1 and _usable(word)
    }
    return {word: others for word, others in found.items() if others}


def _synsets(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the part of speech and the words of each synset."""
    for pos, part in PARTS.items():
        file = folder / f"data.{part}"
        for number, line in read_lines(file):
            if line[:1].isspace():  # the licence at the head is set in
                continue
            try:
                fields = line.decode("utf-8").split()
                count = int(fields[3], 16)
                lemmas = tuple(lemma.partition("(")[0] for lemma in fields[4 : 4 + 2 * count : 2])
                if not 0 < count == len(lemmas):
                    raise ValueError("the line ends early")
            except (ValueError, IndexError) as error:
                raise RecordError(
                    f"{Place(str(file), f'line {number}')}: the words of its synset cannot be "
                    f"read: {error}"
                ) from error
            yield pos, lemmas


def _like(word: str, lemmas: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        other
        for other in lemmas
        if other != word and _usable(other) and (other[0] in _VOWELS) == (word[0] in _VOWELS)
    )


def _usable(word: str) -> bool:
    known = _WORD.fullmatch(word) and not _MAY_BE_INFLECTED.search(word)
    return bool(known) and word not in _GRAMMAR
