"""Test the mining of hard negatives with an encoder of words."""

import pytest

from wherefrom.indexes.encoder import Encoder
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.hard_negatives import QueryExample, ceiling, examples
from wherefrom.pipeline.query_set import Query, QuerySet

PASSAGES = (
    "grey owls hunt small mice",  # the positive
    "grey owls hunt small mice here",  # says the same and is not marked
    "grey owls sleep",
    "bread with salt",
    "milk and honey",
)
TOY = QuerySet("toy", (Query("grey owls hunt mice", {0: 1}),), PASSAGES)


def mined(queries: QuerySet, encoder: Encoder, count: int, share: float) -> list[QueryExample]:
    return examples(queries, encoder, count=count, positive_share=share, seed=3)


def test_what_is_nearly_as_near_as_the_positive_is_left_out(word_encoder: Encoder) -> None:
    asked = word_encoder.encode_queries([TOY.queries[0].text])
    scores = (asked @ word_encoder.encode(PASSAGES).T)[0]
    assert scores[0] > scores[1] > 0.75 * scores[0] > scores[2] > max(scores[3:])
    assert mined(TOY, word_encoder, 1, 1.0) == [QueryExample(0, 0, (1,))]
    assert mined(TOY, word_encoder, 1, 0.75) == [QueryExample(0, 0, (2,))]
    assert mined(TOY, word_encoder, 2, 1.0) == [QueryExample(0, 0, (1, 2))]


def test_known_negatives_come_first_and_others_fill_up(word_encoder: Encoder) -> None:
    query = Query(TOY.queries[0].text, {0: 1}, [4])
    known = QuerySet("toy", (query,), PASSAGES)
    assert mined(known, word_encoder, 2, 0.75) == [QueryExample(0, 0, (4, 2))]
    assert mined(known, word_encoder, 1, 0.75) == [QueryExample(0, 0, (4,))]
    (filled,) = mined(TOY, word_encoder, 4, 0.0)
    assert sorted(filled.negatives) == [1, 2, 3, 4]
    assert mined(TOY, word_encoder, 3, 0.0) == mined(TOY, word_encoder, 3, 0.0)


def test_each_relevant_passage_is_an_example_and_no_negative(word_encoder: Encoder) -> None:
    both = QuerySet("toy", (Query("grey owls hunt mice", {0: 1, 1: 2}),), PASSAGES)
    found = mined(both, word_encoder, 3, 1.0)
    assert [example.positive for example in found] == [0, 1]
    assert all(sorted(example.negatives) == [2, 3, 4] for example in found)
    bare = examples(both, None, count=0, positive_share=1.0, seed=0)
    assert bare == [QueryExample(0, 0, ()), QueryExample(0, 1, ())]


def test_too_few_passages(word_encoder: Encoder) -> None:
    message = "toy: hard_negatives is 5, but of 5 passages only 4 are not relevant to 'grey owls"
    with pytest.raises(UsageError, match=message):
        mined(TOY, word_encoder, 5, 1.0)


@pytest.mark.parametrize("score", [-0.9, -0.1, 0.0, 0.3, 1.0])
def test_a_ceiling_is_never_above_the_score(score: float) -> None:
    assert ceiling(score, 1.0) == score
    assert ceiling(score, 0.9) <= score
