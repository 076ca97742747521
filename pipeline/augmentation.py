"""Add changed copies of drawn examples, so that a reader learns what does not change an answer.

Each way to change them draws from a generator of its own, made from the recipe's seed, so that one
way more changes nothing of the others. Where no rule fits an example, no copy is made of it.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self, TypeVar

from wherefrom.kb.progress import Progress
from wherefrom.kb.wordnet_synonyms import synonyms
from wherefrom.pipeline.augment_table import WAYS, Augment
from wherefrom.pipeline.back_translation import BackTranslator, Translator
from wherefrom.pipeline.changed_examples import DENIED, Changing, change_of, texts_of
from wherefrom.pipeline.edits import rewritten
from wherefrom.pipeline.examples import (
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)
from wherefrom.pipeline.synonym_edits import synonym_edits

TRANSLATIONS = "translations"  # the folder, beside the checkpoints, of what was translated
Kind = TypeVar("Kind", SpanExample, PairExample, ChoiceExample, ClaimExample, TextExample)
SHORTEST = (
    0.5  # of a text's length; what comes back shorter, or longer by as much, says less or more
)
_TASKS: Mapping[type, str] = {
    SpanExample: "spans",
    PairExample: "pairs",
    ClaimExample: "claims",
    TextExample: "texts",
}


@dataclass(frozen=True, slots=True)
class Augmenter:
    """Makes the changed copies that a recipe wants; `counts` says how many of each way."""

    augment: Augment
    seed: int
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    translator: BackTranslator | None = None
    fits: Callable[[str], bool] = lambda question: True
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(
        cls,
        augment: Augment,
        seed: int,
        folder: Path,
        *,
        fits: Callable[[str], bool] = lambda question: True,
    ) -> Self:
        """Load what the ways need.

        Parameters
        ----------
        augment, seed
            What the recipe wants.
        folder
            Translations are kept in a folder within it.
        fits
            Tells whether the reader takes a question; a copy whose question has become too long is
            left out.

        Raises
        ------
        SourceError
            If the folder of WordNet is none.
        ModelError
            If a translation model cannot be loaded.
        """
        words = synonyms(Path(augment.wordnet)) if augment.synonyms else {}
        translator = None
        if augment.back_translation:
            there, back = (Translator.open(reference) for reference in augment.translators)
            translator = BackTranslator(there, back, folder / TRANSLATIONS)
        return cls(augment, seed, words, translator, fits)

    def more(self, examples: Sequence[Kind], *, progress: Progress | None = None) -> list[Kind]:
        """Return changed copies of examples of one task, and count them; of choices none."""
        task = _TASKS.get(type(examples[0])) if examples else None
        made: list[Kind] = []
        for way in WAYS:
            share = getattr(self.augment, way)
            if not share or task is None or task not in WAYS[way]:
                continue
            rng = random.Random(f"{self.seed} {way} {task}")
            usable = [each for each in examples if way != "negation" or _deniable(each)]
            chosen = rng.sample(usable, round(share * len(usable)))
            change = self._change(way, chosen, examples, progress)
            changed = [copy for each in chosen if (copy := change(each, rng)) is not None]
            copies = [copy for copy in changed if self._is_short(copy)]
            self.counts[f"augmented_{way}"] += len(copies)
            made.extend(copies)
        return made

    def _is_short(self, example: Kind) -> bool:
        return not isinstance(example, SpanExample) or self.fits(example.question)

    def _change(
        self,
        way: str,
        chosen: Sequence[Any],
        examples: Sequence[Any],
        progress: Progress | None,
    ) -> Changing:
        match way:
            case "synonyms":
                return lambda one, rng: rewritten(
                    one, lambda text: synonym_edits(text, self.synonyms, rng)
                )
            case "back_translation" if self.translator:
                said = [text for each in chosen for text in _translated(each)]
                again = self.translator.say_again(said, progress=progress)
                return lambda one, rng: _said_again(one, again)
            case _:
                return change_of(way, chosen if way == "entities" else examples)


def _deniable(example: Any) -> bool:
    return isinstance(example, PairExample) and example.label in DENIED


def _translated(example: Any) -> tuple[str, ...]:
    """Return what of an example is translated: no passage, for its answer must stay in it."""
    return (example.question,) if isinstance(example, SpanExample) else texts_of(example)


def _said_again(example: Any, again: Mapping[str, str]) -> Any:
    """Return an example in the words that came back; None where none is another."""

    def said(text: str) -> str:
        back = again.get(text, "")
        share = len(back) / max(1, len(text))
        return back if SHORTEST <= share <= 1 / SHORTEST else text

    match example:
        case SpanExample():
            new: Any = replace(example, question=said(example.question))
        case PairExample():
            new = PairExample(said(example.premise), said(example.hypothesis), example.label)
        case ClaimExample():
            new = replace(example, claim=said(example.claim))
        case _:
            new = replace(example, text=said(example.text))
    return None if new == example else new
