"""Test how predictions of several passages become candidate answers."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.candidates import Candidate, group, normalised, predict
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Evidence, Prediction
from wherefrom.pipeline.span_ends import tidied

MakeEvidence = Callable[..., Evidence]


def said(evidence: Evidence, words: str, margin: float) -> Prediction:
    start = evidence.text.index(words)
    return Prediction(evidence, start, start + len(words), margin, 0.0)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("the Louvre,", "louvre"),
        ("The Louvre", "louvre"),
        ("(the Louvre)", "louvre"),
        ("“Louvre”", "louvre"),
        ("an  owl\n here", "owl here"),
        ("The", "the"),
        ("ＡＢＣ", "abc"),
        ("Straße", "strasse"),
        ("theatre", "theatre"),
        ("1,889", "1,889"),
        ("...", ""),
        ("", ""),
    ],
)
def test_answers_that_say_the_same(answer: str, wanted: str) -> None:
    assert normalised(answer) == wanted


def test_predictions_that_say_the_same_are_one_candidate(make_evidence: MakeEvidence) -> None:
    one = make_evidence("In the Louvre it hangs.", document="a")
    two = make_evidence("The Louvre, in Paris.", document="b", rank=2)
    best, other, third = (
        said(two, "Louvre,", 4.0),
        said(two, "Paris", 3.0),
        said(one, "the Louvre", 2.0),
    )
    louvre, paris = group([best, other, third])
    assert louvre.predictions == (best, third)
    assert louvre.best == best
    assert louvre.text == "Louvre,"
    assert paris.predictions == (other,)
    assert louvre.agreement == pytest.approx(math.log(math.exp(4) + math.exp(2)) - 4)
    assert paris.agreement == 0.0


def test_candidates_stand_in_order_of_their_best_prediction(make_evidence: MakeEvidence) -> None:
    evidence = make_evidence("one two three")
    order = [said(evidence, "two", 3.0), said(evidence, "three", 2.0), said(evidence, "one", -1.0)]
    assert [candidate.text for candidate in group(order)] == ["two", "three", "one"]


def test_marks_alone_are_no_answer(make_evidence: MakeEvidence) -> None:
    evidence = make_evidence("owl ... (")
    assert group([said(evidence, "...", 3.0), said(evidence, "(", 2.0)]) == []
    assert group([]) == []


def test_one_passage_that_says_it_twice_does_not_agree_with_itself(
    make_evidence: MakeEvidence,
) -> None:
    evidence = make_evidence("Paris is Paris.")
    twice = [Prediction(evidence, 9, 14, 2.0, 0.0), Prediction(evidence, 0, 5, 1.0, 0.0)]
    (candidate,) = group(twice)
    assert candidate.agreement == 0.0
    (quoted,) = candidate.quoted()
    assert (quoted.start, quoted.end) == (9, 14)


def test_passages_that_overlap_say_their_shared_words_once(make_evidence: MakeEvidence) -> None:
    text = "It is old. The Louvre is here. It is big."
    first = make_evidence(text[:30], number=0)
    second = make_evidence(text[11:], number=1, start=11, rank=2)
    elsewhere = make_evidence(text, document="e", rank=3)
    shared = [said(second, "Louvre", 3.0), said(first, "The Louvre", 2.0)]
    (candidate,) = group(shared)
    assert candidate.agreement == 0.0
    assert [quoted.evidence for quoted in candidate.quoted()] == [second]
    (candidate,) = group([*shared, said(elsewhere, "Louvre", 1.0)])
    assert candidate.agreement == pytest.approx(math.log(math.exp(3) + math.exp(1)) - 3)
    assert [quoted.evidence for quoted in candidate.quoted()] == [second, elsewhere]


def test_facts_of_one_source_that_say_it_all_count(make_evidence: MakeEvidence) -> None:
    """Each counts its own characters, so that they seem to lie at one place."""
    first = make_evidence("Ulm: lies on: Danube.", document="triples:f.tsv", number=0)
    second = make_evidence("Ulm: river: Danube.", document="triples:f.tsv", number=1, rank=2)
    (candidate,) = group([said(first, "Danube", 2.0), said(second, "Danube", 2.0)])
    assert candidate.agreement == pytest.approx(math.log(2))
    assert [quoted.evidence for quoted in candidate.quoted()] == [first, second]


def test_neighbours_that_say_it_in_other_places_both_count(make_evidence: MakeEvidence) -> None:
    first = make_evidence("Paris is old.", number=0)
    second = make_evidence("I like Paris.", number=1, start=14, rank=2)
    (candidate,) = group([said(first, "Paris", 2.0), said(second, "Paris", 2.0)])
    assert candidate.agreement == pytest.approx(math.log(2))
    assert len(candidate.quoted()) == 2


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6))
def test_agreement_is_never_negative_and_bounded(
    make_evidence: MakeEvidence, margins: list[float]
) -> None:
    margins.sort(reverse=True)
    order = [
        said(make_evidence("Paris", document=f"d{n}", rank=n + 1), "Paris", margin)
        for n, margin in enumerate(margins)
    ]
    (candidate,) = group(order)
    assert isinstance(candidate, Candidate)
    assert 0 <= candidate.agreement <= math.log(len(margins)) + 1e-9


def test_predictions_come_best_first_with_their_words(
    tiny_reader: Reader, make_evidence: MakeEvidence
) -> None:
    texts = ["Élan 🦉 Paris is old. The tower, 1889.", "Berlin", ""]
    evidence = [make_evidence(t, document=str(n), rank=n + 1) for n, t in enumerate(texts)]
    found = predict(tiny_reader, "Who?", evidence)
    assert {prediction.evidence.document_id for prediction in found} == {"0", "1"}
    assert [p.margin for p in found] == sorted((p.margin for p in found), reverse=True)
    (berlin,) = (p for p in found if p.evidence.document_id == "1")
    assert berlin.text == "Berlin"
    readings = tiny_reader.read(["Who?"] * 3, [("", text) for text in texts])
    for prediction in found:
        reading = readings[int(prediction.evidence.document_id)]
        assert prediction.relevance == reading.relevance
        assert prediction.margin in [span.margin for span in reading.spans]
    assert predict(tiny_reader, "Who?", []) == []


def test_the_ends_of_a_prediction_are_tidied(
    tiny_reader: Reader, make_evidence: MakeEvidence
) -> None:
    """A reader that has learnt nothing marks brackets as gladly as words."""
    text = 'Water (H2O) boils at 100 °C (212 °F) [at sea level]. O\'Neill wrote "The Iceman".'
    (evidence,) = [make_evidence(text)]
    marked = tiny_reader.read(["At what temperature?"], [("", text)], count=3)[0].spans
    found = predict(tiny_reader, "At what temperature?", [evidence])
    assert [(p.start, p.end) for p in found] == [tidied(text, s.start, s.end) for s in marked]
