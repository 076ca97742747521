"""Test changed examples: the label and the answer stay, or become what they must."""

import random

import numpy as np
import pytest

from wherefrom.pipeline.changed_examples import (
    change_of,
    changed_examples,
    contradicted,
    lost,
    with_distractor,
    with_typos,
)
from wherefrom.pipeline.distractor_sentences import borrowed
from wherefrom.pipeline.examples import (
    CONTRADICTION,
    ENTAILMENT,
    NEUTRAL,
    TAUGHT,
    PairExample,
    SpanExample,
)
from wherefrom.pipeline.scores import Scores
from wherefrom.pipeline.squad import SquadQuestion

TEXT = "In 1903 Marie Curie won the prize. She lived in Paris with Pierre Curie."
ASKED = [
    SquadQuestion("1", "Who won with Marie Curie?", "Marie Curie", TEXT, (("Pierre Curie", 59),)),
    SquadQuestion("2", "Where is Ada Lovelace from?", "", "Ada Lovelace is from London.", ()),
    SquadQuestion("3", "Who met Max Ernst?", "", "He met Paul Klee.", (("Paul Klee", 7),)),
]


@pytest.mark.parametrize("way", ["typos", "entities", "distractors"])
def test_answers_stay_where_they_say_they_are(way: str) -> None:
    before, after = changed_examples(ASKED, way)
    assert before
    for old, new in zip(before, after, strict=True):
        assert new != old
        assert len(new.answers) == len(old.answers)
        for answer, start in new.answers:
            assert new.context[start : start + len(answer)] == answer
        if way != "entities":
            assert [answer for answer, _ in new.answers] == [answer for answer, _ in old.answers]
    assert changed_examples(ASKED, way) == (before, after)


def test_names_are_the_same_in_question_title_passage_and_answer() -> None:
    (new,) = (
        after
        for before, after in zip(*changed_examples(ASKED, "entities"), strict=True)
        if before.id == "1"
    )
    assert "Curie" not in new.question + new.title + new.context
    name = new.title.split()[1]
    assert new.question == f"Who won with {new.title}?"
    assert new.answers[0][0].endswith(name)


def test_a_distractor_is_no_answer_and_comes_only_where_there_is_one() -> None:
    others = borrowed([("Who met Paul Klee?", "Ada Lovelace")])
    span = SpanExample("Who won with Marie Curie?", "", TEXT, 59, 71)
    new = with_distractor(span, others, random.Random(0))
    assert new is not None
    assert "Ada Lovelace won with Paul Klee." in new.text
    assert new.text[new.start : new.end] == "Pierre Curie"
    assert with_distractor(
        SpanExample(span.question, "", TEXT, -1, -1), others, random.Random(0)
    ) is (None)


@pytest.mark.parametrize(
    ("label", "after"),
    [(ENTAILMENT, CONTRADICTION), (NEUTRAL, NEUTRAL), (CONTRADICTION, None), (TAUGHT, None)],
)
def test_a_denial_has_the_label_that_it_makes(label: int, after: int | None) -> None:
    found = contradicted(PairExample("A man sleeps.", "The man is asleep.", label))
    wanted = PairExample("A man sleeps.", "The man is not asleep.", after or 0)
    assert found == (None if after is None else wanted)
    assert contradicted(PairExample("A man sleeps.", "He sleeps.", label)) is None


def test_the_generator_decides() -> None:
    pair = PairExample("The tower stands beside the river.", "Towers stand.", 0)
    first, second = (with_typos(pair, random.Random(seed)) for seed in (1, 1))
    assert first == second != pair
    assert len({with_typos(pair, random.Random(seed)) for seed in range(9)}) > 2
    assert change_of("typos", [])(PairExample("a b", "c", 0), random.Random(0)) is None


def test_what_is_lost_is_paired() -> None:
    before = Scores({"accuracy": np.array([1.0, 1.0, 0.0, 1.0])}, np.full(4, 0.9))
    after = Scores({"accuracy": np.array([0.0, 1.0, 0.0, 1.0])}, np.full(4, 0.9))
    found = lost(before, after)
    assert found["accuracy"]["value"] == 0.5
    assert found["accuracy_clean"]["value"] == 0.75
    difference = found["accuracy_difference"]
    assert (difference["n"], difference["value"]) == (4, -0.25)
    assert difference["low"] < -0.25 <= difference["high"] <= 0
    nothing = lost(before, before)["accuracy_difference"]
    assert (nothing["low"], nothing["value"], nothing["high"]) == (0, 0, 0)  # pairs, not means
