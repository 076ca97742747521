"""Test how questions that compare in time are taken apart, and decided by two dates."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from wherefrom.indexes.build import build
from wherefrom.kb.errors import ModelError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.comparison import as_comparison, decide, names, take_turns
from wherefrom.pipeline.records import Evidence

TEXTS = {
    "Jazz Boat": "Jazz Boat is a 1960 British musical comedy film directed by Ken Hughes.",
    "Range War": "Range War is a 1939 American Western film directed by Lesley Selander.",
    "Ken Hughes": "Ken Hughes was an English film director. He was born on 19 January 1922.",
    "Lesley Selander": "Lesley Selander was an American film director, born on 26 May 1900.",
    "Izaute": "Izaute is a commune in the Gers department in southwestern France.",
    "Smagne": "The Smagne is a river in western France, a tributary of the Lay.",
    "Undated": "Undated is a film about a man who forgets what he did.",
}


@pytest.mark.parametrize(
    ("question", "things", "first", "wanted"),
    [
        (
            "Which film was released first, Jazz Boat or Range War?",
            ("Jazz Boat", "Range War"),
            "When was Jazz Boat released?",
            "earlier",
        ),
        (
            "Which band was formed first The Exies or Circus Diablo ?",
            ("The Exies", "Circus Diablo"),
            "When was The Exies formed?",
            "earlier",
        ),
        (
            "Which film came out more recently, Je Fais Le Mort or Red Lips, Red Wine?",
            ("Je Fais Le Mort", "Red Lips, Red Wine"),
            "When was Je Fais Le Mort released?",
            "later",
        ),
        (
            "Who is older, Newton or Leibniz?",
            ("Newton", "Leibniz"),
            "When was Newton born?",
            "earlier",
        ),
        (
            "Who died later, Newton or Leibniz?",
            ("Newton", "Leibniz"),
            "When did Newton die?",
            "later",
        ),
        (
            "Was Newton or Leibniz born first?",
            ("Newton", "Leibniz"),
            "When was Newton born?",
            "earlier",
        ),
        (
            "Who was born first out of Newton and Leibniz?",
            ("Newton", "Leibniz"),
            "When was Newton born?",
            "earlier",
        ),
        (
            "Which film has the director who is younger, Jazz Boat or Range War?",
            ("Jazz Boat", "Range War"),
            "When was the director of Jazz Boat born?",
            "later",
        ),
        (
            "Which film whose director died first, Jazz Boat or Range War?",
            ("Jazz Boat", "Range War"),
            "When did the director of Jazz Boat die?",
            "earlier",
        ),
        (
            "Were Scott Derrickson and Ed Wood of the same nationality?",
            ("Scott Derrickson", "Ed Wood"),
            "What nationality is Scott Derrickson?",
            "same",
        ),
        (
            "Are both movies, Jazz Boat and The Range War, from the same country?",
            ("Jazz Boat", "The Range War"),
            "Which country is Jazz Boat from?",
            "same",
        ),
        (
            "Does Newton have the same nationality as Leibniz?",
            ("Newton", "Leibniz"),
            "What nationality is Newton?",
            "same",
        ),
        (
            "Are Izaute and Smagne both located in the same country?",
            ("Izaute", "Smagne"),
            "Which country is Izaute located in?",
            "same",
        ),
        (
            "Do both films: Jazz Boat and Range War have the directors from the same country?",
            ("Jazz Boat", "Range War"),
            "Which country is the director of Jazz Boat from?",
            "same",
        ),
        (
            "Are director of film Jazz Boat and director of film Range War from the same country?",
            ("Jazz Boat", "Range War"),
            "Which country is the director of Jazz Boat from?",
            "same",
        ),
    ],
)
def test_a_comparison_is_taken_apart(
    question: str, things: tuple[str, str], first: str, wanted: str
) -> None:
    found = as_comparison(question)
    assert found is not None
    assert (found.things, found.questions[0], found.wanted) == (things, first, wanted)
    assert things[1] in found.questions[1]


@pytest.mark.parametrize(
    "question",
    [
        "Which is larger, Asia or Africa?",
        "Who was elected first president or king?",
        "Are" + 1_000_000 * " " + "we from the same",
        "Who was born first?",
        "Who was the first president, Washington or somebody else?",
        "Which was founded first, Rome or Athens or Sparta?",
        "Which film was released first, Jazz Boat or ?",
        "When was the first or second crusade?",
        "Is Rome in the same country as ?",
        "",
    ],
)
def test_other_questions_are_left_as_they_are(question: str) -> None:
    assert as_comparison(question) is None


@pytest.mark.parametrize(
    ("answers", "earlier"),
    [
        (("1960", "8 September 1939"), "B"),
        (("May 1939", "8 September 1939"), "A"),
        (("1939", "8 September 1939"), ""),
        (("1939", "long ago"), ""),
        (("", "1939"), ""),
    ],
)
def test_two_dates_decide_as_far_as_they_tell(answers: tuple[str, str], earlier: str) -> None:
    asked = as_comparison("Which film was released first, A or B?")
    assert asked is not None
    assert decide(asked, answers) == earlier
    later = {"A": "B", "B": "A", "": ""}[earlier]
    assert decide(replace(asked, wanted="later"), answers) == later


def test_nations_decide_as_far_as_they_tell() -> None:
    asked = as_comparison("Are A and B located in the same country?")
    assert asked is not None
    assert decide(asked, ("Peru", "Lima, Peru")) == "yes"
    assert decide(asked, ("Peru", "Brazil")) == "no"
    assert decide(asked, ("Lima", "Brazil")) == decide(asked, ("", "Brazil")) == ""


def test_of_a_life_the_last_date_is_that_of_death() -> None:
    asked = as_comparison("Who died first, A or B?")
    assert asked is not None
    assert decide(asked, ("1800 - 1870", "1810 - 1860")) == "B"


def test_evidence_is_taken_in_turns(make_evidence: Callable[..., Evidence]) -> None:
    one, two, three, four = (make_evidence("Text.", document=name) for name in "abcd")
    found = take_turns([[one, two, three], [two, four]], 3)
    assert [(item.document_id, item.rank) for item in found] == [("a", 1), ("b", 2), ("d", 3)]
    assert names("the D", [replace(four, title="Of the D")]) and not names("D", [one])


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    place = tmp_path_factory.mktemp("films")
    rows = [{"id": name, "title": name, "text": text} for name, text in TEXTS.items()]
    (place / "films.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    build(place / "my.kb", [f"jsonl:{place / 'films.jsonl'}"])
    try:
        return Answerer.open(place / "my.kb", reader=bundled_reader(), device="cpu")
    except ModelError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(
    ("question", "answer", "cited"),
    [
        (
            "Which film was released first, Jazz Boat or Range War?",
            "Range War",
            ["Jazz Boat", "Range War"],
        ),
        (
            "Which film was released more recently, Jazz Boat or Range War?",
            "Jazz Boat",
            ["Jazz Boat", "Range War"],
        ),
        (
            "Which film has the director who was born first, Jazz Boat or Range War?",
            "Range War",
            ["Ken Hughes", "Lesley Selander"],
        ),
        (
            "Are Izaute and Smagne located in the same country?",
            "yes",
            ["Izaute", "Smagne"],
        ),
    ],
)
def test_the_bundled_reader_compares_two_dates_and_cites_both(
    answerer: Answerer, question: str, answer: str, cited: list[str]
) -> None:
    found = answerer.ask(question)
    assert (found.question, found.answer, found.abstained) == (question, answer, False)
    assert [each.document_id for each in found.citations] == cited
    for each in found.citations:
        assert TEXTS[each.document_id][each.start : each.end] == each.quote
        assert each.passage_id in {item.passage_id for item in found.evidence}
    assert 0.4 <= found.probability <= 1
    assert bool(found.paths) == ("director" in question)
    assert set(found.timing_seconds) == {"retrieve", "read", "verify"}


@pytest.mark.parametrize(
    "question",
    [
        "Which film was released first, Jazz Boat or Undated?",
        "Which film was released first, Jazz Boat or Nothing Of The Kind?",
    ],
)
def test_where_a_date_is_missing_it_abstains(answerer: Answerer, question: str) -> None:
    found = answerer.ask(question)
    assert (found.answer, found.abstained, found.citations, found.paths) == ("", True, (), ())
    assert found.evidence
