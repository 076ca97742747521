"""Measure the memory and time of building and searching a knowledge base of many passages.

    python -m wherefrom.benchmarks.build_memory --out results/build_memory.json

The text is drawn from the starter articles, and the encoder is a cheap one with vectors as long as
the default's; `--encoder default` takes that one instead, at a fifth of the speed or less. Both
commands run as processes of their own, so what making the text took is not counted.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.cheap_encoder import DESCRIPTION, save_cheap_encoder
from wherefrom.benchmarks.installed import wherefrom_command
from wherefrom.benchmarks.made_text import made_documents, write_made_documents
from wherefrom.benchmarks.provenance import write_result
from wherefrom.benchmarks.watched import MIB, watch
from wherefrom.indexes.info import info
from wherefrom.indexes.model_folder import DEFAULT_ENCODER
from wherefrom.kb.errors import WherefromError

QUESTIONS = 100
QUESTION_WORDS = 9


def measure(folder: Path, source: str, *, passages: int, encoder: str) -> dict[str, Any]:
    """Write the text, then build and search in processes that are watched."""
    text, asked, kb = folder / "text.jsonl", folder / "questions.jsonl", folder / "made.kb"
    write_made_documents(text, source, passages)
    _write_questions(asked, source)
    options: list[str | Path] = []
    if encoder == "cheap":
        save_cheap_encoder(folder / "encoder")
        options = ["--encoder", folder / "encoder"]
    command = wherefrom_command()
    built = watch([command, "build", kb, f"jsonl:{text}", *options])
    found = info(kb)
    if found.passages < passages:
        raise WherefromError(f"{found.passages:,} passages were built, {passages:,} were meant")
    searched = watch([command, "search", kb, "--questions", asked, "--json", *options])
    return {
        "benchmark": "build_memory",
        "passages": found.passages,
        "text": f"drawn from {source}",
        "text_mib": text.stat().st_size / MIB,
        "knowledge_base_mib": found.bytes / MIB,
        "encoder": DESCRIPTION if encoder == "cheap" else DEFAULT_ENCODER,
        "dense": found.dense,
        "build": {
            "peak_mib": built.peak_mib,
            "seconds": built.seconds,
            "passages_per_second": found.passages / built.seconds,
            "samples": built.samples,
        },
        "search": {
            "questions": QUESTIONS,
            "peak_mib": searched.peak_mib,
            "seconds_with_start": searched.seconds,
            "samples": searched.samples,
        },
    }


def _write_questions(file: Path, source: str) -> None:
    """Write questions of the first words of other documents, drawn by another seed."""
    with file.open("w", encoding="utf-8") as lines:
        for document in made_documents(source, QUESTIONS, seed=1):
            question = " ".join(document["text"].split()[1 : QUESTION_WORDS + 1])
            lines.write(json.dumps({"id": document["id"], "question": question}) + "\n")


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--source", default="starter", help="where the words are drawn from")
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--encoder", choices=["cheap", "default"], default="cheap")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(
            Path(folder), chosen.source, passages=chosen.passages, encoder=chosen.encoder
        )
    write_result(chosen.out, result)


if __name__ == "__main__":
    main()
