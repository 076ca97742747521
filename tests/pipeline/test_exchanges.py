"""Test the pairs that are made for a teacher to label."""

import random

from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.examples import ENTAILMENT, TAUGHT, PairExample
from wherefrom.pipeline.exchanges import NEAR, exchanged

TEXTS = st.lists(st.sampled_from(["owl", "sleeps", "tree", "runs", "the"]), min_size=1, max_size=4)
PAIRS = st.lists(st.tuples(TEXTS.map(" ".join), TEXTS.map(" ".join)), max_size=25)


@given(PAIRS, st.integers(0, 3), st.integers(0, 9))
def test_every_pair_is_new_and_made_of_what_was_given(
    texts: list[tuple[str, str]], count: int, seed: int
) -> None:
    pairs = [PairExample(premise, hypothesis, ENTAILMENT) for premise, hypothesis in texts]
    made = exchanged(pairs, count, random.Random(seed))
    new = [(pair.premise, pair.hypothesis) for pair in made]
    assert len(set(new)) == len(new) <= count * len(texts)
    assert not set(new) & set(texts)
    assert {premise for premise, _ in new} <= {premise for premise, _ in texts}
    assert {hypothesis for _, hypothesis in new} <= {hypothesis for _, hypothesis in texts}
    assert all(pair.label == TAUGHT for pair in made)
    assert exchanged(pairs, count, random.Random(seed)) == made


def test_hypotheses_come_from_the_premises_that_are_most_alike() -> None:
    about = {"owl": "An owl hunts mice at night.", "ship": "A ship leaves the harbour."}
    pairs = [
        PairExample(f"{sentence} Number {number}.", f"{thing} {number}", ENTAILMENT)
        for thing, sentence in about.items()
        for number in range(NEAR + 1)
    ]
    made = exchanged(pairs, 2, random.Random(3))
    assert len(made) == 2 * len(pairs)
    for pair in made:
        thing = pair.hypothesis.split()[0]
        assert thing in pair.premise


def test_premises_of_small_words_alone_are_all_alike() -> None:
    pairs = [PairExample("the", "an owl", TAUGHT), PairExample("of the", "a bird", TAUGHT)]
    made = exchanged(pairs, 1, random.Random(0))
    assert {(pair.premise, pair.hypothesis) for pair in made} == {
        ("the", "a bird"),
        ("of the", "an owl"),
    }
