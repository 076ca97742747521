"""Test reading of SQuAD files, right and wrong ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.pipeline.squad import SquadQuestion, read_squad

CONTEXT = "Ulm is old. 東京 is big."


def table(**changes: Any) -> dict[str, Any]:
    """Make the smallest file, with changes to its one question."""
    answer = {"text": "東京", "answer_start": 12}
    entry = {"id": "q", "question": "What is big?", "answers": [answer], **changes}
    return {"data": [{"title": "A_city", "paragraphs": [{"context": CONTEXT, "qas": [entry]}]}]}


def saved(folder: Path, content: object) -> Path:
    path = folder / "squad.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_file(tmp_path: Path) -> None:
    (found,) = read_squad(saved(tmp_path, table()))
    assert found == SquadQuestion("q", "What is big?", "A city", CONTEXT, (("東京", 12),))


@pytest.mark.parametrize("name", ["squad.json", "squad.json.gz"])
def test_every_question_in_order(
    tmp_path: Path, write_squad: Callable[..., Path], name: str
) -> None:
    found = read_squad(write_squad(tmp_path / name))
    assert [question.id for question in found] == [
        *("Paris/0/0", "Paris/0/1", "Paris/1/0", "Paris/1/1"),
        *("Berlin/0/0", "Berlin/0/1", "Berlin/1/0", "Berlin/1/1"),
    ]
    for question in found:
        ((answer, start),) = question.answers
        assert question.context[start : start + len(answer)] == answer


def test_an_impossible_question_has_no_answers(tmp_path: Path) -> None:
    entry = table(is_impossible=True, plausible_answers=[{"text": "Ulm", "answer_start": 0}])
    assert read_squad(saved(tmp_path, entry))[0].answers == ()
    assert read_squad(saved(tmp_path, table(answers=[])))[0].answers == ()


@pytest.mark.parametrize(
    ("title", "wanted"),
    [("A_b_c", "A b c"), ("unknown", ""), ("squad:train:17", ""), (None, ""), ("", "")],
)
def test_titles(tmp_path: Path, title: str | None, wanted: str) -> None:
    content = table()
    content["data"][0]["title"] = title
    assert read_squad(saved(tmp_path, content))[0].title == wanted


def test_white_space_around_an_answer_is_not_part_of_it(tmp_path: Path) -> None:
    content = table(answers=[{"text": " 東京 ", "answer_start": 11}])
    assert read_squad(saved(tmp_path, content))[0].answers == (("東京", 12),)


def test_the_spaces_of_tokens_are_undone(tmp_path: Path) -> None:
    content = table(answers=[{"text": "Ulm ( old )", "answer_start": 6}])
    content["data"][0]["paragraphs"][0]["context"] = "It 's Ulm ( old ) ."
    (found,) = read_squad(saved(tmp_path, content), tokenised=True)
    assert found.context == "It's Ulm (old)."
    assert found.answers == (("Ulm (old)", 5),)


@pytest.mark.parametrize("tokenised", [False, True])
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            {"text": "Rome", "answer_start": 12},
            r"article 0, paragraph 0, question 0 \(id 'q'\), answer 0: 'Rome' is not at character "
            r"12 of the paragraph; there is '東京 i'$",
        ),
        (
            {"text": "東京", "answer_start": -12},
            "is not at character -12 of the paragraph, which has 22",
        ),
        (
            {"text": "x", "answer_start": 999},
            "is not at character 999 of the paragraph, which has 22",
        ),
        ({"text": " ", "answer_start": 3}, "' ' is no answer; one holds text"),
        ({"text": "東京"}, r'answer 0: there is no "answer_start" \(found text\); an article is'),
        ({"text": "東京", "answer_start": "12"}, r"\"answer_start\" is a string \('12'\)"),
        ("東京", r"answer 0 is a string \('東京'\); it must be an object; an article is"),
    ],
)
def test_an_answer_that_is_not_where_it_says(
    tmp_path: Path, answer: object, message: str, tokenised: bool
) -> None:
    path = saved(tmp_path, table(answers=[answer]))
    with pytest.raises(RecordError, match=message) as raised:
        read_squad(path, tokenised=tokenised)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    ("article", "message"),
    [
        ({}, r' there is no "paragraphs" \(found no keys\); an article is'),
        ({"paragraphs": [{}]}, r', paragraph 0: there is no "context"'),
        (
            {"paragraphs": [{"context": "", "qas": [7]}]},
            r", paragraph 0, question 0 is a number \(7\)",
        ),
        ({"title": 3}, r' "title" is a number \(3\); it must be a string'),
        ({"paragraphs": 3}, r' "paragraphs" is a number \(3\); it must be a list'),
        ("article", r" is a string \('article'\); it must be an object"),
        (None, " is null; it must be an object"),
    ],
)
def test_an_article_that_lacks_a_field_is_numbered(
    tmp_path: Path, article: object, message: str
) -> None:
    content = table()
    content["data"].append(article)
    with pytest.raises(RecordError, match=f"squad.json, article 1[,:]?{message}"):
        read_squad(saved(tmp_path, content))


@pytest.mark.parametrize("content", [[], {}, {"data": {}}, "x"])
def test_another_format_is_named(tmp_path: Path, content: object) -> None:
    with pytest.raises(
        SourceError, match=r'squad.json is not in SQuAD format: no list under "data"'
    ):
        read_squad(saved(tmp_path, content))


def test_files_that_cannot_be_read(tmp_path: Path, write_squad: Callable[..., Path]) -> None:
    with pytest.raises(SourceError, match=r"none.json does not exist"):
        read_squad(tmp_path / "none.json")
    path = tmp_path / "bad.json"
    path.write_text('{"data": [')
    with pytest.raises(SourceError, match=r"bad.json is not JSON"):
        read_squad(path)
    path.write_bytes(b'{"data": "\xff"}')
    with pytest.raises(SourceError, match=r"bad.json: .*UTF-8"):
        read_squad(path)
    packed = write_squad(tmp_path / "cut.json.gz")
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(SourceError, match=r"cut.json.gz is truncated"):
        read_squad(packed)
