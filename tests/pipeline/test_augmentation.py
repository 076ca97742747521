"""Test changed copies of drawn examples."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wherefrom.kb.errors import SourceError
from wherefrom.pipeline import back_translation
from wherefrom.pipeline.augment_table import WAYS, Augment
from wherefrom.pipeline.augmentation import SHORTEST, TRANSLATIONS, Augmenter
from wherefrom.pipeline.examples import (
    ENTAILMENT,
    TAUGHT,
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
    TextExample,
)

FIRST = "Max Paul Ada Marie Emmy Kurt Alan Rosa Ivan Nora".split()
LAST = "Ernst Klee Byron Curie Noether Bohr Turing Parks Pavlov Ibsen".split()
NAMES = [
    f"{first} {last}" for first, last in zip(FIRST * 2, LAST + LAST[1:] + LAST[:1], strict=True)
]
ANSWERS = [f"the brown tower {letter}" for letter in "abcdefghijklmnopqrst"]
TEXTS_OF = [
    f"The clever {name} built {answer}." for name, answer in zip(NAMES, ANSWERS, strict=True)
]
SPANS = [
    SpanExample(f"What did {name} build?", "", text, text.index(answer), len(text) - 1)
    for name, answer, text in zip(NAMES, ANSWERS, TEXTS_OF, strict=True)
]
PAIRS = [
    PairExample(text, f"The tower is by {n}.", ENTAILMENT)
    for text, n in zip(TEXTS_OF, NAMES, strict=True)
]
CLAIMS = [ClaimExample("", f"The tower is number {number}.", True) for number in range(20)]
TEXTS = [TextExample(f"The brown tower is number {number}.", "a") for number in range(20)]


def made(augment: Augment, examples: list[Any], folder: Path, *, seed: int = 1) -> list[Any]:
    return Augmenter.of(augment, seed, folder).more(examples)


@pytest.mark.parametrize("way", ["typos", "entities", "negation", "distractors", "synonyms"])
def test_a_share_is_changed_and_counted(way: str, tmp_path: Path, wordnet_folder: Path) -> None:
    augment = Augment(**{way: 0.5}, wordnet=str(wordnet_folder))  # type: ignore[arg-type]
    for task, examples in (
        ("spans", SPANS),
        ("pairs", PAIRS),
        ("claims", CLAIMS),
        ("texts", TEXTS),
    ):
        augmenter = Augmenter.of(augment, 1, tmp_path)
        copies = augmenter.more(examples)
        if task not in WAYS[way]:
            assert copies == []
            continue
        assert not set(copies) & set(examples)
        assert augmenter.counts == {f"augmented_{way}": len(copies)}
        assert 5 <= len(copies) <= 10
        assert copies == made(augment, examples, tmp_path)
    examples = SPANS if way == "distractors" else PAIRS
    assert made(augment, examples, tmp_path) != made(augment, examples, tmp_path, seed=2)


def test_synonyms_stand_for_words(tmp_path: Path, wordnet_folder: Path) -> None:
    augment = Augment(synonyms=1, wordnet=str(wordnet_folder))
    (copy,) = made(augment, [TextExample("The tower is old.", "a")], tmp_path)
    assert copy == TextExample("The spire is old.", "a")
    with pytest.raises(SourceError, match="is no WordNet dictionary"):
        Augmenter.of(Augment(synonyms=1, wordnet=str(tmp_path)), 1, tmp_path)


def test_one_way_more_changes_nothing_of_the_others(tmp_path: Path) -> None:
    alone = made(Augment(typos=0.3), PAIRS, tmp_path)
    both = made(Augment(typos=0.3, negation=0.5), PAIRS, tmp_path)
    assert both[: len(alone)] == alone
    assert len(both) > len(alone)


def test_pairs_for_a_teacher_are_not_denied_but_mistyped(tmp_path: Path) -> None:
    taught = [PairExample(each.premise, each.hypothesis, TAUGHT) for each in PAIRS]
    assert made(Augment(negation=1), taught, tmp_path) == []
    assert {each.label for each in made(Augment(typos=1), taught, tmp_path)} == {TAUGHT}


def test_choices_and_nothing_have_no_copies(tmp_path: Path) -> None:
    choices = [ChoiceExample(("", ""), ("The tower is old.", "The wall is old."), 0)] * 4
    assert made(Augment(typos=1), choices, tmp_path) == []
    assert made(Augment(typos=1), [], tmp_path) == []


def test_questions_that_become_too_long_are_left_out(tmp_path: Path) -> None:
    short = Augmenter.of(Augment(typos=1), 1, tmp_path, fits=lambda question: "Curie" in question)
    copies = short.more(SPANS)
    assert {"Curie" in copy.question for copy in copies} == {True}
    assert short.counts == {"augmented_typos": len(copies)}


def test_what_comes_back_from_another_language(
    tmp_path: Path, save_translator: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_translation, "LONGEST_TOKENS", 16)
    words = sorted({word for each in PAIRS for word in each.premise.split()})
    folders = [save_translator(tmp_path / kind, kind, 3, words) for kind in ("t5", "marian")]
    names = tuple(str(folder) for folder in folders)
    augment = Augment(back_translation=0.2, translators=names)
    pairs = made(augment, PAIRS, tmp_path)
    assert 1 <= len(pairs) <= 4  # what comes back much longer or shorter is not taken
    assert all(pair.label == ENTAILMENT for pair in pairs)
    kept = list((tmp_path / TRANSLATIONS).iterdir())
    before = kept[0].read_bytes()
    assert made(augment, PAIRS, tmp_path) == pairs
    assert kept[0].read_bytes() == before
    spans = made(augment, SPANS, tmp_path)
    assert {(span.text, span.start) for span in spans} <= {(s.text, s.start) for s in SPANS}
    for one in (*pairs, *spans):
        assert one not in (*PAIRS, *SPANS)
    longest = max(len(text) for text in TEXTS_OF) / SHORTEST
    assert all(len(pair.premise) <= longest for pair in pairs)
