"""Answer questions that take two articles, with the graph and without it.

    python -m wherefrom.benchmarks.multihop_answers --data data/multihop --out results/answers.json

The pool of 2WikiMultiHopQA is built in a temporary folder (or `--kb` names one that is built). The
bundled reader answers every question from the evidence of each retriever; an abstention counts as a
wrong answer. Exact match and F1 are those of SQuAD; the difference is paired by question.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.provenance import write_result
from wherefrom.indexes.build import build
from wherefrom.kb.jsonl import read_objects
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.matching import exact_match, word_f1
from wherefrom.pipeline.records import Answer

CORPUS, QUESTIONS = "2wiki_corpus.jsonl", "2wiki_questions_a.jsonl"
RETRIEVERS = ("hybrid", "graph")
MEASURES = {"exact_match": exact_match, "f1": word_f1}


def measure(answerer: Answerer, asked: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Ask every question with each retriever."""
    questions = [one["question"] for one in asked]
    said = {name: answerer.ask_many(questions, retriever=name) for name in RETRIEVERS}
    scores = {name: _scores(answers, asked) for name, answers in said.items()}
    kinds = sorted({one.get("type", "") for one in asked})
    return {
        "benchmark": "multihop_answers",
        "reader": answerer.reader.manifest.weights_sha256[:16],
        "retrievers": {
            name: {
                **{key: mean_with_interval(values) for key, values in scores[name].items()},
                "abstained": mean_with_interval([float(one.abstained) for one in said[name]]),
                "answers_with_a_path": sum(bool(one.paths) for one in said[name]),
            }
            for name in RETRIEVERS
        },
        "graph_less_hybrid": {
            key: mean_with_interval(
                [a - b for a, b in zip(scores["graph"][key], scores["hybrid"][key], strict=True)]
            )
            for key in MEASURES
        },
        "by_type": {kind: _of_type(kind, asked, scores) for kind in kinds},
    }


def _scores(answers: Sequence[Answer], asked: Sequence[dict[str, Any]]) -> dict[str, list[float]]:
    return {
        key: [score(one.answer, [row["answer"]]) for one, row in zip(answers, asked, strict=True)]
        for key, score in MEASURES.items()
    }


def _of_type(
    kind: str, asked: Sequence[dict[str, Any]], scores: dict[str, dict[str, list[float]]]
) -> dict[str, Any]:
    rows = [number for number, one in enumerate(asked) if one.get("type", "") == kind]
    return {
        name: {
            key: mean_with_interval([values[row] for row in rows])
            for key, values in scores[name].items()
        }
        for name in RETRIEVERS
    }


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kb", type=Path, help="the pool, already built")
    parser.add_argument("--questions", type=int, help="of the first so many alone")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    asked = [row for _, row in read_objects(chosen.data / QUESTIONS, "2WikiMultiHopQA's")]
    with tempfile.TemporaryDirectory() as folder:
        kb = chosen.kb or Path(folder) / "2wiki.kb"
        if chosen.kb is None:
            build(kb, [f"jsonl:{chosen.data / CORPUS}"])
        result = measure(Answerer.open(kb), asked[: chosen.questions])
    write_result(chosen.out, result)


if __name__ == "__main__":
    main()
