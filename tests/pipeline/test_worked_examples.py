"""Examples are read from a file and picked by how much their questions resemble the one asked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from wherefrom.indexes.knowledge import Knowledge
from wherefrom.kb.errors import RecordError, SourceError, UsageError
from wherefrom.pipeline.worked_examples import (
    ExampleVectors,
    WorkedExample,
    nearest,
    read_examples,
    with_evidence,
)

KNOWN = [
    WorkedExample("When did the wall fall?", "It fell in 1989."),
    WorkedExample("What is the capital of Germany?", "Berlin."),
    WorkedExample("Who was born in Ulm?", "No answer."),
    WorkedExample("What is the capital of France?", "Paris."),
]


def test_examples_are_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    path.write_text(
        '{"question": "Who?", "answer": "Ada [1]", "more": 1}\n\n{"question": "ü", "answer": "ä"}'
    )
    assert read_examples(path) == [WorkedExample("Who?", "Ada [1]"), WorkedExample("ü", "ä")]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("", SourceError, "empty"),
        ("\n\n", SourceError, "holds only blank lines"),
        ('{"question": "Who?"}\n', RecordError, 'line 1: there is no "answer"'),
        ('{"question": "a", "answer": "b"}\n{"question": 7, "answer": "b"}', RecordError, "line 2"),
        ('{"question": "Who?", "answer": " "}', RecordError, '"answer" is only white space'),
        ("Who?", RecordError, "line 1: not JSON"),
    ],
)
def test_a_malformed_file_is_named_with_its_line(
    tmp_path: Path, content: str, error: type[Exception], message: str
) -> None:
    path = tmp_path / "examples.jsonl"
    path.write_text(content)
    with pytest.raises(error, match=message):
        read_examples(path)
    with pytest.raises(SourceError, match="does not exist"):
        read_examples(tmp_path / "absent.jsonl")


def test_the_nearest_come_first_and_the_same_question_never(
    make_word_encoder: Callable[..., object],
) -> None:
    encoder = make_word_encoder(64)
    known = ExampleVectors.of(encoder, KNOWN)
    for same in ("What is the capital of France?", "what is the capital of FRANCE"):
        assert nearest(encoder, same, known, count=1) == [KNOWN[1]]
        assert len(nearest(encoder, same, known, count=9)) == 3
    capitals = nearest(encoder, "What is the capital of Spain?", known)[:2]
    assert {one.answer for one in capitals} == {"Berlin.", "Paris."}
    assert nearest(encoder, "Who?", ExampleVectors.of(encoder, [])) == []
    assert nearest(encoder, "Who?", known, count=0) == []
    with pytest.raises(UsageError, match="at least 0, got -1"):
        nearest(encoder, "Who?", known, count=-1)


def test_each_example_gets_passages_of_the_knowledge_base(knowledge: Knowledge) -> None:
    found = with_evidence(knowledge, KNOWN[:2])
    assert [(one.question, one.answer) for one in found] == [
        (known.question, known.answer) for known in KNOWN[:2]
    ]
    for one in found:
        assert 1 <= len(one.passages) <= 2
        assert all(title and text for title, text in one.passages)
    assert with_evidence(knowledge, []) == []
