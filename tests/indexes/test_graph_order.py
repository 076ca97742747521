"""A graph numbers passages by document id and place, wherever they lie."""

import numpy as np

from wherefrom.indexes.delete import delete
from wherefrom.indexes.graph_order import DEAD, graph_order, numbers_of_rows
from wherefrom.kb.generation import Generation

LONG = "One two three four five six. Seven eight nine ten eleven twelve. " * 2


def test_passages_stand_by_document_and_place_through_all_segments(open_graph, tmp_path):
    for documents in ({"b": LONG, "e": "Short."}, {"d": LONG, "a": "Short."}, {"c": "Short."}):
        open_graph(documents)
    delete(tmp_path / "my.kb", ["e"])
    generation = Generation.open(tmp_path / "my.kb")
    assert len(generation.segments) == 3
    order = graph_order(generation)
    assert generation.passage_ids(order.rows) == ["a#0", "b#0", "b#1", "c#0", "d#0", "d#1"]
    assert order.documents.tolist() == [0, 1, 1, 2, 3, 3]
    ids = [generation.segments[n].document_id(row) for n, row in order.iterate_documents()]
    assert ids == ["a", "b", "c", "d"]
    numbers = order.numbers(int(generation.offsets[-1]))
    assert (numbers == DEAD).sum() == 1
    assert numbers[order.rows].tolist() == [0, 1, 2, 3, 4, 5]


def test_nothing_has_an_order(open_graph):
    order = graph_order(open_graph(facts=["a\tb\tc"]).generation)
    assert len(order.rows) == len(order.documents) == len(list(order.iterate_documents())) == 0


def test_what_is_in_no_row_is_dead():
    assert numbers_of_rows(np.array([3, 0]), 5).tolist() == [1, DEAD, DEAD, 0, DEAD]
    assert numbers_of_rows(np.array([], dtype=np.int64), 2).tolist() == [DEAD, DEAD]
