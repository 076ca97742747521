"""Put results as JSON values, in the shapes that docs/command-line.md promises to programs."""

from collections.abc import Iterable

from wherefrom.indexes.records import PathStep
from wherefrom.pipeline.records import (
    Answer,
    Check,
    Choice,
    Citation,
    Classification,
    Draft,
    Evidence,
    Path,
)

Json = dict[str, object]


def answer_json(answer: Answer) -> Json:
    """Return what `ask --json` prints for one question."""
    return {
        "question": answer.question,
        "answer": answer.answer,
        "abstained": answer.abstained,
        "probability": answer.probability,
        "citations": _citations(answer.citations),
        "paths": _paths(answer.paths),
        "receipts": _receipts(answer.paths),
        "evidence": _evidence(answer.evidence),
        "timing_seconds": dict(answer.timing_seconds),
        **({} if answer.draft is None else _draft(answer.draft)),
    }


def _draft(draft: Draft) -> Json:
    return {
        "draft": draft.text,
        "abstention": draft.abstention,
        "sentences": [
            {
                "text": sentence.text,
                "verdict": sentence.verdict,
                "entailment": sentence.entailment,
                "citations": _citations(sentence.citations),
            }
            for sentence in draft.sentences
        ],
    }


def check_json(check: Check) -> Json:
    """Return what `check --json` prints for one claim."""
    return {
        "claim": check.claim,
        "verdict": check.verdict,
        "probabilities": dict(check.probabilities),
        "citations": _citations(check.citations),
        "evidence": _evidence(check.evidence),
    }


def choice_json(choice: Choice) -> Json:
    """Return what `choose --json` prints for one question."""
    return {
        "question": choice.question,
        "choice": choice.choice,
        "probabilities": dict(choice.probabilities),
        "citations": _citations(choice.citations),
        "paths": _paths(choice.paths),
        "receipts": _receipts(choice.paths),
        "evidence": _evidence(choice.evidence),
    }


def classification_json(found: Classification) -> Json:
    """Return what `classify --json` prints for one text."""
    return {"text": found.text, "label": found.label, "probabilities": dict(found.probabilities)}


def ranking_json(ranking: Iterable[Evidence]) -> list[Json]:
    """Return what `search --json` prints for one query."""
    return [
        {
            "passage_id": evidence.passage_id,
            "document_id": evidence.document_id,
            "title": evidence.title,
            "score": evidence.score,
            "rank": evidence.rank,
            "text": evidence.text,
            **({"path": _steps(evidence.path)} if evidence.path else {}),
        }
        for evidence in ranking
    ]


def queried_json(id: str | int, query: str, ranking: Iterable[Evidence]) -> Json:
    """Return what `search --json` prints for one line of a file."""
    return {"id": id, "question": query, "hits": ranking_json(ranking)}


def _citations(citations: Iterable[Citation]) -> list[Json]:
    return [
        {
            "passage_id": citation.passage_id,
            "document_id": citation.document_id,
            "title": citation.title,
            "url": citation.url,
            "start": citation.start,
            "end": citation.end,
            "quote": citation.quote,
            "sentence": citation.sentence,
            "verdict": citation.verdict,
            "entailment": citation.entailment,
        }
        for citation in citations
    ]


def _evidence(evidence: Iterable[Evidence]) -> list[Json]:
    return [
        {
            "passage_id": shown.passage_id,
            "rank": shown.rank,
            "score": shown.score,
            "retriever": shown.retriever,
            "text": shown.text,
        }
        for shown in evidence
    ]


def _paths(paths: Iterable[Path]) -> list[list[list[str]]]:
    return [_steps(path) for path in paths]


def _steps(path: Path) -> list[list[str]]:
    return [[step.head, step.relation, step.tail] for step in path]


def _receipts(paths: Iterable[Path]) -> list[list[Json]]:
    """Say for each step of each path where it stands: in a passage, or in a source of facts."""
    return [[_receipt(step) for step in path] for path in paths]


def _receipt(step: PathStep) -> Json:
    if step.passage_id:
        return {"passage_id": step.passage_id, "start": step.start, "end": step.end}
    return {"source": step.source, "place": step.place}
