"""Test how sentences for and against a claim become one verdict."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.checking import CITATIONS, bearing, check_claim, joined
from wherefrom.pipeline.quoted import Quoted
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import VERDICTS, Evidence
from wherefrom.pipeline.support import SentenceVectors, Support, weigh
from wherefrom.pipeline.verdict import Verification

SHARES = st.floats(0, 1)


@st.composite
def supports(draw: st.DrawFn) -> Support:
    evidence = Evidence("d#0", "d", "", "", 1, 1.0, "dense", "One.", 0, 4)
    odds = [draw(SHARES) + 1e-9 for _ in range(3)]
    verification = Verification(*(odd / sum(odds) for odd in odds))
    return Support(Quoted(evidence, 0, 4, 0, 4), 0.5, draw(SHARES), verification)


def only(supported: float, refuted: float, weight: float = 1.0) -> Support:
    evidence = Evidence("d#0", "d", "", "", 1, 1.0, "dense", "One.", 0, 4)
    verification = Verification(supported, refuted, 1 - supported - refuted)
    return Support(Quoted(evidence, 0, 4, 0, 4), 0.5, weight, verification)


@given(st.lists(supports(), max_size=5))
def test_probabilities_add_up_to_one(weighed: list[Support]) -> None:
    found = joined(weighed)
    assert tuple(found) == VERDICTS
    assert sum(found.values()) == pytest.approx(1)
    assert all(0 <= value <= 1 for value in found.values())


@given(st.lists(supports(), max_size=5), SHARES)
def test_another_sentence_against_it_never_makes_it_more_supported(
    weighed: list[Support], share: float
) -> None:
    before, after = joined(weighed), joined([*weighed, only(0.0, share)])
    assert after["supported"] <= before["supported"] + 1e-9
    after = joined([*weighed, only(share, 0.0)])
    assert after["refuted"] <= before["refuted"] + 1e-9


@given(st.lists(SHARES, min_size=1, max_size=5), SHARES)
def test_where_nothing_is_against_it_more_support_makes_it_more_supported(
    shares: list[float], share: float
) -> None:
    before, after = (
        joined([only(each, 0.0) for each in some]) for some in (shares, [*shares, share])
    )
    assert after["supported"] == pytest.approx(max(before["supported"], share))
    assert after["refuted"] == 0.0


@given(st.lists(supports(), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_sentences_does_not_matter(weighed: list[Support], random: Any) -> None:
    turned = list(weighed)
    random.shuffle(turned)
    assert joined(turned) == joined(weighed)


@pytest.mark.parametrize(
    ("weighed", "wanted"),
    [
        ([], (0.0, 0.0, 1.0)),
        ([only(1.0, 0.0)], (1.0, 0.0, 0.0)),
        ([only(0.0, 1.0)], (0.0, 1.0, 0.0)),
        ([only(1.0, 0.0, weight=0.0)], (0.0, 0.0, 1.0)),
        ([only(0.8, 0.0), only(0.3, 0.0)], (0.8, 0.0, 0.2)),
        ([only(1.0, 0.0), only(0.0, 1.0)], (0.5, 0.0, 0.5)),
        ([only(0.5, 0.0), only(0.0, 0.5)], (0.375, 0.25, 0.375)),
        ([only(0.3, 0.5)], (0.3, 0.5, 0.2)),  # one sentence does not contradict itself
        ([only(0.3, 0.5), only(0.4, 0.0)], (0.3, 0.3, 0.4)),
    ],
)
def test_known_cases(weighed: list[Support], wanted: tuple[float, ...]) -> None:
    assert tuple(joined(weighed).values()) == pytest.approx(wanted)


def said(title: str, text: str, supported: float, refuted: float = 0.0) -> Support:
    evidence = Evidence("d#0", "d", title, "", 1, 1.0, "dense", text, 0, len(text))
    verification = Verification(supported, refuted, 1 - supported - refuted)
    return Support(Quoted(evidence, 0, len(text), 0, len(text)), 0.5, 1.0, verification)


def test_sentences_that_name_less_than_the_strongest_are_not_cited() -> None:
    claim = "The Mona Lisa is a painting by Leonardo da Vinci."
    weighed = [
        said("The Last Supper", "Leonardo painted it.", 0.7),
        said("Louvre", "Leonardo's Mona Lisa hangs in it.", 0.6),
        said("Mona Lisa", "The portrait is by Leonardo.", 0.8),
        said("Mona Lisa", "Leonardo did not paint the Mona Lisa.", 0.0, 0.9),
        said("Mona Lisa", "Raphael copied it.", 0.3, 0.4),
    ]
    cited = [one.quoted.evidence.title for one in bearing(claim, weighed, "supported")]
    assert cited == ["Mona Lisa", "Louvre"]
    against = bearing(claim, weighed, "refuted")
    assert [one.refuted for one in against] == [0.9]
    assert bearing(claim, weighed, "undecided") == bearing(claim, [], "supported") == []
    weighed[2:3] = []  # then the strongest names one of two
    cited = [one.quoted.evidence.title for one in bearing(claim, weighed, "supported")]
    assert cited == ["The Last Supper", "Louvre"]
    many = [said("Paris", f"Paris is old, says {n}.", n / 10) for n in range(5, 10)]
    assert bearing("Paris is old.", many, "supported") == many[:1:-1]


TEXTS = ["Paris is the capital of France. It is old.", "Berlin is big. 東京 🦉 too. Owls hunt."]


@pytest.mark.parametrize("claim", ["Paris is old.", "Berlin is small.", "Owls hunt.", "東京"])
def test_a_check_is_the_joined_verdict_of_the_sentences(
    tiny_reader: Reader, word_encoder: Any, make_evidence: Callable[..., Evidence], claim: str
) -> None:
    from wherefrom.pipeline.quoted import sentences

    evidence = [make_evidence(text, document=str(n), start=10) for n, text in enumerate(TEXTS)]
    found = check_claim(tiny_reader, word_encoder, claim, evidence)
    known = SentenceVectors.of(word_encoder, sentences(evidence))
    weighed = weigh(tiny_reader, word_encoder, claim, known, centre=0.5)
    assert found.probabilities == joined(weighed)
    assert found.probabilities[found.verdict] == max(found.probabilities.values())
    assert found.evidence == tuple(evidence)
    assert len(found.citations) <= CITATIONS
    assert {cited.verdict for cited in found.citations} <= {found.verdict}
    for cited in found.citations:
        text = TEXTS[int(cited.document_id)]
        assert cited.quote == cited.sentence == text[cited.start - 10 : cited.end - 10]


def test_without_evidence_a_claim_is_undecided(tiny_reader: Reader, word_encoder: Any) -> None:
    found = check_claim(tiny_reader, word_encoder, "Paris is old.", [])
    assert found.verdict == "undecided"
    assert found.probabilities["undecided"] == 1.0
    assert found.citations == ()
