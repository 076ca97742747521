"""Results with awkward text, and knowledge bases made through the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from wherefrom.command import run
from wherefrom.pipeline.records import Answer, Check, Choice, Citation, Evidence

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
