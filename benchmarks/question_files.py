"""Read questions with their answers from the formats in which they are published."""

from collections.abc import Iterator
from pathlib import Path

from wherefrom.benchmarks.example import Example, marked_evidence
from wherefrom.kb.errors import RecordError
from wherefrom.kb.found import Place, checked, checked_text, shown
from wherefrom.kb.json_file import is_array, read_array
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.pipeline.records import Evidence
from wherefrom.pipeline.squad import read_squad

QUESTION_LINE = (
    '{"question": "…", "answers": ["…"], "id": "…", "evidence": ["…"]} '
    '("answer" for one; id and evidence may be left out)'
)
MULTIHOP_LINE = '{"question": "…", "answer": "…", "gold_titles": ["…"]} (or "gold_ids")'
PUBLISHED = (
    '{"_id": "…", "question": "…", "answer": "…", "supporting_facts": [["TITLE", 0]], '
    '"context": [["TITLE", ["…"]]]}'
)
PARAGRAPHS = (
    '{"id": "…", "question": "…", "answer": "…", "paragraphs": [{"title": "…", '
    '"paragraph_text": "…", "is_supporting": true}]}'
)
MULTIHOP_FORM = (
    f"{MULTIHOP_LINE}, HotpotQA's own JSON (a list of {PUBLISHED}) or MuSiQue's own lines: "
    f"{PARAGRAPHS}"
)


def squad_examples(path: Path) -> Iterator[Example]:
    """Yield the questions of a file in SQuAD's format, each with its paragraph as evidence.

    CMRC 2018 is published alike. A question without an answer (SQuAD 2.0) has no gold.
    """
    for question in read_squad(path):
        paragraph = marked_evidence(question.id, question.context, title=question.title)
        answers = tuple(dict.fromkeys(answer for answer, _ in question.answers))
        kind = {"answerable": "yes" if answers else "no"}
        yield Example(question.id, question.question, answers, evidence=(paragraph,), marks=kind)


def question_examples(path: Path) -> Iterator[Example]:
    """Yield questions of JSON lines, as NQ-open, TriviaQA and WebQuestions are shared."""
    for number, (place, record) in enumerate(read_objects(path, QUESTION_LINE), start=1):
        require(record, ("question",), QUESTION_LINE, place=place)
        name = example_id(place, record, number)
        texts = _texts(place, record, "evidence")
        evidence = tuple(marked_evidence(name, text, rank=n) for n, text in enumerate(texts, 1))
        question = checked_text(place, "question", record["question"])
        yield Example(name, question, _answers(place, record), evidence=evidence)


def multihop_examples(path: Path) -> Iterator[Example]:
    """Yield questions that take several documents: 2WikiMultihopQA, HotpotQA and MuSiQue.

    Each names its documents by title (`gold_titles`) or, where titles are not unique, by id. Files
    as HotpotQA and 2WikiMultihopQA are published are read, too, see `published_examples`, and lines
    as those of MuSiQue are, whose supporting paragraphs are the marked evidence: Trivedi et al.,
    "MuSiQue: Multihop Questions via Single-hop Question Composition", TACL 2022, arXiv:2108.00573.
    A question that is not answerable there has no gold.
    """
    if is_array(path):
        yield from published_examples(path)
        return
    for number, (place, record) in enumerate(read_objects(path, MULTIHOP_LINE), start=1):
        require(record, ("question", "answer"), MULTIHOP_LINE, place=place)
        if "paragraphs" in record:
            yield _with_paragraphs(place, record, number)
            continue
        key = "gold_ids" if "gold_ids" in record else "gold_titles"
        documents = _texts(place, record, key)
        if not documents:
            raise RecordError(
                f"{place}: names no document that it takes; a line is {MULTIHOP_LINE}"
            )
        kind = {"type": str(record["type"])} if "type" in record else {}
        yield Example(
            example_id(place, record, number),
            checked_text(place, "question", record["question"]),
            _answers(place, record),
            documents=documents,
            marks=kind,
        )


