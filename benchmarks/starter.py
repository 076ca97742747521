"""Ask the starter knowledge base questions and claims that a person wrote from its articles.

    python -m wherefrom.benchmarks.starter --kb starter.kb --out results/starter.json

The report sets were never used for choosing anything; `--set tuning` measures those that were. An
answer is right if it is one of the answers in the file, or holds one with few words more. Of the
citations it is counted whether the quote is the document's own text, whether the sentence says a
right answer, and whether the verdict is that it supports the answer. With the report sets go
questions for yes or no.
"""

import argparse
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.provenance import write_result
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.matching import normalised_words, says_the_same
from wherefrom.pipeline.records import Answer

QUESTIONS = {"report": "starter_questions.jsonl", "tuning": "starter_tuning_questions.jsonl"}
UNANSWERABLE = {
    "report": "starter_unanswerable.jsonl",
    "tuning": "starter_tuning_unanswerable.jsonl",
}
CLAIMS = "starter_claims.jsonl"
YES_NO = "starter_yes_no_questions.jsonl"  # thirty of each; in no set of those that are for tuning


def measure(answerer: Answerer, chosen: str) -> dict[str, Any]:
    """Ask every question and check every claim of one set."""
    questions = _rows(QUESTIONS[chosen])
    absent = _rows(UNANSWERABLE[chosen])
    claims = [row for row in _rows(CLAIMS) if row["set"] == chosen]
    yes_no = _rows(YES_NO) if chosen == "report" else []
    answers = answerer.ask_many([row["question"] for row in questions])
    refused = answerer.ask_many([row["question"] for row in absent])
    checks = answerer.check_many([row["claim"] for row in claims])
    said = answerer.ask_many([row["question"] for row in yes_no])
    right = [
        not answer.abstained and says_the_same(answer.answer, row["answers"])
        for row, answer in zip(questions, answers, strict=True)
    ]
    verdicts = [row["verdict"] == found.verdict for row, found in zip(claims, checks, strict=True)]
    return {
        "benchmark": "starter",
        "set": chosen,
        "reader": answerer.reader.manifest.weights_sha256[:16],
        "right": mean_with_interval([float(value) for value in right]),
        "abstained": mean_with_interval([float(answer.abstained) for answer in answers]),
        "unanswerable_abstained": mean_with_interval([float(a.abstained) for a in refused]),
        "citations": citations_held(answerer, answers, [row["answers"] for row in questions]),
        "claims_right": mean_with_interval([float(value) for value in verdicts]),
        **_yes_no_measures(yes_no, said),
        "questions": [
            {
                "id": row["id"],
                "question": row["question"],
                "answer": answer.answer,
                "right": good,
                "probability": round(answer.probability, 3),
                "verdicts": [cited.verdict for cited in answer.citations],
            }
            for row, answer, good in zip(questions, answers, right, strict=True)
        ],
        "unanswerable": [
            {"id": row["id"], "answer": a.answer, "probability": round(a.probability, 3)}
            for row, a in zip(absent, refused, strict=True)
        ],
        "claims": [
            {"id": row["id"], "wanted": row["verdict"], "verdict": found.verdict}
            for row, found in zip(claims, checks, strict=True)
        ],
        "yes_no": [
            {"id": row["id"], "answer": a.answer, "probability": round(a.probability, 3)}
            for row, a in zip(yes_no, said, strict=True)
        ],
    }


def _yes_no_measures(rows: Sequence[dict[str, Any]], said: Sequence[Answer]) -> dict[str, Any]:
    """Return how many yes/no questions were answered, and how many of these answers are right."""
    right = [
        float([answer.answer] == row["answers"])
        for row, answer in zip(rows, said, strict=True)
        if not answer.abstained
    ]
    if not right:
        return {}
    answered = [float(not answer.abstained) for answer in said]
    return {
        "yes_no_answered": mean_with_interval(answered),
        "yes_no_right_of_answered": mean_with_interval(right),
    }


def citations_held(
    answerer: Answerer, answers: Sequence[Answer], right: Sequence[Sequence[str]]
) -> dict[str, int]:
    """Count the citations of given answers, and how many of them hold up."""
    total = exact = saying = supported = 0
    for answer, wanted in zip(answers, right, strict=True):
        for cited in answer.citations:
            total += 1
            text = answerer.knowledge.document(cited.document_id).text
            exact += text[cited.start : cited.end] == cited.quote
            saying += _says(cited.sentence, wanted)
            supported += cited.verdict == "supported"
    return {
        "citations": total,
        "quote_is_exact": exact,
        "sentence_says_a_right_answer": saying,
        "verdict_supported": supported,
    }


def _says(sentence: str, wanted: Sequence[str]) -> bool:
    said = f" {' '.join(normalised_words(sentence))} "
    return any(f" {' '.join(normalised_words(answer))} " in said for answer in wanted)


def _rows(name: str) -> list[dict[str, Any]]:
    text = files("wherefrom.benchmarks").joinpath(name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kb", type=Path, required=True)
    parser.add_argument("--reader", type=Path)
    parser.add_argument("--set", choices=sorted(QUESTIONS), default="report")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    answerer = Answerer.open(chosen.kb, reader=chosen.reader)
    write_result(chosen.out, measure(answerer, chosen.set))


if __name__ == "__main__":
    main()
