"""Peers are asked the same, found out for what they lack, and really search."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from wherefrom.benchmarks.peer_systems import SYSTEMS, absent
from wherefrom.benchmarks.peers import MEASURES, ahead, as_table, draw, measure, plot

BY_NAME = {system.name: system for system in SYSTEMS}


def test_questions_ask_for_articles_that_are_there():
    articles, asked = draw(30, 7)
    assert len(articles) == len({one.id for one in articles}) == 30
    assert len(asked) == len({article for _, article in asked}) == 7
    assert {article for _, article in asked} <= {one.id for one in articles}


def test_a_system_that_is_not_here_is_left_out_with_the_reason():
    missing = replace(BY_NAME["txtai"], modules=("no_such_module",))
    assert absent(missing) == "no_such_module cannot be imported; pip install txtai"
    found = measure([missing], articles=10, questions=2, rounds=1)
    assert found["systems"] == {}
    assert found["left_out"] == {"txtai": absent(missing)}


def rounds(*figures: tuple[float, float]) -> list[dict[str, float]]:
    keys = ("articles_per_second", "search_milliseconds_median")
    rest = {"search_milliseconds_p95": 9.0, "article_in_first_10": 1.0}
    rest |= {"peak_mib": 300.0, "disk_mib": 7.0}
    return [dict(zip(keys, one, strict=True)) | rest for one in figures]


def test_a_peer_is_ahead_where_its_median_is_better():
    kept = {"wherefrom": rounds((10, 5), (12, 5), (11, 5)), "peer": rounds((9, 4), (12, 6), (8, 3))}
    assert ahead(kept) == [
        "peer is ahead, a search, milliseconds (median): 4 against 5, in 2 of 3 rounds"
    ]
    assert ahead({"peer": rounds((9, 4))}) == []
    assert ahead({**kept, "peer": rounds((9, 6), (9, 6), (9, 6))}) == []


def test_the_table_and_the_drawing_show_all_systems():
    names = ("wherefrom", "a < b")
    kept = {name: rounds((10.0 + place, 5.0)) for place, name in enumerate(names)}
    result = {
        "articles": 10,
        "questions": 2,
        "systems": {name: {"what": "a system", **kept[name][0]} for name in names},
        "ahead": {"peers": ahead(kept), "why": "it does less"},
    }
    table = as_table(result)
    assert "| a < b (a system) | 11 | 5 | 9 | 1 | 300 | 7 |" in table
    assert "a < b is ahead, articles indexed a second: 11 against 10, in 1 of 1 rounds" in table
    assert table.endswith("it does less.\n")
    drawn = plot(result)
    root = ElementTree.fromstring(drawn)
    bars = [one for one in root.iter() if one.tag.endswith("rect")]
    assert len(bars) == 1 + len(MEASURES) * len(names)
    assert drawn.count(">a &lt; b<") == len(MEASURES)
    alone = as_table({**result, "ahead": {"peers": [], "why": "it does less"}})
    assert "- No peer is ahead.\n" in alone


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_a_system_finds_what_it_is_asked_for(name):
    reason = absent(BY_NAME[name])
    if reason is not None:
        pytest.skip(reason)
    found = measure([BY_NAME[name]], articles=24, questions=6, rounds=1)
    figures = found["systems"][name]
    assert figures["article_in_first_10"] == 1.0
    assert figures["articles_per_second"] > 0 and figures["search_milliseconds_median"] > 0
    assert figures["peak_mib"] > 0 and figures["disk_mib"] > 0
    assert figures["versions"]
