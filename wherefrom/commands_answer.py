"""The commands that answer from a knowledge base; each calls one method of the opened one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from wherefrom.batch import Asked, read_choices, read_claims, read_questions, read_texts
from wherefrom.contract import (
    Json,
    answer_json,
    check_json,
    choice_json,
    classification_json,
    queried_json,
    ranking_json,
)
from wherefrom.kb.errors import QuestionError, UsageError
from wherefrom.options import (
    ApiKeyVariable,
    AsJson,
    BestRetriever,
    Device,
    Encoder,
    Examples,
    Generator,
    KnowledgeBasePath,
    Model,
    Passages,
    QuestionsFile,
    Reader,
    Retriever,
)
from wherefrom.printing import print_json, print_text
from wherefrom.text import (
    answer_text,
    check_text,
    choice_text,
    classification_text,
    ranking_text,
)

if TYPE_CHECKING:
    from rich.text import Text

    from wherefrom.pipeline.generator import Generator as LanguageModel
    from wherefrom.pipeline.worked_examples import WorkedExample

Result = TypeVar("Result")


def search(
    kb: KnowledgeBasePath,
    query: Annotated[str | None, typer.Argument(metavar="QUERY", help="What to look for.")] = None,
    questions: QuestionsFile = None,
    k: Passages = 10,
    retriever: Retriever = "hybrid",
    encoder: Encoder = None,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Find passages."""
    from wherefrom.opened import KnowledgeBase

    asked = _asked(query, questions, read=read_questions)
    opened = KnowledgeBase.open(kb, encoder=encoder, device=device)
    with _placed(asked):
        found = opened.search_many([item.text for item in asked], k=k, retriever=retriever)
    if as_json and questions is None:
        print_json(ranking_json(found[0]))
    elif as_json:
        print_json([queried_json(a.id, a.text, f) for a, f in zip(asked, found, strict=True)])
    else:
        _print_texts(asked, found, ranking_text, headed=questions is not None)


