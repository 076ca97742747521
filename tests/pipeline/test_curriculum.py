"""Test what a run is shown: shares, paragraphs without an answer, statements with labels."""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.curriculum import (
    choice_examples,
    claim_examples,
    pair_examples,
    repeat,
    span_examples,
)
from wherefrom.pipeline.examples import CONTRADICTION, ENTAILMENT, INFERENCE_LABELS, PairExample
from wherefrom.pipeline.overlap_pairs import overlap_pairs
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import JudgedSource, PairSource, SpanSource
from wherefrom.pipeline.squad import read_squad
from wherefrom.pipeline.statement import as_statement

SPANS = (SpanSource("spans.json"),)
PAIRS = (PairSource("pairs.jsonl", {}, {}),)


@pytest.fixture
def data(
    tmp_path: Path, write_squad: Callable[..., Path], write_pairs: Callable[..., Path]
) -> Path:
    """Give a folder with eight questions and six pairs."""
    write_squad(tmp_path / "spans.json")
    write_pairs(tmp_path / "pairs.jsonl")
    return tmp_path


def recipe(**values: object) -> Recipe:
    return Recipe(**{"encoder": "e", "spans": SPANS, "pairs": (), "negatives": 0.0, **values})


@given(st.lists(st.integers(), unique=True, max_size=20), st.floats(0, 4), st.integers(0, 9))
def test_items_are_repeated_by_their_share(items: list[int], share: float, seed: int) -> None:
    drawn = Counter(repeat(items, share, random.Random(seed)))
    assert sum(drawn.values()) == int(share) * len(items) + round((share % 1) * len(items))
    assert set(drawn) <= set(items)
    assert all(int(share) <= drawn[item] <= int(share) + 1 for item in items)


def test_span_examples_hold_their_answers(data: Path) -> None:
    drawn = span_examples(recipe(), data, random.Random(1))
    answers = {q.question: q.answers[0][0] for q in read_squad(data / "spans.json")}
    assert len(drawn) == len(answers) == 8
    for example in drawn:
        assert example.text[example.start : example.end] == answers[example.question]
        assert example.title in ("Paris", "Berlin", "")


def test_some_examples_are_shown_without_their_title(data: Path) -> None:
    many = recipe(spans=(SpanSource("spans.json", share=100),))
    drawn = span_examples(many, data, random.Random(1))
    untitled = sum(not example.title for example in drawn) / len(drawn)
    assert 0.15 < untitled < 0.25


def test_shares_of_files(data: Path, write_squad: Callable[..., Path]) -> None:
    one = [("One", [("An owl is here.", [("What is here?", "An owl")])])]
    write_squad(data / "one.json", one)
    both = recipe(spans=(SpanSource("spans.json", share=0.5), SpanSource("one.json", share=3)))
    drawn = Counter(ex.question for ex in span_examples(both, data, random.Random(2)))
    assert drawn.pop("What is here?") == 3
    assert sum(drawn.values()) == 4


def test_impossible_questions_have_no_answer(data: Path, write_squad: Callable[..., Path]) -> None:
    write_squad(data / "spans.json", [("One", [("An owl.", [("Where is Ulm?", None)])])])
    (example,) = span_examples(recipe(), data, random.Random(1))
    assert (example.start, example.end, example.title) == (-1, -1, "One")


def test_negatives_are_paragraphs_without_the_answer(data: Path) -> None:
    answers = {q.question: q.answers[0][0] for q in read_squad(data / "spans.json")}
    contexts = {q.context: q.title for q in read_squad(data / "spans.json")}
    drawn = span_examples(recipe(negatives=25.0), data, random.Random(3))
    negatives = [example for example in drawn if example.start < 0]
    assert len(negatives) == 200
    assert len(drawn) == 208
    own = 0
    for example in negatives:
        assert example.end == -1
        assert answers[example.question].lower() not in example.text.lower()
        assert contexts[example.text] == example.title
        own += answers[example.question] in " ".join(
            text for text, title in contexts.items() if title == example.title
        )
    assert own > 120  # most are from the article of the question, where they are hardest


def test_the_case_of_an_answer_does_not_hide_it(
    data: Path, write_squad: Callable[..., Path]
) -> None:
    articles = [
        (
            "One",
            [("OWL lives.", [("What lives?", "OWL")]), ("The owl eats.", [("Who?", "The owl")])],
        )
    ]
    write_squad(data / "spans.json", articles)
    drawn = span_examples(recipe(negatives=3.0), data, random.Random(3))
    assert {(e.question, e.text) for e in drawn if e.start < 0} == {("Who?", "OWL lives.")}


def test_data_without_negatives_are_refused(data: Path, write_squad: Callable[..., Path]) -> None:
    write_squad(data / "spans.json", [("One", [("An owl is here.", [("What?", "An owl")])])])
    with pytest.raises(UsageError, match="too few paragraphs without the answer: 0 of 1 examples"):
        span_examples(recipe(negatives=1.0), data, random.Random(3))


