"""Facts are made up and built from in processes that are watched."""

import pytest

from wherefrom.benchmarks.fact_import import RELATIONS, measure, write_facts

WORDS = "Ada met Ben (in Rome), and Ben met Cy near Paris; then all went home to sleep.".split()


@pytest.mark.slow
def test_small_tables_are_measured(tmp_path):
    table = tmp_path / "given.tsv"
    table.write_text("a\tis\tb\nb\tis\tc\n")
    found = measure(tmp_path, "starter", few=50, many=200, conceptnet=table)
    assert 40 <= found["few"]["facts"] <= 50
    assert 190 <= found["many"]["facts"] <= 200
    assert found["conceptnet"]["facts"] == 2
    for name in ("few", "many", "conceptnet"):
        assert found[name]["seconds"] > 0
        assert found[name]["peak_mib"] > 50


def test_facts_are_made_alike_each_time(tmp_path):
    for name in ("one.tsv", "other.tsv"):
        write_facts(tmp_path / name, WORDS * 5, 30)
    lines = (tmp_path / "one.tsv").read_text().splitlines()
    assert lines == (tmp_path / "other.tsv").read_text().splitlines()
    head, *facts = lines
    assert head.split("\t") == ["head", "relation", "tail"]
    assert len(facts) == 30
    assert {fact.split("\t")[1] for fact in facts} == set(RELATIONS)
    ends = {end for fact in facts for end in fact.split("\t")[::2]}
    assert 5 < len(ends) <= 23
    assert all(end in " ".join(WORDS * 5) for end in ends)
