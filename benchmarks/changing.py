"""Change the examples of a task as people and texts vary, so that what it costs can be told.

The ways are those that a recipe's `[augment]` and `[[evaluate]]` know: see
`wherefrom.pipeline.changed_examples`. What one example becomes depends on it alone, but for names
and answers, which are borrowed from the others.
"""

import hashlib
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.judgement_files import CLAIM_LABELS, PAIR_LABELS, TRUTH, TWO_WAY
from wherefrom.benchmarks.task import Task
from wherefrom.kb.errors import UsageError, unknown_value
from wherefrom.kb.wordnet_synonyms import synonyms
from wherefrom.pipeline.changed_examples import change_of
from wherefrom.pipeline.edits import Edit, edited
from wherefrom.pipeline.examples import NOT_ENTAILED, PairExample
from wherefrom.pipeline.negation import denied
from wherefrom.pipeline.squad import SquadQuestion
from wherefrom.pipeline.synonym_edits import synonym_edits
from wherefrom.pipeline.typos import typos

WAYS = {
    "typos": "typing errors",
    "synonyms": "synonyms",
    "negation": "denials",
    "entities": "other names",
    "distractors": "distractor sentences",
}  # and what they are called in sentences
IN_EVIDENCE = ("entities", "distractors")  # ways that change what the file marks
DENIED: Mapping[tuple[str, ...], Mapping[str, str]] = {
    CLAIM_LABELS: {"supported": "refuted", "refuted": "supported", "undecided": "undecided"},
    TRUTH: {"true": "false", "false": "true"},
    PAIR_LABELS: {"entailment": "contradiction", "neutral": "neutral"},
    TWO_WAY: {"entailment": "not_entailment"},
}  # by the labels of a task: what is right of the denial
Changing = Callable[[Example, random.Random], Example | None]


@dataclass(frozen=True, slots=True)
class Change:
    """A way to change examples, with the synonyms that it takes, if any, and their folder."""

    way: str
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wordnet: Path | None = None

    @classmethod
    def of(cls, way: str, wordnet: Path | None = None) -> Self:
        """Make sure that a way is known, and load what it needs.

        Raises
        ------
        UsageError
            If it is unknown, or a WordNet dictionary is named for another way than synonyms, or
            none for them.
        SourceError
            If the folder holds no WordNet dictionary.
        """
        if way not in WAYS:
            raise unknown_value("change", way, WAYS)
        if (way == "synonyms") is (wordnet is None):
            problem = "is needed for" if wordnet is None else "is of use only for"
            raise UsageError(f"a WordNet dictionary (--wordnet) {problem} the change synonyms")
        return cls(way, {} if wordnet is None else synonyms(wordnet), wordnet)

    @property
    def described(self) -> dict[str, str]:
        """Return what a manifest says of it."""
        if not self.words:
            return {"changed": self.way}
        digest = hashlib.sha256(json.dumps(self.words, sort_keys=True).encode()).hexdigest()
        return {"changed": self.way, "synonyms_sha256": digest}

    def apply(self, task: Task, examples: Sequence[Example]) -> list[Example | None]:
        """Return each example's changed copy, None where no rule changes it.

        Raises
        ------
        UsageError
            If none can be changed.
        """
        change = self._changing(task, examples)
        copies = [change(each, random.Random(f"{self.way} {each.id}")) for each in examples]
        if not any(copies):
            raise UsageError(f"{WAYS[self.way]} change no example of {task.name}")
        return copies

    def _changing(self, task: Task, examples: Sequence[Example]) -> Changing:
        match self.way:
            case "typos":
                return lambda one, rng: _retyped(task, one, lambda text: typos(text, rng))
            case "synonyms":
                return lambda one, rng: _retyped(
                    task, one, lambda text: synonym_edits(text, self.words, rng)
                )
            case "negation":
                return lambda one, rng: _denied(task, one)
            case _ if task.shape == "pair" and self.way == "entities":
                pairs = [_pair(each) for each in examples]
                swap = change_of(self.way, pairs)
                return lambda one, rng: _of_pair(one, swap(_pair(one), rng))
            case _:
                asked = [each for each in map(_marked, examples) if each is not None]
                put = change_of(self.way, asked)
                return lambda one, rng: _of_question(one, put, rng)


def arm_name(arm: str, way: str) -> str:
    """Name the arm in which changed examples are shown what `arm` shows."""
    return f"{arm}+{way}"


def part_arm(name: str) -> tuple[str, str]:
    """Return an arm and the way in which its examples are changed, empty where they are not."""
    arm, _, way = name.partition("+")
    return arm, way


def _retyped(
    task: Task, example: Example, editor: Callable[[str], Sequence[Edit]]
) -> Example | None:
    """Edit what is asked, and of a pair its premise; None where nothing changes."""
    text, evidence = edited(example.text, editor(example.text)), example.evidence
    if task.shape == "pair":
        texts = [edited(item.text, editor(item.text)) for item in evidence]
        evidence = tuple(
            replace(item, text=new, end=len(new)) for item, new in zip(evidence, texts, strict=True)
        )
    new = replace(example, text=text, evidence=evidence)
    return None if new == example else new


def _denied(task: Task, example: Example) -> Example | None:
    label = DENIED.get(task.labels, {}).get(example.gold[0]) if example.gold else None
    text = None if label is None else denied(example.text)
    return None if text is None or label is None else replace(example, text=text, gold=(label,))


def _pair(example: Example) -> PairExample:
    return PairExample(" ".join(i.text for i in example.evidence), example.text, NOT_ENTAILED)


def _of_pair(example: Example, new: PairExample | None) -> Example | None:
    if new is None:
        return None
    premise = replace(example.evidence[0], text=new.premise, end=len(new.premise))
    return replace(example, text=new.hypothesis, evidence=(premise,))


def _marked(example: Example) -> SquadQuestion | None:
    """Return a question with its one marked text, in which an answer stands; None of others."""
    if len(example.evidence) != 1 or example.options:
        return None
    (item,) = example.evidence
    places = [(answer, item.text.find(answer)) for answer in example.gold]
    answers = tuple((answer, start) for answer, start in places if start >= 0)
    if not answers:
        return None
    return SquadQuestion(example.id, example.text, item.title, item.text, answers)


def _of_question(
    example: Example,
    change: Callable[[SquadQuestion, random.Random], SquadQuestion | None],
    rng: random.Random,
) -> Example | None:
    asked = _marked(example)
    new = None if asked is None else change(asked, rng)
    if new is None:
        return None
    item = replace(example.evidence[0], title=new.title, text=new.context, end=len(new.context))
    gold = tuple(dict.fromkeys(answer for answer, _ in new.answers))
    return replace(example, text=new.question, gold=gold, evidence=(item,))
