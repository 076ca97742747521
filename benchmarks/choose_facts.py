"""Choose answers to CommonsenseQA with facts of ConceptNet, without them, and with those of others.

    python -m wherefrom.benchmarks.choose_facts --data data --out results/choose_facts.json

Facts of `kg/conceptnet100k.tsv` are imported into a knowledge base in a temporary folder. Every
question is answered three times: from no evidence, from the facts found for it, and from the facts
found for the next question. Whether the evidence matters shows in the difference of the last two,
paired by question. What each feature of a choice counts is fitted to the other half of the
questions, with their own facts, as `calibrate --choices` fits it.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wherefrom.benchmarks.provenance import write_result
from wherefrom.indexes.build import build
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.choice_weights import fit_choices, observe_choice
from wherefrom.pipeline.choosing import option_logits, retrieve_for_options
from wherefrom.pipeline.held_out import in_first_half
from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.multiple_choice import ChoiceQuestion, as_example, read_choices
from wherefrom.pipeline.records import Evidence

QUESTIONS, FACTS = "commonsense/csqa_dev.jsonl", "kg/conceptnet100k.tsv"
ARMS = ("none", "facts", "shuffled")


def measure(answerer: Answerer, asked: Sequence[ChoiceQuestion]) -> dict[str, Any]:
    """Answer every question in each arm."""
    found = [
        retrieve_for_options(answerer.knowledge, one.question, one.options, retriever="graph")
        for one in asked
    ]
    arms: dict[str, list[list[list[Evidence]]]] = {
        "none": [[[] for _ in evidence] for evidence in found],
        "facts": found,
        "shuffled": [found[(number + 1) % len(found)] for number in range(len(found))],
    }
    known = {
        name: [observe_choice(answerer, *each) for each in zip(asked, shown, strict=True)]
        for name, shown in arms.items()
    }
    first = np.array([in_first_half(as_example(one)) for one in asked])
    weights = [
        fit_choices([one for one, aside in zip(known["facts"], first, strict=True) if aside != own])
        for own in (True, False)
    ]
    right = {
        name: [
            float(option_logits(one.rows, weights[0 if own else 1]).argmax() == one.right)
            for one, own in zip(known[name], first, strict=True)
        ]
        for name in ARMS
    }
    return {
        "benchmark": "choose_facts",
        "reader": answerer.reader.manifest.weights_sha256[:16],
        "choices": 5,
        "facts_shown": sum(len(item) for evidence in found for item in evidence) / len(found),
        "weights": weights,
        "accuracy": {name: mean_with_interval(right[name]) for name in ARMS},
        "facts_less_shuffled": mean_with_interval(_less(right["facts"], right["shuffled"])),
        "facts_less_none": mean_with_interval(_less(right["facts"], right["none"])),
    }


def _less(one: Sequence[float], other: Sequence[float]) -> list[float]:
    return [a - b for a, b in zip(one, other, strict=True)]


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--questions", type=int, help="of the first so many alone")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    asked = list(read_choices(chosen.data / QUESTIONS))
    with tempfile.TemporaryDirectory() as folder:
        kb = Path(folder) / "facts.kb"
        build(kb, [f"triples:{chosen.data / FACTS}"])
        result = measure(Answerer.open(kb), asked[: chosen.questions])
    write_result(chosen.out, result)


if __name__ == "__main__":
    main()
