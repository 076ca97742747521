"""The commands that make a reader or a retriever; each calls one function of the library."""

import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from wherefrom.options import AsJson, KnowledgeBasePath
from wherefrom.printing import print_fields, print_json


def train(
    recipe: Annotated[
        Path, typer.Argument(metavar="RECIPE", help="TOML file: what to learn from, and how.")
    ],
    data: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder that the recipe's file names are relative to."),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for what is trained.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint in the out folder.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train a reader or a retriever by a recipe, and measure it."""
    from wherefrom.pipeline.recipe_kind import recipe_kind

    if recipe_kind(recipe) == "retriever":
        _train_retriever(recipe, data, out, resume=resume, as_json=as_json)
    else:
        _train_reader(recipe, data, out, resume=resume, as_json=as_json)


def _train_reader(recipe: Path, data: Path, out: Path, *, resume: bool, as_json: bool) -> None:
    from wherefrom.bars import ProgressBars
    from wherefrom.pipeline.evaluation import count, in_words
    from wherefrom.pipeline.model_card import DRAWN
    from wherefrom.pipeline.train_reader import train_reader

    with redirect_stdout(sys.stderr), ProgressBars() as bars:  # the trainer prints its own progress
        manifest = train_reader(recipe, data, out, resume=resume, progress=bars)
    if as_json:
        print_json(asdict(manifest))
        return
    training = manifest.training
    trained = {
        "steps": training["steps"],
        **{words: training[name] for name, words in DRAWN.items() if training.get(name)},
        "seconds": training["seconds"],
        "weights": f"sha256 {manifest.weights_sha256[:12]}…",
    }
    measured = {
        file: f"{in_words(found)} (n = {count(found):,})"
        for file, found in training["metrics"].items()
    }
    print_fields(str(out), trained | measured)


def _train_retriever(recipe: Path, data: Path, out: Path, *, resume: bool, as_json: bool) -> None:
    from wherefrom.bars import ProgressBars
    from wherefrom.pipeline.retriever_report import in_words, verdict
    from wherefrom.pipeline.train_retriever import train_retriever

    with redirect_stdout(sys.stderr), ProgressBars() as bars:  # the trainer prints its own progress
        manifest = train_retriever(recipe, data, out, resume=resume, progress=bars)
    if as_json:
        print_json(asdict(manifest))
        return
    training = manifest.training
    trained = {
        "steps": training["steps"],
        "queries": training["queries"],
        "examples": training["examples"],
        "seconds": training["seconds"],
        "weights": f"sha256 {manifest.weights_sha256[:12]}…",
    }
    measured = {name: in_words(found) for name, found in training["measures"].items()}
    print_fields(str(out), trained | measured | {"in short": verdict(training["measures"])})


def calibrate(
    reader: Annotated[Path, typer.Argument(metavar="READER", help="Folder of the reader.")],
    kb: KnowledgeBasePath,
    questions: Annotated[
        list[Path],
        typer.Option(
            metavar="FILE",
            help='Questions with their answers: {"question": …, "answers": […]} a line.',
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Fit a reader's probabilities to questions whose answers are known."""
    from wherefrom.bars import ProgressBars
    from wherefrom.pipeline.calibration import calibrate as calibrate_reader
    from wherefrom.pipeline.calibration import read_known_questions

    known = [question for file in questions for question in read_known_questions(file)]
    with ProgressBars() as bars:
        bars.start("ask", total=len(known))
        found = calibrate_reader(reader, kb, known, advance=lambda: bars.advance("ask"))
        bars.finish("ask")
    if as_json:
        print_json(asdict(found))
        return
    weights = found.calibration.answer_weights
    print_fields(
        str(reader),
        {
            "questions": found.questions,
            "with a right candidate": found.answered,
            "weights": ", ".join(f"{name} {weight:g}" for name, weight in weights.items()),
            "bias": f"{found.calibration.answer_bias:g}",
        },
    )
