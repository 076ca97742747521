"""The ids that a message offers instead of one that does not exist."""

import pytest

from wherefrom.kb.errors import unknown_value
from wherefrom.kb.nearest import nearest_id


@pytest.mark.parametrize(
    ("wanted", "ids", "found"),
    [
        ("Pris", ["Rome", "Paris", "London"], "Paris"),
        ("PARIS", ["paris", "Parish"], "paris"),  # equal but for case
        ("Paris", ["Aris"], None),  # another first letter
        ("Par", ["Paris-Nord"], None),  # more than three characters longer
        ("Paris", ["Pqxyz"], None),
        ("", ["a"], None),
        ("Paris", [], None),
        ("élan", ["Élan"], "Élan"),
    ],
)
def test_the_nearest_id(wanted: str, ids: list[str], found: str | None) -> None:
    assert nearest_id(wanted, ids) == found


def test_a_large_knowledge_base_is_not_searched_to_its_end(monkeypatch) -> None:
    monkeypatch.setattr("wherefrom.kb.nearest._COMPARED", 10)
    ids = iter([f"p{number}" for number in range(10)] + ["pari"])
    assert nearest_id("paris", ids) is None
    assert list(ids) == ["pari"]


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ("hnws", "unknown index 'hnws'; choose flat, hnsw or ivf-pq (did you mean hnsw?)"),
        ("IVF-PQ", "unknown index 'IVF-PQ'; choose flat, hnsw or ivf-pq (did you mean ivf-pq?)"),
        ("zzz", "unknown index 'zzz'; choose flat, hnsw or ivf-pq"),
        ("", "unknown index ''; choose flat, hnsw or ivf-pq"),
    ],
)
def test_a_value_outside_a_closed_set(found: str, message: str) -> None:
    assert str(unknown_value("index", found, ["flat", "hnsw", "ivf-pq"])) == message


def test_a_set_of_one() -> None:
    assert str(unknown_value("index", "x", ["flat"])) == "unknown index 'x'; choose flat"
