"""Files of questions and claims: order and ids kept, every bad line named."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wherefrom.batch import Asked, read_choices, read_claims, read_questions
from wherefrom.kb.errors import RecordError, SourceError

NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)
IDS = NAMES | st.integers()
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def write(path, *lines):
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(st.tuples(IDS, TEXTS), min_size=1, max_size=5))
def test_every_line_comes_back_in_order(tmp_path, records):
    lines = [json.dumps({"id": name, "question": text}) for name, text in records]
    path = write(tmp_path / "q.jsonl", *lines)
    assert read_questions(path) == [Asked(name, text) for name, text in records]


def test_each_knows_its_line_and_its_id(tmp_path):
    path = write(
        tmp_path / "q.jsonl", '{"id": 1, "question": "x"}', "", '{"id": "b", "question": "y"}'
    )
    assert [item.place for item in read_questions(path)] == [
        f"{path}, line 1 (id 1)",
        f"{path}, line 3 (id 'b')",
    ]


def test_blank_lines_and_other_keys_are_passed_over(tmp_path):
    path = write(tmp_path / "c.jsonl", '{"id": 1, "claim": "x", "gold": true}', "", "  ")
    assert read_claims(path) == [Asked(1, "x")]


def test_choices_keep_their_labels(tmp_path):
    line = {"id": "q", "question": "?", "choices": [{"label": "A", "text": "one"}]}
    line["choices"].append({"label": "B", "text": "two"})
    path = write(tmp_path / "q.jsonl", json.dumps(line))
    assert read_choices(path) == [Asked("q", "?", {"A": "one", "B": "two"})]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("nonsense", "not JSON"),
        ('{"id": "a", "question": ', "not JSON"),
        ("[1]", "a list"),
        ('{"question": "?"}', 'no "id"'),
        ('{"id": "a"}', 'no "question"'),
        ('{"id": null, "question": "?"}', "null"),
        ('{"id": true, "question": "?"}', "a boolean"),
        ('{"id": "", "question": "?"}', "empty"),
        ('{"id": "a", "question": 7}', "a number"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, wanted):
    path = write(tmp_path / "q.jsonl", '{"id": "ok", "question": "?"}', line)
    with pytest.raises(RecordError, match=r"q\.jsonl, line 2: ") as raised:
        read_questions(path)
    assert wanted in str(raised.value)


@pytest.mark.parametrize(
    ("choices", "wanted"),
    [
        ("x", "a string"),
        (["x"], "a string"),
        ([{"label": "A"}], "an object"),
        ([{"label": "A", "text": "1"}, {"label": "A", "text": "2"}], "stands twice"),
        ([{"label": "A", "text": ""}], "empty"),
    ],
)
def test_bad_choices_are_named(tmp_path, choices, wanted):
    path = write(tmp_path / "q.jsonl", json.dumps({"id": 1, "question": "?", "choices": choices}))
    with pytest.raises(RecordError, match=r"q\.jsonl, line 1: ") as raised:
        read_choices(path)
    assert wanted in str(raised.value)


def test_bytes_that_are_not_utf8_are_named(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_bytes(b'{"id": "a", "question": "caf\xe9"}\n')
    with pytest.raises(RecordError, match=r"line 1: .*UTF-8"):
        read_questions(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x01"])
def test_a_file_without_questions_is_refused(tmp_path, content):
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"q\.jsonl"):
        read_questions(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        read_questions(tmp_path / "absent.jsonl")
