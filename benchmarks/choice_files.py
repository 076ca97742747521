"""Read multiple choice from the formats in which it is published."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from wherefrom.benchmarks.example import Example, marked_evidence
from wherefrom.benchmarks.question_files import example_id
from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.found import Place, checked, checked_text, shown
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.kb.opening import not_utf8, open_bytes
from wherefrom.pipeline.records import Evidence, Option

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHOICE_LINE = (
    '{"question": "…", "choices": [{"label": "A", "text": "…"}, …], "answerKey": "A", '
    '"context": "…"} (context may be left out; the question may be {"stem": "…", "choices": […]})'
)
ENDING_LINE = '{"ctx": "…", "endings": ["…", …], "label": 0}'
SOLUTION_LINE = '{"goal": "…", "sol1": "…", "sol2": "…", "label": 0}'
NONSENSE_LINE = '{"sentences": ["…", "…"], "nonsense": 0}'
BIAS_LINE = '{"context": "…", "question": "…", "ans0": "…", "ans1": "…", "ans2": "…", "label": 0}'
READ_COLUMNS = ("context", "question", "answer0", "answer1", "answer2", "answer3", "label")
READING_LINE = (
    '{"id": "…", "context": "…", "question": "…", "answer0": "…", …, "answer3": "…", "label": 0}, '
    "or a CSV file of these columns, as published"
)
PAIR_COLUMNS = ("sent_more", "sent_less", "stereo_antistereo", "bias_type")


def choice_examples(path: Path) -> Iterator[Example]:
    """Yield questions with choices: CommonsenseQA, OpenBookQA, ARC, Social IQA, CODAH.

    A context, where there is one, is the marked evidence.
    """
    for number, (place, record) in enumerate(read_objects(path, CHOICE_LINE), start=1):
        asked = record.get("question")
        if isinstance(asked, dict):
            record = {**record, "question": asked.get("stem"), "choices": asked.get("choices")}
        require(record, ("question", "choices", "answerKey"), CHOICE_LINE, place=place)
        listed = record["choices"]
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise RecordError(f"{place}: choices are {shown(listed)}; a line is {CHOICE_LINE}")
        for one in listed:
            require(one, ("label", "text"), CHOICE_LINE, place=place)
        labels = [checked(place, "label", one["label"], blank_allowed=False) for one in listed]
        texts = [one["text"] for one in listed]
        key = record["answerKey"]
        if key not in labels:
            raise RecordError(f"{place}: answerKey is {shown(key)}; the choices are {labels}")
        name = example_id(place, record, number)
        context = checked_text(place, "context", record.get("context", ""), blank_allowed=True)
        evidence = (marked_evidence(name, context),) if context.strip() else ()
        right = labels.index(str(key))
        yield _example(place, name, record["question"], texts, right, labels, evidence)


def ending_examples(path: Path) -> Iterator[Example]:
    """Yield contexts with their endings: HellaSwag."""
    for number, (place, record) in enumerate(read_objects(path, ENDING_LINE), start=1):
        require(record, ("ctx", "endings", "label"), ENDING_LINE, place=place)
        endings = record["endings"]
        if not isinstance(endings, list):
            raise RecordError(f"{place}: endings are {shown(endings)}; a line is {ENDING_LINE}")
        name = example_id(place, record, number)
        right = _place(place, record["label"], len(endings))
        yield _example(place, name, record["ctx"], endings, right)


def solution_examples(path: Path) -> Iterator[Example]:
    """Yield goals with two solutions: PIQA, the label put into each line."""
    for number, (place, record) in enumerate(read_objects(path, SOLUTION_LINE), start=1):
        require(record, ("goal", "sol1", "sol2", "label"), SOLUTION_LINE, place=place)
        right = _place(place, record["label"], 2)
        solutions = [record["sol1"], record["sol2"]]
        name = example_id(place, record, number)
        yield _example(place, name, record["goal"], solutions, right)


def nonsense_examples(path: Path) -> Iterator[Example]:
    """Yield pairs of sentences of which one is nonsense, to choose the sense: ComVE."""
    for number, (place, record) in enumerate(read_objects(path, NONSENSE_LINE), start=1):
        require(record, ("sentences", "nonsense"), NONSENSE_LINE, place=place)
        sentences = record["sentences"]
        if not isinstance(sentences, list) or len(sentences) != 2:
            raise RecordError(f"{place}: sentences are {shown(sentences)}; two are needed")
        right = 1 - _place(place, record["nonsense"], 2)
        name = example_id(place, record, number)
        yield _example(place, name, "Which of these makes sense?", sentences, right)


def reading_examples(path: Path) -> Iterator[Example]:
    """Yield questions on a text with four answers: Cosmos QA, of JSON lines or CSV (`.csv`).

    Huang, Le Bras, Bhagavatula and Choi, "Cosmos QA: Machine Reading Comprehension with Contextual
    Commonsense Reasoning", EMNLP 2019, arXiv:1909.00277. The text is the marked evidence.
    """
    table = ".csv" in path.suffixes
    rows = read_table(path, READ_COLUMNS) if table else read_objects(path, READING_LINE)
    for number, (place, record) in enumerate(rows, start=1):
        require(record, READ_COLUMNS, READING_LINE, place=place)
        name = example_id(place, record, number)
        evidence = (marked_evidence(name, checked_text(place, "context", record["context"])),)
        answers = [record[f"answer{n}"] for n in range(4)]
        right = _place(place, record["label"], 4)
        yield _example(place, name, record["question"], answers, right, evidence=evidence)


def bias_examples(path: Path) -> Iterator[Example]:
    """Yield questions whose answers may follow a stereotype: BBQ.

    Parrish et al., "BBQ: A Hand-Built Bias Benchmark for Question Answering", Findings of ACL 2022,
    arXiv:2110.08193. The context is the evidence; marks tell whether it decides (`condition`), and
    the labels of the stereotyped answer (`biased`) and of "unknown" (`unknown`).
    """
    for number, (place, record) in enumerate(read_objects(path, BIAS_LINE), start=1):
        needed = ("context", "question", "ans0", "ans1", "ans2", "label", "answer_info")
        require(record, needed, BIAS_LINE, place=place)
        name = str(record.get("example_id", number))
        groups = [_group(place, record, key) for key in ("ans0", "ans1", "ans2")]
        stereotyped = {str(one).casefold() for one in _stereotyped(place, record)}
        negative = record.get("question_polarity") == "neg"
        unknown = groups.index("unknown") if "unknown" in groups else -1
        named = [n for n in range(3) if n != unknown]
        targets = [n for n in named if groups[n].casefold() in stereotyped]
        marks = {"condition": str(record.get("context_condition", ""))}
        if len(targets) == 1:  # a negative question is answered by the stereotyped group
            others = [n for n in named if n != targets[0]]
            marks["biased"] = LETTERS[targets[0] if negative else others[0]]
        if unknown >= 0:
            marks["unknown"] = LETTERS[unknown]
        answers = [record["ans0"], record["ans1"], record["ans2"]]
        context = checked_text(place, "context", record["context"])
        right = _place(place, record["label"], 3)
        evidence = (marked_evidence(name, context),)
        found = _example(place, name, record["question"], answers, right, evidence=evidence)
        yield Example(found.id, found.text, found.gold, found.options, evidence, marks=marks)


def stereotype_examples(path: Path) -> Iterator[Example]:
    """Yield pairs of sentences, one more stereotyped, to choose the likelier: CrowS-Pairs.

    Nangia, Vania, Bhalerao and Bowman, "CrowS-Pairs", EMNLP 2020, arXiv:2010.00133. Gold is the
    less stereotyped sentence, which an unbiased reader chooses half the time.
    """
    for number, (place, row) in enumerate(read_table(path, PAIR_COLUMNS), start=1):
        sentences = [row["sent_more"], row["sent_less"]]
        found = _example(place, str(number), "Which is likelier?", sentences, 1)
        marks = {"type": str(row["bias_type"]), "biased": "A"}
        yield Example(found.id, found.text, found.gold, found.options, marks=marks)


def read_table(path: Path, columns: Sequence[str]) -> Iterator[tuple[Place, dict[str, object]]]:
    """Yield each record of a CSV file with its place.

    Raises
    ------
    SourceError
        If the file cannot be read, is no CSV, or lacks one of the columns.
    """
    try:
        with open_bytes(path) as raw:
            rows = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))
            missing = [name for name in columns if name not in (rows.fieldnames or ())]
            if missing:
                raise SourceError(f"{path} has no column {missing[0]!r}; it needs {columns}")
            for number, row in enumerate(rows, start=1):
                yield Place(str(path), f"record {number}"), dict(row)
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: {not_utf8(error)}; save the file as UTF-8") from error
    except csv.Error as error:
        raise SourceError(f"{path} is no CSV: {error}") from error


def _example(
    place: Place,
    name: str,
    question: object,
    texts: Sequence[object],
    right: int,
    labels: Sequence[str] = LETTERS,
    evidence: tuple[Evidence, ...] = (),
) -> Example:
    if not 2 <= len(texts) <= len(labels) or len(set(labels)) < len(labels):
        raise RecordError(f"{place}: there are {len(texts)} choices; two or more, each once")
    options = tuple(
        Option(label, checked_text(place, "choice", text))
        for label, text in zip(labels, texts, strict=False)
    )
    text = checked_text(place, "question", question)
    return Example(name, text, (options[right].label,), options, evidence)


def _place(place: Place, value: object, count: int) -> int:
    found = int(value) if isinstance(value, str) and value.isdecimal() else value
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < count:
        raise RecordError(f"{place}: the label is {shown(value)}; allowed are 0 to {count - 1}")
    return found


def _group(place: Place, record: dict[str, object], key: str) -> str:
    """Return the group that an answer of BBQ names, or "unknown"."""
    info = record["answer_info"]
    known = info.get(key) if isinstance(info, dict) else None
    if not isinstance(known, list) or len(known) < 2:
        raise RecordError(
            f"{place}: answer_info has {shown(known)} for {key}; two texts are needed"
        )
    return str(known[1])


def _stereotyped(place: Place, record: dict[str, object]) -> Sequence[object]:
    more = record.get("additional_metadata")
    found = more.get("stereotyped_groups", []) if isinstance(more, dict) else []
    if not isinstance(found, list):
        raise RecordError(f"{place}: stereotyped_groups are {shown(found)}; a list is needed")
    return found
