"""A result says where it was made."""

import json

from wherefrom.benchmarks.provenance import write_result


def test_a_result_carries_machine_commit_and_versions(tmp_path):
    file = tmp_path / "new" / "result.json"
    write_result(file, {"benchmark": "é", "value": 1.5})
    found = json.loads(file.read_text(encoding="utf-8"))
    assert (found["benchmark"], found["value"]) == ("é", 1.5)
    made_by = found["made_by"]
    assert made_by["machine"]["cpu"] and made_by["machine"]["cores"] >= 1
    assert made_by["packages"]["wherefrom"] and made_by["packages"]["torch"]
    assert "commit" in made_by and made_by["python"].startswith("3.")
