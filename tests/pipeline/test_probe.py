"""Test what a probe learns from, and that it learns to tell answers from what is none."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wherefrom.pipeline.answerability import judged
from wherefrom.pipeline.examples import SpanExample
from wherefrom.pipeline.probe import learn_probe, probe_examples
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import SpanSource
from wherefrom.pipeline.squad import SquadQuestion, read_squad

PROBED = 40
TOWNS = [f"town {one}{other}" for one in "abcdefgh" for other in "abcdefgh"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, write_squad: Callable[..., Path]) -> Path:
    """Give two files, one three times as long as the other, with questions that can be changed."""
    folder = tmp_path_factory.mktemp("probed")
    for name, first, count in (("long.json", 0, 45), ("short.json", 45, 15)):
        paragraphs = [
            (
                f"The largest tower of {town} was built in {year}. It stands in Lyon.",
                [(f"When was the largest tower of {town} built?", str(year))],
            )
            for town, year in zip(TOWNS[first : first + count], range(1700, 1800), strict=False)
        ]
        paragraphs.append((f"An owl sleeps in {name}.", [("Where does nobody sleep?", None)]))
        write_squad(folder / name, [(name, paragraphs)])
    return folder


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    sources = (SpanSource("long.json", share=0.0), SpanSource("short.json", share=0.0))
    return Recipe("e", sources, (), probe=PROBED)


@pytest.fixture(scope="module")
def asked(data: Path) -> list[SquadQuestion]:
    return [one for name in ("long.json", "short.json") for one in read_squad(data / name)]


def test_examples_are_half_answered_and_half_not_in_the_proportions_of_the_files(
    recipe: Recipe, data: Path, asked: list[SquadQuestion]
) -> None:
    drawn = probe_examples(recipe, data)
    assert 0.75 * PROBED <= len(drawn) <= PROBED + 2  # a question may be changed alike twice
    answered = [example for example in drawn if example.start >= 0]
    assert len(answered) == round(0.45 * 30) + round(0.45 * 10)
    own = {(each.question, each.context, each.answers[0][0]) for each in asked if each.answers}
    assert own >= {(one.question, one.text, one.text[one.start : one.end]) for one in answered}
    assert sum(each.title == "short.json" for each in answered) == round(0.45 * 10)


def test_a_file_that_is_shown_more_is_asked_more(recipe: Recipe, data: Path) -> None:
    spans = (SpanSource("long.json", share=0.5), SpanSource("short.json", share=1.5))
    drawn = probe_examples(replace(recipe, spans=spans), data)
    answered = [example.title for example in drawn if example.start >= 0]
    assert sorted(answered) == ["long.json"] * 9 + ["short.json"] * 9  # of 22.5 and 22.5


def test_what_has_no_answer_is_changed_or_beside_another_passage_of_the_files(
    recipe: Recipe, data: Path, asked: list[SquadQuestion]
) -> None:
    passages = {each.context: each.title for each in asked}
    answers = {each.question: each.answers[0][0] for each in asked if each.answers}
    changed = beside = 0
    for example in probe_examples(recipe, data):
        assert passages[example.text] == example.title
        if example.start >= 0:
            continue
        assert (example.start, example.end) == (-1, -1)
        if example.question in answers:
            beside += 1
            assert answers[example.question] not in example.text
        else:
            changed += 1
            town = example.text.partition(" of ")[2].partition(" was ")[0]
            assert f" of {town} " in example.question  # its own passage is that of what it was
    assert 2 <= beside <= round(0.1 * 30) + round(0.1 * 10)
    assert changed >= 10


def test_the_seed_decides(recipe: Recipe, data: Path) -> None:
    assert probe_examples(recipe, data) == probe_examples(recipe, data)
    assert probe_examples(recipe, data) != probe_examples(replace(recipe, seed=8), data)


def test_a_few_questions_are_each_asked_once(data: Path, recipe: Recipe) -> None:
    drawn = probe_examples(replace(recipe, probe=1000), data)
    assert len({each.question for each in drawn if each.start >= 0}) == 60
    assert len(set(drawn)) == len(drawn)  # what was changed alike twice is there once, too


def grouped(count: int) -> list[SpanExample]:
    """Make questions that share all words with their passage, and as many that share none."""
    texts = ["The tower was built in 1889.", "Paris lies on the Seine."]
    known = [
        SpanExample(f"When was the tower built {n}?", "", texts[0], 23, 27) for n in range(count)
    ]
    others = [SpanExample(f"Who eats {n} owls?", "", texts[1], -1, -1) for n in range(count)]
    return [example for pair in zip(known, others, strict=True) for example in pair]


def test_a_probe_tells_two_kinds_apart_as_a_logistic_regression_does(tiny_reader: Reader) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    examples = grouped(20)
    probe = learn_probe(tiny_reader, examples)
    assert len(probe) == 32 + 7  # features, then margin, relevance, echo and verdict, the bias
    asked = [each.question for each in examples]
    passages = [(each.title, each.text) for each in examples]
    seen = judged(tiny_reader, asked, passages, tiny_reader.read(asked, passages, count=1)).known
    found = seen @ np.array(probe[:-1]) + probe[-1]
    answered = np.array([each.start >= 0 for each in examples])
    assert ((found > 0) == answered).all()
    scaled = StandardScaler().fit_transform(seen)
    model = LogisticRegression(C=0.1, max_iter=3000).fit(scaled, answered)
    assert found == pytest.approx(model.decision_function(scaled), abs=0.02)


def test_passages_without_a_word_teach_nothing(tiny_reader: Reader) -> None:
    examples = grouped(8)
    bare = [SpanExample("Who?", "", " ", -1, -1)] * 3
    assert learn_probe(tiny_reader, [*bare, *examples]) == learn_probe(tiny_reader, examples)


@pytest.mark.parametrize("kind", ["answered", "unanswered", "none"])
def test_from_examples_that_are_alike_nothing_is_learnt(tiny_reader: Reader, kind: str) -> None:
    examples = grouped(3)
    alike = {"answered": examples[::2], "unanswered": examples[1::2], "none": []}
    assert learn_probe(tiny_reader, alike[kind]) == ()
