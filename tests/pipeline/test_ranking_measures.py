"""Test the measures of a ranking against ir_measures."""

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import R, nDCG

from wherefrom.indexes.encoder import Encoder
from wherefrom.pipeline.query_set import Query, QuerySet
from wherefrom.pipeline.ranking_measures import MEASURES, best_first, measure_encoder, rank_values
from wherefrom.pipeline.retriever_report import changes

ORACLES = {"recall@1": R @ 1, "recall@5": R @ 5, "recall@10": R @ 10, "nDCG@10": nDCG @ 10}


@settings(deadline=None, max_examples=50)
@given(
    st.permutations(range(14)),
    st.dictionaries(st.integers(0, 20), st.integers(1, 3), min_size=1, max_size=12),
)
def test_the_values_are_those_of_ir_measures(ranking: list[int], relevant: dict[int, int]) -> None:
    judged = {"q": {str(one): grade for one, grade in relevant.items()}}
    run = {"q": {str(one): -float(rank) for rank, one in enumerate(ranking)}}
    found = rank_values(ranking, relevant)
    assert tuple(found) == MEASURES
    for name, oracle in ORACLES.items():
        assert found[name] == pytest.approx(
            ir_measures.calc_aggregate([oracle], judged, run)[oracle]
        )


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.integers(1, 40))
def test_the_best_stand_first_and_ties_in_order(numbers: list[int], count: int) -> None:
    scores = np.array(numbers, dtype=np.float32)
    wanted = sorted(range(len(numbers)), key=lambda place: (-numbers[place], place))
    assert best_first(scores, count) == wanted[:count]


def test_an_encoder_is_measured_query_by_query(word_encoder: Encoder) -> None:
    passages = ("grey owls hunt", "mice flee", "cats sleep")
    queries = (Query("owls hunt", {0: 1}), Query("mice flee", {2: 1, 1: 2}))
    found = measure_encoder(word_encoder, QuerySet("toy", queries, passages))
    assert found["recall@1"].tolist() == [1.0, 0.5]
    assert found["recall@5"].tolist() == [1.0, 1.0]


def test_the_difference_is_paired() -> None:
    before = {name: np.array([0.0, 1.0, 0.0, 1.0]) for name in MEASURES}
    after = {name: values + 0.5 for name, values in before.items()}
    found = changes(before, after)["nDCG@10"]
    assert found == {
        "n": 4, "before": 0.5, "after": 1.0, "difference": 0.5, "low": 0.5, "high": 0.5
    }  # fmt: skip
