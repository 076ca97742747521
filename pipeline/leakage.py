"""Find training examples that stand in an evaluation file too: what is measured on them is false.

Examples are the same when they say the same but for case, punctuation and white space; labels and
titles do not count. Compare Lewis, Stenetorp and Riedel, "Question and Answer Test-Train Overlap in
Open-Domain Question Answering Datasets", EACL 2021, arXiv:2008.02637.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.claims import read_claims, read_yes_no
from wherefrom.pipeline.data_file import data_file
from wherefrom.pipeline.examples import (
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.inference_pairs import read_pairs
from wherefrom.pipeline.labelled_texts import read_texts
from wherefrom.pipeline.multiple_choice import as_example, read_choices
from wherefrom.pipeline.sources import Evaluation
from wherefrom.pipeline.squad import read_squad

LEAKS = ("refuse", "drop")  # what a recipe may want of them
Learnt = SpanExample | PairExample | ChoiceExample | ClaimExample | TextExample
Kind = TypeVar("Kind", SpanExample, PairExample, ChoiceExample, ClaimExample, TextExample)
_BETWEEN_WORDS = re.compile(r"\W+")
_SHOWN = 60


def evaluated(evaluations: Iterable[Evaluation], data: Path) -> dict[str, str]:
    """Return, for the content of each example of the evaluation files, the file that it is in."""
    return {
        content(example): entry.file
        for entry in evaluations
        for example in _examples(entry, data_file(data, entry.file))
    }


def without_leaks(
    examples: Sequence[Kind], known: Mapping[str, str], leaks: str
) -> tuple[list[Kind], int]:
    """Return the examples that are in no evaluation file, and how many others there were.

    Parameters
    ----------
    examples
        Of one task.
    known
        As `evaluated` returns it.
    leaks
        ``drop`` leaves them out; ``refuse`` stops.

    Raises
    ------
    UsageError
        If there are any and `leaks` is ``refuse``; the files and the first one are named.
    """
    files = [known.get(content(example), "") for example in examples] if known else []
    if not any(files):
        return list(examples), 0
    found = Counter(file for file in files if file)
    if leaks == "refuse":
        place = next(number for number, file in enumerate(files) if file)
        counts = ", ".join(f"{count} in {file}" for file, count in found.items())
        raise UsageError(
            f"of {len(examples):,} training examples some stand in evaluation files too: {counts} "
            f"(the first begins {_beginning(examples[place])!r}); take other files, or leave them "
            'out with leaks = "drop"'
        )
    kept = [example for example, file in zip(examples, files, strict=True) if not file]
    return kept, found.total()


def content(example: Learnt) -> str:
    """Return what makes an example the same as another: its words without case and punctuation.

    Examples
    --------
    >>> content(PairExample("A man, asleep.", "He sleeps", 0))
    'a man asleep | he sleeps'
    """
    return " | ".join(bare_words(text) for text in _parts(example))


def bare_words(text: str) -> str:
    """Return the words of a text without case and punctuation.

    Examples
    --------
    >>> bare_words("Who, then, was Ada?")
    'who then was ada'
    """
    return _BETWEEN_WORDS.sub(" ", text.lower()).strip()


def _parts(example: Learnt) -> tuple[str, ...]:
    match example:
        case SpanExample():
            return (example.question, example.text)
        case PairExample():
            return (example.premise, example.hypothesis)
        case ChoiceExample():
            return tuple(sorted(example.statements))
        case ClaimExample():
            return (example.claim,)
        case TextExample():
            return (example.text,)


def _beginning(example: Learnt) -> str:
    return _parts(example)[0][:_SHOWN]


def _examples(entry: Evaluation, file: Path) -> Iterable[Learnt]:
    match entry.task:
        case "spans" | "answerable":
            return (SpanExample(q.question, "", q.context, -1, -1) for q in read_squad(file))
        case "pairs":
            return (pair for _, pair in read_pairs(file))
        case "yes_no":
            return read_yes_no(file)
        case "choices":
            return (as_example(question) for question in read_choices(file))
        case "claims":
            return read_claims(file)
        case _:
            return read_texts(file)