def _with_paragraphs(place: Place, record: dict[str, object], number: int) -> Example:
    """Return a question of MuSiQue as it is published, with the paragraphs that support it."""
    name = example_id(place, record, number)
    listed = record["paragraphs"]
    evidence: list[Evidence] = []
    for one in listed if isinstance(listed, list) else [listed]:
        if not isinstance(one, dict):
            raise RecordError(f'{place}: "paragraphs" holds {shown(one)}; a line is {PARAGRAPHS}')
        require(one, ("title", "paragraph_text", "is_supporting"), PARAGRAPHS, place=place)
        if one["is_supporting"] is True:
            title = checked_text(place, "title", one["title"])
            text = checked_text(place, "paragraph_text", one["paragraph_text"])
            evidence.append(marked_evidence(name, text, title=title, rank=len(evidence) + 1))
    if not evidence:
        raise RecordError(f"{place}: no paragraph is supporting; a line is {PARAGRAPHS}")
    return Example(
        name,
        checked_text(place, "question", record["question"]),
        () if record.get("answerable") is False else _answers(place, record),
        evidence=tuple(evidence),
        documents=tuple(dict.fromkeys(item.title for item in evidence)),
    )


def published_examples(path: Path) -> Iterator[Example]:
    """Yield the questions of a JSON array as HotpotQA publishes it; 2WikiMultihopQA does alike.

    Yang et al., "HotpotQA: A Dataset for Diverse, Explainable Multi-hop Question Answering", EMNLP
    2018, arXiv:1809.09600. The documents are those of the supporting facts; where the context has
    all of them (the distractor setting), their paragraphs are the marked evidence.
    """
    for place, record in read_array(path, PUBLISHED):
        needed = ("_id", "question", "answer", "supporting_facts", "context")
        require(record, needed, PUBLISHED, place=place)
        name = checked(place, "_id", record["_id"], blank_allowed=False)
        facts = _pairs(place, "supporting_facts", record["supporting_facts"])
        titles = tuple(dict.fromkeys(title for title, _ in facts))
        if not titles:
            raise RecordError(
                f"{place}: supporting_facts name no document; a record is {PUBLISHED}"
            )
        texts: dict[str, str] = {}
        for title, sentences in _pairs(place, "context", record["context"]):
            parts = _texts(place, {"context": sentences}, "context", blank_allowed=True)
            texts[title] = " ".join(part.strip() for part in parts).strip()
        found = [(title, texts[title]) for title in titles if texts.get(title)]
        evidence = [
            marked_evidence(name, text, title=title, rank=rank)
            for rank, (title, text) in enumerate(found, start=1)
        ]
        yield Example(
            name,
            checked_text(place, "question", record["question"]),
            _answers(place, record),
            evidence=tuple(evidence) if len(found) == len(titles) else (),
            documents=titles,
            marks={"type": str(record["type"])} if "type" in record else {},
        )


def _pairs(place: Place, key: str, value: object) -> list[tuple[str, object]]:
    """Return titles, each with what stands beside it."""
    listed = value if isinstance(value, list) else [value]
    found: list[tuple[str, object]] = []
    for pair in listed:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise RecordError(f'{place}: "{key}" holds {shown(pair)}; a record is {PUBLISHED}')
        found.append((pair[0], pair[1]))
    return found


def example_id(place: Place, record: dict[str, object], number: int) -> str:
    """Return the id of a record, or its number where it has none."""
    found = record.get("id", number)
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        raise RecordError(f"{place}: the id is {shown(found)}; it must be a text or a whole number")
    return str(found)


def _answers(place: Place, record: dict[str, object]) -> tuple[str, ...]:
    """Return all accepted answers; an empty list says that there is none."""
    if "answers" in record:
        return _texts(place, record, "answers")
    require(record, ("answer",), QUESTION_LINE, place=place)
    one = checked(place, "answer", record["answer"], blank_allowed=False)
    return tuple(dict.fromkeys((one, *_texts(place, record, "answer_aliases"))))


def _texts(
    place: Place, record: dict[str, object], key: str, *, blank_allowed: bool = False
) -> tuple[str, ...]:
    found = record.get(key, [])
    if not isinstance(found, list):
        raise RecordError(f'{place}: "{key}" is {shown(found)}; it must be a list of texts')
    return tuple(checked_text(place, key, text, blank_allowed=blank_allowed) for text in found)