def ask(
    kb: KnowledgeBasePath,
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", help="In words.")] = None,
    questions: QuestionsFile = None,
    k: Passages = 10,
    retriever: BestRetriever = None,
    reader: Reader = None,
    generator: Generator = None,
    model: Model = None,
    examples: Examples = None,
    api_key_variable: ApiKeyVariable = None,
    encoder: Encoder = None,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with citations, or abstain."""
    from wherefrom.opened import KnowledgeBase

    asked = _asked(question, questions, read=read_questions)
    shown = _examples(examples, generator)
    opened = KnowledgeBase.open(kb, reader=reader, encoder=encoder, device=device)
    writer = _generator(generator, model, api_key_variable, device)
    with _placed(asked):
        found = opened.ask_many(
            [item.text for item in asked],
            k=k,
            retriever=retriever,
            generator=writer,
            examples=shown,
        )
    if as_json:
        _print_objects(asked, found, answer_json, listed=questions is not None)
    else:
        _print_texts(asked, found, answer_text, headed=questions is not None)


def _examples(file: Path | None, generator: str | None) -> "list[WorkedExample] | None":
    if file is None:
        return None
    if generator is None:
        raise UsageError("--examples goes with --generator")
    from wherefrom.pipeline.worked_examples import read_examples

    return read_examples(file)


def _generator(
    reference: str | None, model: str | None, api_key_variable: str | None, device: str | None
) -> "LanguageModel | None":
    if reference is not None:
        from wherefrom.pipeline.generator import open_generator

        return open_generator(
            reference, model=model, api_key_variable=api_key_variable, device=device
        )
    for option, value in (("--model", model), ("--api-key-variable", api_key_variable)):
        if value is not None:
            raise UsageError(f"{option} goes with --generator")
    return None


def check(
    kb: KnowledgeBasePath,
    claim: Annotated[
        str | None, typer.Argument(metavar="CLAIM", help="A statement in words.")
    ] = None,
    claims: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help='Check every line of a file: {"id": …, "claim": …}.'),
    ] = None,
    k: Passages = 10,
    retriever: BestRetriever = None,
    reader: Reader = None,
    encoder: Encoder = None,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Decide whether the evidence supports or refutes a claim."""
    from wherefrom.opened import KnowledgeBase

    asked = _asked(claim, claims, read=read_claims)
    opened = KnowledgeBase.open(kb, reader=reader, encoder=encoder, device=device)
    with _placed(asked):
        found = opened.check_many([item.text for item in asked], k=k, retriever=retriever)
    if as_json:
        _print_objects(asked, found, check_json, listed=claims is not None)
    else:
        _print_texts(asked, found, check_text, headed=claims is not None)


def choose(
    kb: KnowledgeBasePath,
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", help="In words.")] = None,
    choice: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="One of the choices; give it twice or more."),
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help='Answer every line of a file: {"id": …, "question": …, '
            '"choices": [{"label": …, "text": …}, …]}.',
        ),
    ] = None,
    k: Passages = 10,
    retriever: BestRetriever = None,
    reader: Reader = None,
    encoder: Encoder = None,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Choose one answer of several, with evidence."""
    from wherefrom.opened import KnowledgeBase

    asked = _asked(question, questions, read=read_choices)
    if questions is not None and choice:
        raise UsageError("--choice goes with one QUESTION; a file of questions has its own choices")
    opened = KnowledgeBase.open(kb, reader=reader, encoder=encoder, device=device)
    pairs = [(item.text, item.choices or choice or ()) for item in asked]
    with _placed(asked):
        found = opened.choose_many(pairs, k=k, retriever=retriever)
    if as_json:
        _print_objects(asked, found, choice_json, listed=questions is not None)
    else:
        _print_texts(asked, found, choice_text, headed=questions is not None)


def classify(
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="What to classify.")] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="One of the labels, in words; give it twice or more."),
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help='Classify every line of a file: {"id": …, "text": …}.'),
    ] = None,
    hypothesis: Annotated[
        str, typer.Option(metavar="TEXT", help="What is said of a text; {} stands for the label.")
    ] = "This text is about {}.",
    several: Annotated[
        bool, typer.Option("--several", help="A text may have several of the labels, or none.")
    ] = False,
    reader: Reader = None,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Say which label suits a text, without training or by a reader's own labels."""
    from wherefrom.pipeline import classifying
    from wherefrom.pipeline.bundled import bundled_reader
    from wherefrom.pipeline.reader import Reader as LoadedReader

    asked = _asked(text, texts, read=read_texts)
    opened = LoadedReader.open(bundled_reader() if reader is None else reader, device=device)
    with _placed(asked):
        said = [item.text for item in asked]
        if not label and opened.manifest.labels:
            found = classifying.classify_as_trained(opened, said)
        else:
            found = classifying.classify(
                opened, said, label or (), hypothesis=hypothesis, several=several
            )
    if as_json:
        _print_objects(asked, found, classification_json, listed=texts is not None)
    else:
        _print_texts(asked, found, classification_text, headed=texts is not None)


def _asked(
    text: str | None, file: Path | None, *, read: Callable[[Path], list[Asked]]
) -> list[Asked]:
    """Return what is asked: the one text, or every line of the file; refuse both and neither."""
    if text is not None and file is None:
        return [Asked("", text)]
    if file is not None and text is None:
        return read(file)
    found = "nothing" if text is None else "both"
    raise UsageError(f"give what to ask, either in words or as a file; found {found}")


@contextmanager
def _placed(asked: Sequence[Asked]) -> Iterator[None]:
    """Say the file, line and id of a question that cannot be asked."""
    try:
        yield
    except QuestionError as error:
        place = asked[error.number].place
        if not place:
            raise
        raise UsageError(f"{place}: the {error.what} {error.problem}") from error


def _print_objects(
    asked: Sequence[Asked],
    found: Sequence[Result],
    put: Callable[[Result], Json],
    *,
    listed: bool,
) -> None:
    if listed:
        print_json([{"id": a.id, **put(result)} for a, result in zip(asked, found, strict=True)])
    else:
        print_json(put(found[0]))


def _print_texts(
    asked: Sequence[Asked],
    found: Sequence[Result],
    put: "Callable[[Result], Text]",
    *,
    headed: bool,
) -> None:
    for item, result in zip(asked, found, strict=True):
        if headed:
            print(f"{item.id}. {item.text}")
        print_text(put(result))
        if headed:
            print()
