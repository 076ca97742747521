"""Test the drawing of batches: no passage of a batch is a false negative."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from wherefrom.pipeline.hard_negatives import QueryExample
from wherefrom.pipeline.query_batches import QueryBatch, draw_query_batches
from wherefrom.pipeline.query_set import Query, QuerySet

PASSAGES = tuple("abcdefgh")
relevant = st.lists(st.sets(st.integers(0, 7), min_size=1, max_size=3), min_size=1, max_size=12)


def made(relevants: list[set[int]]) -> tuple[QuerySet, list[QueryExample]]:
    queries = tuple(Query(str(n), dict.fromkeys(each, 1)) for n, each in enumerate(relevants))
    examples = [
        QueryExample(n, positive, (min(set(range(8)) - query.relevant.keys()),))
        for n, query in enumerate(queries)
        for positive in query.relevant
    ]
    return QuerySet("toy", queries, PASSAGES), examples


def shown(batches: list[QueryBatch]) -> Counter[QueryExample]:
    return Counter(example for batch in batches for example in batch.examples)


@settings(deadline=None, max_examples=50)
@given(relevant, st.integers(2, 5), st.integers(0, 3))
def test_no_passage_of_a_batch_is_relevant_to_another_query(
    relevants: list[set[int]], size: int, seed: int
) -> None:
    queries, examples = made(relevants)
    batches = draw_query_batches([(queries, examples, 2.0)], size=size, seed=seed)
    assert all(count <= 2 for count in shown(batches).values())
    for batch in batches:
        assert 2 <= len(batch.examples) <= size
        for one in batch.examples:
            of_one = queries.queries[one.query].relevant.keys()
            for other in batch.examples:
                if other is not one:
                    assert not of_one & {other.positive, *other.negatives}


def test_shares_and_sources() -> None:
    one, examples = made([{n} for n in range(8)])
    bare = [QueryExample(each.query, each.positive, ()) for each in examples]
    other = QuerySet("other", one.queries, PASSAGES)
    sources = [(one, bare, 2.5), (other, bare, 1.0)]
    batches = draw_query_batches(sources, size=4, seed=1)
    assert batches == draw_query_batches(sources, size=4, seed=1)
    assert batches != draw_query_batches(sources, size=4, seed=2)
    of_one = shown([batch for batch in batches if batch.queries is one])
    assert sorted(of_one.values()) == [2] * 4 + [3] * 4
    of_other = shown([batch for batch in batches if batch.queries is other])
    assert list(of_other.values()) == [1] * 8


def test_one_example_makes_no_batch() -> None:
    queries, examples = made([{1}])
    assert draw_query_batches([(queries, examples, 5.0)], size=4, seed=1) == []
