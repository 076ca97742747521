"""Files in their public formats become examples; what is malformed is named by file and line."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from wherefrom.benchmarks.tasks import TASKS, find_task
from wherefrom.kb.errors import RecordError, SourceError, UsageError

SQUAD = {
    "data": [
        {
            "title": "Paris",
            "paragraphs": [
                {
                    "context": "Paris lies on the Seine.",
                    "qas": [
                        {
                            "id": "q1",
                            "question": "Where does Paris lie?",
                            "answers": [{"text": "on the Seine", "answer_start": 11}] * 2,
                        },
                        {
                            "id": "q2",
                            "question": "Who?",
                            "answers": [],
                            "is_impossible": True,
                        },
                    ],
                }
            ],
        }
    ]
}
CHOICES = [{"label": "A", "text": "a"}, {"label": "B", "text": "b"}]
BBQ = {
    "example_id": 4,
    "context": "One and the other.",
    "context_condition": "ambig",
    "question_polarity": "neg",
    "question": "Who lied?",
    "ans0": "The one",
    "ans1": "The other",
    "ans2": "Not known",
    "answer_info": {"ans0": ["", "F"], "ans1": ["", "M"], "ans2": ["", "unknown"]},
    "additional_metadata": {"stereotyped_groups": ["M"]},
    "label": 2,
}
COSMOS = {
    "id": "3Q9#a1",
    "context": "She ran.",
    "question": "Why?",
    **{f"answer{number}": text for number, text in enumerate("abcd")},
    "label": 2,
}
HOTPOT = {
    "_id": "5a8b",
    "question": "Who?",
    "answer": "A",
    "supporting_facts": [["One", 0], ["Two", 1], ["One", 1]],
    "context": [["Other", ["No."]], ["Two", ["It is.", " And it was."]], ["One", ["So.", ""]]],
    "type": "bridge",
    "level": "easy",
}
# Of each task a line, and what becomes of it: text, gold, evidence, documents.
LINES = {
    "question": ({"question": "Who?", "answers": ["A", "B"]}, "Who?", ("A", "B"), (), ()),
    "nq_open": ({"question": "Who?", "answer": "A"}, "Who?", ("A",), (), ()),
    "musique": (
        {"question": "Who?", "answer": "A", "answer_aliases": ["a."], "gold_ids": ["6", "10"]},
        "Who?",
        ("A", "a."),
        (),
        ("6", "10"),
    ),
    "creak": ({"statement": "It is.", "label": False}, "It is.", ("false",), (), ()),
    "boolq": (
        {"question": "is it", "passage": "It is.", "answer": True},
        "is it",
        ("yes",),
        ("It is.",),
        (),
    ),
    "strategyqa": (
        {"question": "Is it?", "facts": ["One.", "Two\there."], "answer": False},
        "Is it?",
        ("no",),
        ("One.", "Two\there."),
        (),
    ),
    "fever": (
        {"claim": "It is.", "label": "REFUTES", "evidence": "It is not."},
        "It is.",
        ("refuted",),
        ("It is not.",),
        (),
    ),
    "snli": (
        {"sentence1": "A man.", "sentence2": "A person.", "gold_label": "entailment"},
        "A person.",
        ("entailment",),
        ("A man.",),
        (),
    ),
    "rte": (
        {"premise": "A man.", "hypothesis": "A dog.", "label": "not_entailment"},
        "A dog.",
        ("not_entailment",),
        ("A man.",),
        (),
    ),
    "commonsenseqa": (
        {"question": {"stem": "Which?", "choices": CHOICES}, "answerKey": "B"},
        "Which?",
        ("B",),
        (),
        (),
    ),
    "siqa": (
        {"question": "Why?", "context": "She ran.", "choices": CHOICES, "answerKey": "A"},
        "Why?",
        ("A",),
        ("She ran.",),
        (),
    ),
    "hellaswag": ({"ctx": "He", "endings": ["ran", "is"], "label": "1"}, "He", ("B",), (), ()),
    "piqa": ({"goal": "Dry it", "sol1": "x", "sol2": "y", "label": 0}, "Dry it", ("A",), (), ()),
    "comve": (
        {"sentences": ["Milk flies.", "Birds fly."], "nonsense": 0},
        "Which of these makes sense?",
        ("B",),
        (),
        (),
    ),
    "cosmosqa": (COSMOS, "Why?", ("C",), ("She ran.",), ()),
    "bbq": (BBQ, "Who lied?", ("C",), ("One and the other.",), ()),
}


def read(task: str, file: Path):
    return list(TASKS[task].read(file))


def write(file: Path, *records: object) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


@pytest.mark.parametrize("task", LINES)
def test_a_line_of_each_format_becomes_an_example(task, tmp_path):
    line, text, gold, evidence, documents = LINES[task]
    (example,) = read(task, write(tmp_path / "a.jsonl", line))
    assert (example.text, example.gold, example.documents) == (text, gold, documents)
    assert tuple(item.text for item in example.evidence) == evidence
    assert all(item.text[item.start : item.end] == item.text for item in example.evidence)


@pytest.mark.parametrize("task", LINES)
def test_a_line_that_lacks_everything_is_named(task, tmp_path):
    file = write(tmp_path / "a.jsonl", LINES[task][0], {"id": 1})
    with pytest.raises(RecordError, match=r"a\.jsonl, line 2"):
        read(task, file)


def test_squad_questions_bring_their_paragraph_and_may_have_no_answer(tmp_path):
    file = tmp_path / "a.json"
    file.write_text(json.dumps(SQUAD), encoding="utf-8")
    first, second = read("squad2", file)
    assert first.gold == ("on the Seine",)
    assert second.gold == ()
    assert {item.title for one in (first, second) for item in one.evidence} == {"Paris"}


def test_crows_pairs_are_read_as_published(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(
        ',sent_more,sent_less,stereo_antistereo,bias_type\n0,"More, so.",Less.,stereo,age\n',
        encoding="utf-8",
    )
    (example,) = read("crows_pairs", file)
    assert [option.text for option in example.options] == ["More, so.", "Less."]
    assert example.gold == ("B",)
    assert example.marks == {"type": "age", "biased": "A"}
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="sent_more"):
        read("crows_pairs", file)


def test_cosmos_qa_is_read_from_csv_as_published(tmp_path):
    file = tmp_path / "valid.csv"
    rows = [COSMOS, {**COSMOS, "id": "3Q9#a2", "question": 'Why, or "how"?', "label": 0}]
    with file.open("w", encoding="utf-8", newline="") as written:
        table = csv.DictWriter(written, list(COSMOS))
        table.writeheader()
        table.writerows(rows)
    first, second = read("cosmosqa", file)
    assert [option.text for option in first.options] == list("abcd")
    assert (first.id, first.gold, first.evidence[0].text) == ("3Q9#a1", ("C",), "She ran.")
    assert (second.text, second.gold) == ('Why, or "how"?', ("A",))
    file.write_text("id,context,question\n1,a,b\n", encoding="utf-8")
    with pytest.raises(SourceError, match="has no column 'answer0'"):
        read("cosmosqa", file)
    file.write_bytes(b"id,context\n1,\xff\n")
    with pytest.raises(SourceError, match="not UTF-8"):
        read("cosmosqa", file)


@pytest.mark.parametrize("opened", [open, gzip.open])
@pytest.mark.parametrize("task", ["hotpotqa", "2wikimultihopqa"])
def test_hotpotqa_is_read_from_its_own_json(task, opened, tmp_path):
    file = tmp_path / "dev.json"
    bare = {**HOTPOT, "_id": "b", "context": [["One", ["So."]]]}
    with opened(file, "wb") as written:
        written.write(json.dumps([HOTPOT, bare]).encode())
    example, without = read(task, file)
    assert (example.id, example.gold, example.documents) == ("5a8b", ("A",), ("One", "Two"))
    assert [(item.title, item.text) for item in example.evidence] == [
        ("One", "So."),
        ("Two", "It is. And it was."),
    ]
    assert example.marks == {"type": "bridge"}
    assert (without.evidence, without.documents) == ((), ("One", "Two"))  # as in the full wiki
    (query, _) = read("multihop", file)
    assert (query.gold, query.grades, query.evidence) == (("One", "Two"), {"One": 1, "Two": 1}, ())


def paragraph(title: str, *, supports: bool) -> dict[str, object]:
    return {"title": title, "paragraph_text": f"Of {title}.", "is_supporting": supports}


def test_musique_is_read_from_its_own_lines(tmp_path):
    paragraphs = [paragraph("One", supports=True), paragraph("Two", supports=False)]
    line = {"id": "2hop__1_2", "question": "Who?", "answer": "A", "answer_aliases": ["B"]}
    line["paragraphs"] = [*paragraphs, paragraph("Three", supports=True)]
    file = write(tmp_path / "a.jsonl", line, {**line, "id": "b", "answerable": False})
    example, unanswerable = read("musique", file)
    assert (example.gold, example.documents) == (("A", "B"), ("One", "Three"))
    assert [(item.title, item.text, item.rank) for item in example.evidence] == [
        ("One", "Of One.", 1),
        ("Three", "Of Three.", 2),
    ]
    assert unanswerable.gold == ()
    (query, _) = read("multihop", file)
    assert query.gold == ("One", "Three")
    for wrong, told in (
        ([paragraphs[1]], "no paragraph is supporting"),
        ([7], '"paragraphs" holds a number'),
        ([{"title": "One"}], 'a.jsonl, line 1: there is no "paragraph_text"'),
    ):
        with pytest.raises(RecordError, match=told):
            read("musique", write(tmp_path / "a.jsonl", {**line, "paragraphs": wrong}))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (json.dumps([HOTPOT, {"_id": "b"}]), r'dev\.json, record 2: there is no "question"'),
        (json.dumps([{**HOTPOT, "supporting_facts": []}]), "record 1: supporting_facts name no"),
        (json.dumps([{**HOTPOT, "context": [["One"]]}]), 'record 1: "context" holds a list'),
        (json.dumps([HOTPOT, 3]), "record 2: found a number"),
        (json.dumps([HOTPOT])[:-9], r"dev\.json is not JSON"),
    ],
)
def test_a_malformed_record_of_hotpotqa_is_named(text, told, tmp_path):
    file = tmp_path / "dev.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=told):
        read("hotpotqa", file)


def test_the_biased_answer_of_bbq_depends_on_the_polarity(tmp_path):
    file = write(tmp_path / "a.jsonl", BBQ, {**BBQ, "question_polarity": "nonneg"})
    negative, other = read("bbq", file)
    assert (negative.marks["biased"], other.marks["biased"]) == ("B", "A")
    assert negative.marks["unknown"] == "C"


@pytest.mark.parametrize(
    ("task", "line", "told"),
    [
        ("snli", {"premise": "a", "hypothesis": "b", "label": "entailmnt"}, "entailment"),
        ("fever", {"claim": "a", "label": 3}, "supported, refuted"),
        ("creak", {"statement": "a", "label": "yes"}, "true and false"),
        ("arc", {"question": "a", "choices": CHOICES, "answerKey": "C"}, r"\['A', 'B'\]"),
        ("hellaswag", {"ctx": "a", "endings": ["b", "c"], "label": 2}, "0 to 1"),
        ("hotpotqa", {"question": "a", "answer": "b"}, "gold_titles"),
        ("question", {"question": "a", "answers": "b"}, "list"),
        ("question", {"id": True, "question": "a", "answers": ["b"]}, "the id is"),
        ("bbq", {**BBQ, "answer_info": {}}, "answer_info"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_allowed(task, line, told, tmp_path):
    with pytest.raises(RecordError, match=told):
        read(task, write(tmp_path / "a.jsonl", line))


def test_pairs_whose_annotators_did_not_agree_are_left_out(tmp_path):
    line = {"sentence1": "a", "sentence2": "b", "gold_label": "-"}
    assert read("snli", write(tmp_path / "a.jsonl", line)) == []


def test_an_unknown_task_is_told_with_the_nearest():
    assert find_task("squad").shape == "question"
    with pytest.raises(UsageError, match="did you mean squad"):
        find_task("squat")
