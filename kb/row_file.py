"""Write the rows of a data set of the library `datasets` into a file of a public format.

A file is read as any other: its hash is known, and no hub is needed any more. What differs on the
hub is put as the authors published it: numbers of classes become their names, choices as two lists
become a list of choices, and questions with their paragraphs SQuAD's JSON. What is null is left
out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from wherefrom.kb.durable import make_folder, replaced_file
from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Place, shown
from wherefrom.kb.huggingface import open_rows, require_columns, split_location

NO_LABEL = "-"  # of SNLI and MultiNLI, where the annotators did not agree


def write_rows(
    location: str, file: Path, *, nested: bool, columns: Mapping[str, str] | None = None
) -> None:
    """Write the rows of a data set into a file, a JSON object a line or all as SQuAD's JSON.

    Rows are streamed; of SQuAD's JSON, which is one text, all are held.

    Parameters
    ----------
    location
        ``DATASET[/CONFIG][:SPLIT]``, as `wherefrom.kb.huggingface` reads it.
    file
        It is replaced; its folder is made.
    nested
        Whether it is SQuAD's JSON that is written.
    columns
        By the name that the format has for it, the column that holds it.

    Raises
    ------
    SourceError
        If the data set cannot be read, has no row, or lacks a column that was named.
    RecordError
        If a row holds what JSON cannot.
    StorageError
        If the disk refuses.
    """
    rows = _published(location, columns or {})
    lines: Iterable[str] = [_squad(rows)] if nested else (_line(*row) for row in rows)
    make_folder(file.parent)
    with replaced_file(file) as temporary, temporary.open("w", encoding="utf-8") as out:
        out.writelines(lines)
        if not out.tell():
            raise SourceError(f"{location} has no row")


def _published(
    location: str, columns: Mapping[str, str]
) -> Iterator[tuple[Place, dict[str, object]]]:
    """Yield the rows as they were published, each with its place."""
    name, split = split_location(location)
    rows, classes = open_rows(location)
    for number, found in enumerate(rows):
        if number == 0:
            require_columns(name, columns.values(), list(found))
        row = {key: _named(value, classes.get(key)) for key, value in found.items()}
        row |= {wanted: row[column] for wanted, column in columns.items()}
        yield (
            Place(f"{name}:{split}", f"row {number}"),
            {key: _listed(value) for key, value in row.items() if value is not None},
        )


def _named(value: object, names: Sequence[str] | None) -> object:
    """Return the name of a class by its number; -1 stands where the annotators did not agree."""
    if names is None or not isinstance(value, int):
        return value
    return names[value] if value >= 0 else NO_LABEL


def _listed(value: object) -> object:
    """Turn an object of equally long lists of labels and texts into a list of objects."""
    if isinstance(value, dict) and set(value) == {"label", "text"}:
        pairs = zip(value["label"], value["text"], strict=True)
        return [{"label": label, "text": text} for label, text in pairs]
    return value


def _line(place: Place, row: Mapping[str, object]) -> str:
    try:
        return json.dumps(row, ensure_ascii=False) + "\n"
    except TypeError as error:
        raise RecordError(f"{place}: cannot be written as JSON: {error}") from error


def _squad(rows: Iterable[tuple[Place, Mapping[str, object]]]) -> str:
    """Put questions into SQuAD's JSON: paragraphs in order, those of one text together."""
    paragraphs: dict[tuple[str, str], list[dict[str, object]]] = {}
    for place, row in rows:
        answers = row.get("answers")
        if not isinstance(answers, dict) or not {"text", "answer_start"} <= set(answers):
            raise RecordError(
                f'{place}: the answers are {shown(answers)}; {{"text": […], "answer_start": […]}} '
                "is needed"
            )
        pairs = zip(answers["text"], answers["answer_start"], strict=True)
        asked = {
            "id": row.get("id"),
            "question": row.get("question"),
            "answers": [{"text": text, "answer_start": start} for text, start in pairs],
        }
        key = str(row.get("title", "")), str(row.get("context", ""))
        paragraphs.setdefault(key, []).append(asked)
    if not paragraphs:
        return ""
    articles = [
        {"title": title, "paragraphs": [{"context": context, "qas": asked}]}
        for (title, context), asked in paragraphs.items()
    ]
    return json.dumps({"version": "", "data": articles}, ensure_ascii=False) + "\n"