def test_changed_questions_come_after_all_that_is_drawn_without_them(data: Path) -> None:
    plain = span_examples(recipe(negatives=0.5), data, random.Random(3))
    drawn = span_examples(recipe(negatives=0.5, unanswerable=0.5), data, random.Random(3))
    assert drawn[: len(plain)] == plain
    asked = {question.question: question.context for question in read_squad(data / "spans.json")}
    changed = drawn[len(plain) :]
    assert len(changed) == 4
    for example in changed:
        assert (example.start, example.end) == (-1, -1)
        assert example.question not in asked
        assert example.text in asked.values()


def test_all_that_is_made_of_a_taught_file_is_taught(
    data: Path, write_squad: Callable[..., Path]
) -> None:
    one = [("One", [("An owl is here.", [("What is here?", "An owl")])])]
    write_squad(data / "one.json", one)
    sources = (SpanSource("spans.json", taught=True), SpanSource("one.json"))
    values = {"negatives": 0.0, "unanswerable": 0.5}
    drawn = span_examples(recipe(spans=sources[:1], **values), data, random.Random(3))
    plain = span_examples(recipe(spans=SPANS, **values), data, random.Random(3))
    assert all(example.taught for example in drawn)
    assert [replace(example, taught=False) for example in drawn] == plain
    both = span_examples(recipe(spans=sources), data, random.Random(3))
    assert {example.taught for example in both if example.text == "An owl is here."} == {False}
    assert sum(example.taught for example in both) == 8


@pytest.mark.parametrize("taught", [False, True])
def test_choices_and_claims_are_taught_as_their_files_are(data: Path, taught: bool) -> None:
    capitals = ("Paris", "Berlin", "Rome", "Ulm", "Lyon")
    facts = [f"{city}\tcapital of\tLand {city}\n" for city in capitals]
    (data / "facts.tsv").write_text("".join(facts))
    options = [{"label": label, "text": city} for label, city in (("A", "Paris"), ("B", "Ulm"))]
    asked = {"question": "Which city?", "choices": options, "answerKey": "B"}
    (data / "choices.jsonl").write_text(json.dumps(asked) + "\n")
    (data / "claims.jsonl").write_text(json.dumps({"claim": "Owls fly.", "label": True}) + "\n")
    files = ("facts.tsv", "choices.jsonl")
    values = recipe(
        choices=tuple(JudgedSource(file, taught=taught) for file in files),
        claims=(JudgedSource("claims.jsonl", taught=taught),),
    )
    choices = choice_examples(values, data, random.Random(1))
    claims = claim_examples(values, data, random.Random(1))
    assert len(choices) > 1 and len(claims) == 1
    assert {example.taught for example in (*choices, *claims)} == {taught}


def pairs_by_label(drawn: list[PairExample]) -> Counter[str]:
    return Counter(INFERENCE_LABELS[example.label] for example in drawn)


def test_pairs_of_a_whole_file(data: Path) -> None:
    drawn = pair_examples(recipe(spans=(), pairs=PAIRS), data, random.Random(1))
    assert len(drawn) == len(set(drawn)) == 6


def test_shares_of_sources_and_labels(data: Path) -> None:
    source = PairSource("pairs.jsonl", {"two": 2.0}, {"two/neutral": 3.0, "two/entailment": 0.0})
    drawn = pair_examples(recipe(spans=(), pairs=(source,)), data, random.Random(1))
    assert {example.premise for example in drawn} == {"A dog eats."}
    assert pairs_by_label(drawn) == {"neutral": 6, "contradiction": 2}


@pytest.mark.parametrize("shares", [({"three": 1.0}, {}), ({}, {"three/neutral": 1.0})])
def test_an_unknown_source_is_named(data: Path, shares: tuple[dict[str, float], ...]) -> None:
    source = PairSource("pairs.jsonl", *shares)
    message = r"pairs.jsonl has no source 'three'; it has \["
    with pytest.raises(UsageError, match=message):
        pair_examples(recipe(spans=(), pairs=(source,)), data, random.Random(1))


def test_statements_are_labelled_by_how_they_were_made(data: Path) -> None:
    drawn = pair_examples(recipe(statements=120), data, random.Random(4))
    assert 120 <= len(drawn) <= 122
    known = read_squad(data / "spans.json")
    for example in drawn:
        title, _, sentence = example.premise.partition(": ")
        asked = [q for q in known if sentence in q.context and q.title == title]
        assert asked
        right = {as_statement(q.question, q.answers[0][0]): q.answers[0][0] for q in asked}
        if example.label == CONTRADICTION:  # the answer to another question
            assert example.hypothesis not in right
        else:
            answer = right[example.hypothesis]
            assert (answer in sentence) == (example.label == ENTAILMENT)
    counts = pairs_by_label(drawn)
    assert counts["entailment"] == counts["contradiction"] > 30
    assert counts["neutral"] > 30


def test_overlap_pairs_are_made_of_the_words_for_training(data: Path) -> None:
    drawn = pair_examples(recipe(overlap_pairs=60), data, random.Random(1))
    assert pairs_by_label(drawn) == {"entailment": 30, "neutral": 30}
    wanted = overlap_pairs(60, "training", random.Random(1))
    assert drawn == [pair for _, pair in wanted]


def test_the_seed_decides(data: Path) -> None:
    values = recipe(negatives=2.0, statements=20, pairs=PAIRS)

    def drawn(seed: int) -> tuple[object, object]:
        rng = random.Random(seed)
        return span_examples(values, data, rng), pair_examples(values, data, rng)

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
