"""Read question answering data in SQuAD's format (v1.1 and v2.0, plain or gzipped).

Source: Rajpurkar, Zhang, Lopyrev and Liang, "SQuAD: 100,000+ Questions for Machine Comprehension
of Text", EMNLP 2016, arXiv:1606.05250; Rajpurkar, Jia and Liang, "Know What You Don't Know", ACL
2018, arXiv:1806.03822.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.json_file import read_json
from wherefrom.pipeline.detokenise import detokenise
from wherefrom.pipeline.examples import SpanExample


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """One question with its paragraph and the accepted answers (text and offset of each)."""

    id: str
    question: str
    title: str
    context: str
    answers: tuple[tuple[str, int], ...]


def read_squad(path: Path, *, tokenised: bool = False) -> list[SquadQuestion]:
    """Read every question of one file, in order.

    Parameters
    ----------
    path
        A SQuAD JSON file, plain or gzipped.
    tokenised
        Whether the contexts are tokenised text whose spaces should be undone.

    Raises
    ------
    SourceError
        If the file is missing, empty, truncated, not UTF-8 or not JSON.
    RecordError
        If an article, paragraph or question lacks a field, or an answer is not where it says.
    """
    data = read_json(path)
    if not isinstance(data, dict) or not isinstance(data.get("data"), list):
        raise SourceError(f'{path} is not in SQuAD format: no list under "data"')
    questions: list[SquadQuestion] = []
    for number, article in enumerate(data["data"]):
        try:
            questions.extend(_article(article, tokenised=tokenised))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise RecordError(f"{path}, article {number}: {error!r}") from error
    return questions


def _article(article: dict[str, Any], *, tokenised: bool) -> list[SquadQuestion]:
    title = article.get("title") or ""
    title = "" if title == "unknown" or ":" in title else title.replace("_", " ")
    found: list[SquadQuestion] = []
    for paragraph in article["paragraphs"]:
        written = context = paragraph["context"]
        places: Sequence[int] = range(len(written) + 1)
        if tokenised:
            context, places = detokenise(written)
        for entry in paragraph["qas"]:
            answers = [] if entry.get("is_impossible") else entry["answers"]
            spans = []
            for answer in answers:
                text, start = answer["text"], answer["answer_start"]
                end = start + len(text)
                if start < 0 or not text.strip() or written[start:end] != text:
                    raise ValueError(f"question {entry['id']}: no answer {text!r} at {start}")
                said = context[places[start] : places[end]]
                spans.append((said.strip(), places[start] + len(said) - len(said.lstrip())))
            found.append(
                SquadQuestion(entry["id"], entry["question"], title, context, tuple(spans))
            )
    return found


def as_span(question: SquadQuestion) -> SpanExample:
    """Make the example of a question beside its paragraph, with its first answer."""
    start, end = -1, -1
    if question.answers:
        answer, start = question.answers[0]
        end = start + len(answer)
    return SpanExample(question.question, question.title, question.context, start, end)
