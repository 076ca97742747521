"""Linking is timed on real text, and a large linker is built in a process that is watched."""

import pytest

from wherefrom.benchmarks.linking import drawn_names, kinds_of, measure
from wherefrom.kb.errors import WherefromError
from wherefrom.kb.name_rows import ALIAS, TITLE

TEXT = "Ada met Ben (in Rome), and Ben met Cy near Paris; then all of them went home to sleep. "


def test_a_small_text_is_measured(write_jsonl):
    rows = [
        {"id": str(n), "title": title, "text": TEXT * 30} for n, title in enumerate(["Ada", "Rome"])
    ]
    found = measure(write_jsonl(rows), names=14, passages=8, many=40, rounds=2)
    assert (found["names"], found["passages"], found["many"]["names"]) == (14, 8, 40)
    assert found["mentions_per_passage"] > 10  # Ada and Rome stand in each sentence of 18 words
    assert found["shared_names"] == 0  # "Ada met" is none, and no other words have capitals
    for unit in ("passages_per_second", "passages_per_cpu_second"):
        assert len(found[unit]["each_round"]) == 2
        assert found[unit]["median"] > 0
    assert found["many"]["building_peak_mib"] > 10
    assert found["many"]["reading_peak_mib"] > 10


def test_names_are_titles_first_then_runs_of_words():
    words = TEXT.split() * 3
    names = drawn_names(["Ada", "Rome"], words, 30, with_capital=False)
    assert names[:2] == ["Ada", "Rome"]
    assert len(set(names)) == 30
    assert names == drawn_names(["Ada", "Rome"], words, 30, with_capital=False)
    assert all(1 <= len(name.split()) <= 4 and name in " ".join(words) for name in names)
    assert kinds_of(names, ["Ada", "Rome"]) == [TITLE, TITLE] + [ALIAS] * 28
    assert drawn_names(["Ada", "Rome"], words, 1, with_capital=True) == ["Ada"]
    assert all(name[0] in "ABCRP" for name in drawn_names([], words, 12, with_capital=True))


def test_more_names_than_the_text_has_are_refused():
    with pytest.raises(WherefromError, match="1,000 names were asked for, the text gives "):
        drawn_names([], TEXT.split(), 1_000, with_capital=True)
