"""Name the arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer


def whole_number(text: str | int) -> int:
    """Read a whole number; typer's own message would not say what it found."""
    try:
        return int(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a whole number") from error


def decimal_number(text: str | float) -> float:
    """Read a number; typer's own message would not say what it found."""
    try:
        return float(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a number") from error


KnowledgeBasePath = Annotated[
    Path, typer.Argument(metavar="KB", help="Directory of the knowledge base.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Passages = Annotated[
    int,
    typer.Option("-k", metavar="N", parser=whole_number, help="How many passages to retrieve."),
]
Retriever = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="dense compares meaning, sparse words, hybrid both; graph walks on from there.",
    ),
]
BestRetriever = Annotated[
    str | None,
    typer.Option(
        "--retriever",
        metavar="NAME",
        help="dense, sparse, hybrid or graph; by default graph where there is one.",
    ),
]
Encoder = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Encoder: a hub name or a folder. Default: what the knowledge base was made with.",
    ),
]
Reader = Annotated[
    str | None,
    typer.Option(metavar="DIR", help="Reader: a folder. Default: the one that is bundled."),
]
Device = Annotated[
    str | None, typer.Option(metavar="DEVICE", help="cpu, cuda or cuda:N. Default: a GPU if any.")
]
QuestionsFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help='Answer every line of a file instead: {"id": …, "question": …}.'
    ),
]
Generator = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Let a language model write the answer: an http address, a GGUF file, smollm2, a "
        "folder or a hub name.",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Which model of the server at --generator shall answer."),
]
Examples = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help='Show the generator the most similar of these: {"question": …, "answer": …}.',
    ),
]
ApiKeyVariable = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Environment variable with the key of the server."),
]
