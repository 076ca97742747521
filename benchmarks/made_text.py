"""Make as many passages as a measurement needs, by drawing from real articles."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from wherefrom.kb.passages import count_words
from wherefrom.kb.source import read_source

SHORTEST_WORDS, LONGEST_WORDS = 98, 100  # a passage holds at most 100, so each document is one
SENTENCE_WORDS = 14
PUNCTUATION = ".!?;:()[]\"'"


def made_documents(source: str, count: int, *, seed: int = 0) -> Iterator[dict[str, str]]:
    """Yield documents of 98 to 100 words, each of which becomes one passage, a rare one two.

    A document is sentences of 14 words at most; each sentence is a run of words that stand together
    somewhere in the articles of `source`. The first word is a number of its own, so that the
    vocabulary grows with the number of documents, as that of real text does.
    """
    written = (word for document in read_source(source) for word in document.text.split())
    words = [word for text in written if count_words(word := text.strip(PUNCTUATION)) == 1]
    random = np.random.default_rng(seed)
    for number in range(count):
        left = int(random.integers(SHORTEST_WORDS, LONGEST_WORDS + 1)) - 1
        sentences = []
        while left:
            size = min(left, SENTENCE_WORDS)
            start = int(random.integers(0, max(1, len(words) - size)))
            run = " ".join(words[start : start + size])
            sentences.append(f"{run[0].upper()}{run[1:]}.")
            left -= size
        text = f"Number{number} {' '.join(sentences)}"
        yield {"id": f"d{number}", "title": f"Document {number}", "text": text}


def write_made_documents(file: Path, source: str, count: int, *, seed: int = 0) -> None:
    """Write them as JSON lines, one at a time."""
    with file.open("w", encoding="utf-8") as lines:
        for document in made_documents(source, count, seed=seed):
            lines.write(json.dumps(document, ensure_ascii=False) + "\n")
