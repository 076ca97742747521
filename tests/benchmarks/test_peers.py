"""Peers are asked the same, found out for what they lack, and really search."""

from dataclasses import replace

import pytest

from wherefrom.benchmarks.peer_systems import SYSTEMS, absent
from wherefrom.benchmarks.peers import draw, measure

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
    assert figures["versions"]
