"""`wherefrom --help` and an empty Python are timed side by side."""

from wherefrom.benchmarks.help_time import measure


def test_both_are_timed():
    found = measure(runs=2)
    assert found["runs"] == 2
    assert set(found["seconds"]) == {"help", "empty_python"}
    for seconds in found["seconds"].values():
        assert 0 < seconds["min"] <= seconds["median"] <= seconds["max"]
