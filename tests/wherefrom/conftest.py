"""Results with awkward text, and knowledge bases made through the command line."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from wherefrom.command import run
from wherefrom.indexes.neighbourhood import (
    AboutPassage,
    Neighbourhood,
    SeenFact,
    SeenMention,
    Surroundings,
)
from wherefrom.pipeline.records import (
    Answer,
    Check,
    Choice,
    Citation,
    Draft,
    DraftSentence,
    Evidence,
)

TEXT = "Élan [bold]vital[/] is <b>old</b>. It was named by Henri Bergson in 1907. The end."
QUOTE = "Henri Bergson"
START = TEXT.index(QUOTE)


@pytest.fixture
def citation() -> Citation:
    """Give a citation whose text looks like markup of two kinds."""
    return Citation(
        passage_id="d&1#0",
        document_id="d&1",
        title="Élan <vital>",
        url="https://example.org/?a=1&b='2'",
        start=START,
        end=START + len(QUOTE),
        quote=QUOTE,
        sentence="It was named by Henri Bergson in 1907.",
        verdict="supported",
        entailment=0.934,
    )


@pytest.fixture
def evidence() -> Evidence:
    """Give a passage whose text looks like markup of two kinds."""
    return Evidence(
        passage_id="d&1#0",
        document_id="d&1",
        title="Élan <vital>",
        url="javascript:alert(1)",
        rank=1,
        score=0.5,
        retriever="hybrid",
        text=TEXT,
        start=0,
        end=len(TEXT),
    )


@pytest.fixture
def answer(citation: Citation, evidence: Evidence) -> Answer:
    return Answer(
        question="Who named <it>?",
        answer="Henri [b]Bergson",
        abstained=False,
        probability=0.871,
        citations=(citation,),
        evidence=(evidence,),
        timing_seconds={"retrieve": 0.01, "read": 0.02, "verify": 0.03},
    )


@pytest.fixture
def drafted(answer: Answer, citation: Citation) -> Answer:
    """Give an answer of two sentences that a generator wrote, the second of them not supported."""
    sentences = (
        DraftSentence("Henri <b>Bergson</b> named it.", "supported", 0.934, (citation,)),
        DraftSentence("He was [bold]old[/].", "undecided", 0.125),
    )
    text = " ".join(sentence.text for sentence in sentences)
    draft = Draft(text, sentences, "")
    return replace(answer, answer=text, probability=0.125, draft=draft)


@pytest.fixture
def check(citation: Citation, evidence: Evidence) -> Check:
    probabilities = {"supported": 0.9, "refuted": 0.04, "undecided": 0.06}
    return Check("Bergson named it.", "supported", probabilities, (citation,), (evidence,))


@pytest.fixture
def choice(citation: Citation, evidence: Evidence) -> Choice:
    probabilities = {"<A>": 0.8, "B": 0.2}
    return Choice("Who?", "<A>", probabilities, (citation,), (), (evidence,))


@pytest.fixture
def tiny_kb(tmp_path: Path, write_jsonl: Callable[..., str], tiny_encoder_folder: Path) -> Path:
    """Give a knowledge base of three documents, built through the command line."""
    source = write_jsonl(
        [
            {"id": "paris", "title": "Paris", "text": "Paris is the capital of France."},
            {"id": "berlin", "title": "Berlin", "text": "Berlin is the capital of Germany."},
            {"id": "élan", "title": "Élan <vital>", "text": TEXT, "url": "https://example.org"},
        ]
    )
    folder = tmp_path / "tiny.kb"
    assert run(["build", str(folder), source, "--encoder", str(tiny_encoder_folder)]) == 0
    return folder


@pytest.fixture
def neighbourhood() -> Neighbourhood:
    """Give the surroundings of an entity whose name and sentences look like markup."""
    return Neighbourhood("paris", ("Paris (Texas)",), (_paris(),))


@pytest.fixture
def deeper() -> Neighbourhood:
    """Give surroundings of two entities that share a passage and a fact."""
    rome = Surroundings(2, "Rome", "", ("Rome",), (), (), (), _paris().facts[:1], _totals(facts=1))
    return Neighbourhood("paris", (), (_paris(), rome))


@pytest.fixture
def crowded() -> Neighbourhood:
    """Give an entity with more facts than can be drawn."""
    fact = _paris().facts[0]
    facts = tuple(replace(fact, tail_entity=9 + n, place=f"line {n}") for n in range(400))
    return Neighbourhood(
        "paris", (), (replace(_paris(), mentions=(), mentioned_by=(), facts=facts),)
    )


def _paris() -> Surroundings:
    name, source = "Paris <&>", "triples:f.tsv"
    said = "Paris <&> is in France."
    mention = SeenMention(1, "France", 1, "p#0", name, 16, 22, "France", said, 0)
    quoted = "No [b]Paris[/b], no Rome."
    naming = SeenMention(2, "Rome", 3, "rome#2", "Rome", 105, 110, "Paris", quoted, 99)
    facts = (
        SeenFact(0, 1, name, "capital of", "France", 2.5, False, False, source, "line 1"),
        SeenFact(0, 3, name, "NotIsA", "village", 1.0, True, False, source, "line 2"),
        SeenFact(0, -1, name, "population", "2,102,650", 1.0, False, True, source, "line 3"),
        SeenFact(0, 0, name, "same as", name, 1.0, False, False, source, "line 4"),
    )
    totals = _totals(names=4, passages=1, mentions=1, mentioned_by=7, facts=4)
    passages = (AboutPassage("p#0", name, 0, 23),)
    names = (name, "Lutetia")
    return Surroundings(
        0, name, "http://x.org/P", names, passages, (mention,), (naming,), facts, totals
    )


def _totals(**counts: int) -> dict[str, int]:
    names = ("names", "passages", "mentions", "mentioned_by", "facts")
    return {name: counts.get(name, 0) for name in names}
