"""Choose answers to CommonsenseQA with facts of ConceptNet, without them, and with those of others.

    python -m wherefrom.benchmarks.choose_facts --data data --out results/choose_facts.json

Facts of `kg/conceptnet100k.tsv` are imported into a knowledge base in a temporary folder. Every
question is answered three times: from no evidence, from the facts found for it, and from the facts
found for the next question. Whether the evidence matters shows in the difference of the last two,
paired by question.
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
from wherefrom.pipeline.choosing import choose_option
from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.records import Evidence, Option
from wherefrom.pipeline.retrieval import retrieve
from wherefrom.pipeline.statement import as_statement

QUESTIONS, FACTS = "commonsense/csqa_dev.jsonl", "kg/conceptnet100k.tsv"
ARMS = ("none", "facts", "shuffled")


def measure(answerer: Answerer, asked: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Answer every question in each arm."""
    found = [_retrieved(answerer, one) for one in asked]
    arms: dict[str, list[list[list[Evidence]]]] = {
        "none": [[[] for _ in evidence] for evidence in found],
        "facts": found,
        "shuffled": [found[(number + 1) % len(found)] for number in range(len(found))],
    }
    right = {name: _right(answerer, asked, evidence) for name, evidence in arms.items()}
    pairs = zip(right["facts"], right["shuffled"], strict=True)
    against = zip(right["facts"], right["none"], strict=True)
    return {
        "benchmark": "choose_facts",
        "reader": answerer.reader.manifest.weights_sha256[:16],
        "choices": 5,
        "facts_shown": sum(len(item) for evidence in found for item in evidence) / len(found),
        "accuracy": {name: mean_with_interval(right[name]) for name in ARMS},
        "facts_less_shuffled": mean_with_interval([a - b for a, b in pairs]),
        "facts_less_none": mean_with_interval([a - b for a, b in against]),
    }


def _retrieved(answerer: Answerer, asked: dict[str, Any]) -> list[list[Evidence]]:
    """Find what `choose` finds: for the question, then for each choice as a statement."""
    question = asked["question"]
    statements = [as_statement(question, one.text) for one in _options(asked)]
    return retrieve(answerer.knowledge, [question, *statements], retriever="graph")


def _right(
    answerer: Answerer, asked: Sequence[dict[str, Any]], found: Sequence[list[list[Evidence]]]
) -> list[float]:
    reader, encoder = answerer.reader, answerer.knowledge.encoder
    return [
        float(
            choose_option(reader, encoder, one["question"], _options(one), evidence).choice
            == one["answerKey"]
        )
        for one, evidence in zip(asked, found, strict=True)
    ]


def _options(asked: dict[str, Any]) -> list[Option]:
    return [Option(one["label"], one["text"]) for one in asked["choices"]]


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--questions", type=int, help="of the first so many alone")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    asked = [row for _, row in read_objects(chosen.data / QUESTIONS, "CommonsenseQA's")]
    with tempfile.TemporaryDirectory() as folder:
        kb = Path(folder) / "facts.kb"
        build(kb, [f"triples:{chosen.data / FACTS}"])
        result = measure(Answerer.open(kb), asked[: chosen.questions])
    write_result(chosen.out, result)


if __name__ == "__main__":
    main()
