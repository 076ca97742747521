"""A build and a search are watched as processes of their own."""

import pytest

from wherefrom.benchmarks.build_memory import measure


@pytest.mark.slow
def test_a_small_build_is_measured(tmp_path):
    found = measure(tmp_path, "starter", passages=60, encoder="cheap")
    assert found["passages"] == 60
    assert found["build"]["peak_mib"] > 50  # Python alone takes ten, torch a hundred
    assert found["search"]["peak_mib"] > 50
    assert found["search"]["questions"] == 100
    assert found["knowledge_base_mib"] > found["text_mib"] > 0
    assert found["encoder"].startswith("BERT, 2 layers")
