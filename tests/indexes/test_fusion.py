"""Test reciprocal rank fusion against its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.indexes.fusion import RRF_CONSTANT, reciprocal_rank_fusion
from wherefrom.indexes.records import Hit

RANKINGS = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=4)


def hits(names: list[str]) -> list[Hit]:
    return [Hit(name, 1.0 - place / 100) for place, name in enumerate(names)]


@given(RANKINGS)
def test_scores_are_the_sums_of_reciprocal_ranks(rankings: list[list[str]]) -> None:
    fused = reciprocal_rank_fusion([hits(names) for names in rankings])
    for hit in fused:
        shares = [
            1 / (RRF_CONSTANT + names.index(hit.passage_id) + 1)
            for names in rankings
            if hit.passage_id in names
        ]
        assert hit.score == pytest.approx(sum(shares))
    assert {hit.passage_id for hit in fused} == {name for names in rankings for name in names}


@given(RANKINGS)
def test_order_is_by_score_then_by_id(rankings: list[list[str]]) -> None:
    fused = reciprocal_rank_fusion([hits(names) for names in rankings])
    assert fused == sorted(fused, key=lambda hit: (-hit.score, hit.passage_id))


def test_ties_stand_in_order_of_passage_id() -> None:
    fused = reciprocal_rank_fusion([hits(["b"]), hits(["a"])])
    assert [hit.passage_id for hit in fused] == ["a", "b"]


def test_nothing_fuses_to_nothing() -> None:
    assert reciprocal_rank_fusion([]) == reciprocal_rank_fusion([[], []]) == []


def test_a_negative_constant_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0, got -1"):
        reciprocal_rank_fusion([], constant=-1)


def test_a_passage_twice_in_one_ranking_is_refused() -> None:
    with pytest.raises(ValueError, match="ranking 1 holds passage 'x' more than once"):
        reciprocal_rank_fusion([hits(["x"]), [Hit("x", 1), Hit("x", 2)]])
