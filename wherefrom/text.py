"""Put results as text for people: bold and coloured on a terminal, plain elsewhere.

Whatever comes from a knowledge base is appended as text, never read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from wherefrom.pipeline.records import (
    Abstention,
    Answer,
    Check,
    Choice,
    Citation,
    Classification,
    Draft,
    Evidence,
    Path,
    Verdict,
)

if TYPE_CHECKING:
    from rich.text import Text

VERDICT_STYLES: dict[Verdict, str] = {
    "supported": "green",
    "refuted": "red",
    "undecided": "yellow",
}
WHY_NO_ANSWER: dict[Abstention, str] = {
    "said": "the generator says that the passages do not hold it",
    "unsupported": "the passages support no sentence that the generator wrote",
    "irrelevant": "what is supported of the generator's text does not answer the question",
}
CLOSEST = 3  # passages named when there is no answer


def answer_text(answer: Answer) -> Text:
    """Put an answer, or the lack of one, with its citations."""
    if answer.draft is not None:
        return _drafted(answer, answer.draft)
    if not answer.abstained:
        head = _text((answer.answer, "bold"), f"  (probability {answer.probability:.2f})\n")
        return head.append_text(_citations(answer.citations)).append_text(_paths(answer.paths))
    head = _text(
        ("No answer", "bold"),
        f": no passage found answers this well enough (probability {answer.probability:.2f}).\n",
    )
    return head.append_text(_closest(answer))


def _closest(answer: Answer) -> Text:
    together = _text("\nClosest passages:\n" if answer.evidence else "")
    for evidence in answer.evidence[:CLOSEST]:
        together.append(f"  {evidence.title} · {evidence.passage_id}\n")
    return together


def _drafted(answer: Answer, draft: Draft) -> Text:
    """Put each sentence of a draft with the numbers of its citations, or marked as unsupported."""
    if draft.abstention == "said":
        head = _text(("No answer", "bold"), f": {WHY_NO_ANSWER[draft.abstention]}.\n")
        return head.append_text(_closest(answer))
    head = _text()
    if draft.abstention:
        head = _text(("No answer", "bold"), f": {WHY_NO_ANSWER[draft.abstention]}.\n\n")
    numbers = {_place(one): number for number, one in enumerate(answer.citations, start=1)}
    for sentence in draft.sentences:
        style = VERDICT_STYLES[sentence.verdict]
        if sentence.verdict == "supported":
            places = (_place(one) for one in sentence.citations)
            cited = "".join(f"[{numbers[place]}]" for place in places if place in numbers)
            mark = f" {cited}\n" if cited else "  (supported)\n"
            head.append_text(_text((_one_line(sentence.text), "bold"), (mark, style)))
        else:
            mark = f"  ({sentence.verdict}: not supported by the passages)\n"
            head.append_text(_text(_one_line(sentence.text), (mark, style)))
    return head.append_text(_citations(answer.citations)).append_text(_paths(answer.paths))


def _place(citation: Citation) -> tuple[str, int, int, str]:
    return citation.document_id, citation.start, citation.end, citation.quote


def check_text(check: Check) -> Text:
    """Put a verdict with its probabilities and citations."""
    head = _text(
        (check.verdict, f"bold {VERDICT_STYLES[check.verdict]}"),
        f"  ({listed(check.probabilities)})\n",
    )
    return head.append_text(_citations(check.citations))


def choice_text(choice: Choice) -> Text:
    """Put the label chosen with the probability of each, and citations."""
    head = _text((choice.choice, "bold"), f"  ({listed(choice.probabilities)})\n")
    return head.append_text(_citations(choice.citations)).append_text(_paths(choice.paths))


def classification_text(found: Classification) -> Text:
    """Put the label of a text with the probability of each."""
    return _text((found.label, "bold"), f"  ({listed(found.probabilities)})\n")


def ranking_text(ranking: Sequence[Evidence]) -> Text:
    """Put passages with rank, score and id, best first."""
    if not ranking:
        return _text("No passage found.\n")
    parts: list[str | tuple[str, str]] = []
    for evidence in ranking:
        parts += [
            f"{evidence.rank}. ",
            (evidence.title, "bold"),
            f"  {evidence.score:.4f} · {evidence.passage_id}\n",
            f"   {_one_line(evidence.text)}\n",
        ]
        if evidence.path:
            parts.append((f"   path: {path_line(evidence.path)}\n", "dim"))
    return _text(*parts)


def path_line(path: Path) -> str:
    """Put a path in one line.

    Examples
    --------
    >>> from wherefrom.indexes.records import PathStep
    >>> path_line((PathStep("Lothair II", "mention", "Ermengarde of Tours", "9#0", 22, 41),))
    'Lothair II → mention → Ermengarde of Tours'
    """
    return _one_line("; ".join(f"{step.head} → {step.relation} → {step.tail}" for step in path))


def receipts(path: Path) -> list[str]:
    """Say in one line for each step where it stands: in a document, or in a source of facts.

    Examples
    --------
    >>> from wherefrom.indexes.records import PathStep
    >>> receipts((PathStep("Ada", "born in", "Ulm", source="triples:f.tsv", place="line 7"),))
    ['Ada → Ulm: triples:f.tsv, line 7']
    """
    said = []
    for step in path:
        where = f"{step.passage_id}, characters {step.start} to {step.end}"
        place = where if step.passage_id else f"{step.source}, {step.place}"
        said.append(_one_line(f"{step.head} → {step.tail}: {place}"))
    return said


def _paths(paths: Sequence[Path]) -> Text:
    """List paths, each step with its receipt."""
    together = _text("\n" if paths else "")
    for path in paths:
        together.append(f"path: {path_line(path)}\n")
        for receipt in receipts(path):
            together.append(f"    {receipt}\n", "dim")
    return together


def _citations(citations: Iterable[Citation]) -> Text:
    together = _text()
    for number, citation in enumerate(citations, start=1):
        together.append_text(_citation(number, citation))
    return together


def _citation(number: int, citation: Citation) -> Text:
    before, quote, after = split_sentence(citation)
    link = f" · {citation.url}" if citation.url else ""
    place = f"{citation.document_id}, characters {citation.start} to {citation.end}"
    return _text(
        f"\n[{number}] ",
        (citation.title, "bold"),
        " · ",
        (citation.verdict, VERDICT_STYLES[citation.verdict]),
        f" {citation.entailment:.2f}{link}\n    ",
        _one_line(before),
        (_one_line(quote), "bold underline"),
        f"{_one_line(after)}\n",
        (f'    "{_one_line(citation.quote)}": {place}\n', "dim"),
    )


def split_sentence(citation: Citation) -> tuple[str, str, str]:
    """Cut a citation's sentence into what stands before, in and after its quote.

    A quote that does not lie in the sentence leaves the sentence whole, as its first part.
    """
    return citation.sentence.partition(citation.quote)


def listed(probabilities: Mapping[str, float]) -> str:
    """List probabilities in one line, the largest first.

    Examples
    --------
    >>> listed({"refuted": 0.25, "supported": 0.75})
    'supported 0.75 · refuted 0.25'
    """
    ordered = sorted(probabilities.items(), key=lambda item: -item[1])
    return " · ".join(f"{name} {value:.2f}" for name, value in ordered)


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def _text(*parts: str | tuple[str, str]) -> Text:
    from rich.text import Text

    return Text.assemble(*parts)
