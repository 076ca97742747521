"""The commands that make models, or make them smaller; each calls one function of the library."""

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wherefrom.options import AsJson, KnowledgeBasePath
from wherefrom.printing import message, print_fields, print_json

if TYPE_CHECKING:
    from wherefrom.pipeline.reader_manifest import ReaderManifest
    from wherefrom.pipeline.retriever_manifest import RetrieverManifest

Fields = dict[str, Any]


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
    from wherefrom.bars import ProgressBars
    from wherefrom.pipeline.processes import is_first_process
    from wherefrom.pipeline.recipe_kind import recipe_kind

    is_retriever = recipe_kind(recipe) == "retriever"
    with redirect_stdout(sys.stderr), ProgressBars() as bars:  # the trainer prints its own progress
        manifest: ReaderManifest | RetrieverManifest
        if is_retriever:
            from wherefrom.pipeline.train_retriever import train_retriever

            manifest = train_retriever(recipe, data, out, resume=resume, progress=bars)
        else:
            from wherefrom.pipeline.train_reader import train_reader

            told = message if is_first_process() else None
            manifest = train_reader(recipe, data, out, resume=resume, progress=bars, tell=told)
    if not is_first_process():
        return
    if as_json:
        print_json(asdict(manifest))
        return
    training = manifest.training
    drawn, measured = _told_of_retriever(training) if is_retriever else _told_of_reader(training)
    trained = {
        "steps": training["steps"],
        **drawn,
        "seconds": training["seconds"],
        "weights": f"sha256 {manifest.weights_sha256[:12]}…",
    }
    print_fields(str(out), trained | measured)


def _told_of_reader(training: Mapping[str, Any]) -> tuple[Fields, Fields]:
    """Return what a reader was trained on, and what it measures."""
    from wherefrom.pipeline.change import gains_in_short, gains_in_words
    from wherefrom.pipeline.evaluation import count, in_words
    from wherefrom.pipeline.model_card import DRAWN

    drawn = {words: training[name] for name, words in DRAWN.items() if training.get(name)}
    measured: Fields = {
        file: f"{in_words(found)} (n = {count(found):,})"
        for file, found in training["metrics"].items()
    }
    if training.get("gains"):
        told = {
            f"{file}, before → after": gains_in_words(found)
            for file, found in training["gains"].items()
        }
        measured |= told | {"in short": gains_in_short(training["gains"])}
    return drawn, measured


def _told_of_retriever(training: Mapping[str, Any]) -> tuple[Fields, Fields]:
    """Return what a retriever was trained on, and what it measures."""
    from wherefrom.pipeline.retriever_report import in_words, verdict

    measures = training["measures"]
    measured: Fields = {name: in_words(found) for name, found in measures.items()}
    drawn: Fields = {name: training[name] for name in ("queries", "examples")}
    return drawn, measured | {"in short": verdict(measures)}


def compress(
    recipe: Annotated[
        Path, typer.Argument(metavar="RECIPE", help="TOML file: the reader and the steps.")
    ],
    data: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder that the recipe's file names are relative to."),
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for the readers and the frontier.")
    ],
    as_json: AsJson = False,
) -> None:
    """Make a reader smaller and faster, step by step, and measure each step."""
    from wherefrom.bars import ProgressBars
    from wherefrom.pipeline.compression import compress as compress_reader

    with redirect_stdout(sys.stderr), ProgressBars() as bars:  # the trainer prints its own progress
        frontier = compress_reader(recipe, data, out, progress=bars)
    found = frontier.as_json()
    if as_json:
        print_json(found)
        return
    shown: Fields = {
        point.name: _told_of_point(point.summary, best=point.name in found["frontier"])
        for point in frontier.points
    }
    print_fields(str(out), shown)


def _told_of_point(summary: Mapping[str, float], *, best: bool) -> str:
    """Put what was measured of a step in one line; what no other step beats has a star."""
    shares = ("accuracy", "robustness", "calibration_error")
    told = [
        f"{name.replace('_', ' ')} {100 * summary[name]:.1f} %"
        for name in shares
        if name in summary
    ]
    told.append(f"{summary['bytes'] / 1e6:.1f} MB")
    told.append(f"{1e3 * summary['seconds_per_prompt']:.1f} ms a prompt{' *' if best else ''}")
    return ", ".join(told)


def calibrate(
    reader: Annotated[Path, typer.Argument(metavar="READER", help="Folder of the reader.")],
    kb: KnowledgeBasePath,
    questions: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help='Questions with their answers: {"question": …, "answers": […]} a line.',
        ),
    ] = None,
    choices: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Questions with choices, in CommonsenseQA's form."),
    ] = None,
    claims: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Claims that are true or false, in CREAK's form."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit a reader's probabilities to questions and claims whose answers are known."""
    from wherefrom.bars import ProgressBars
    from wherefrom.kb.errors import UsageError
    from wherefrom.pipeline.calibration import calibrate as calibrate_reader
    from wherefrom.pipeline.calibration import read_known_questions
    from wherefrom.pipeline.claims import read_claims
    from wherefrom.pipeline.multiple_choice import read_choices

    if not questions and not choices and not claims:
        raise UsageError("nothing to fit to: name --questions, --choices or --claims with a FILE")
    known = [question for file in questions or () for question in read_known_questions(file)]
    chosen = [question for file in choices or () for question in read_choices(file)]
    said = [claim for file in claims or () for claim in read_claims(file)]
    with ProgressBars() as bars:
        bars.start("ask", total=len(known) + len(chosen) + len(said))
        found = calibrate_reader(
            reader, kb, known, chosen, said, advance=lambda: bars.advance("ask")
        )
        bars.finish("ask")
    if as_json:
        print_json(asdict(found))
        return
    told: Fields = {}
    if found.questions:
        told = {
            "questions": found.questions,
            "with a right candidate": found.answered,
            "weights": _weights(found.calibration.answer_weights),
            "bias": f"{found.calibration.answer_bias:g}",
        }
    if found.choices:
        told |= {
            "questions with choices": found.choices,
            "weights of choices": _weights(found.calibration.choice_weights),
        }
    if found.claims:
        told |= {
            "claims": found.claims,
            "weights of claims": _weights(found.calibration.claim_weights),
            "bias of claims": f"{found.calibration.claim_bias:g}",
        }
    print_fields(str(reader), told)


def _weights(weights: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
