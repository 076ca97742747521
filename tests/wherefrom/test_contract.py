"""The JSON shapes are those of docs/command-line.md, key for key."""

import json
from dataclasses import replace

from wherefrom.contract import answer_json, check_json, choice_json, queried_json, ranking_json
from wherefrom.indexes.records import MENTION, PathStep

CITATION = ["passage_id", "document_id", "title", "url", "start", "end", "quote", "sentence"]
CITATION += ["verdict", "entailment"]
PATH = (
    PathStep("Film", MENTION, "Ada", "film#0", 22, 25),
    PathStep("Ada", "born in", "Ulm", source="triples:f.tsv", place="line 7"),
)
STEPS = [["Film", "mention", "Ada"], ["Ada", "born in", "Ulm"]]
RECEIPTS = [
    {"passage_id": "film#0", "start": 22, "end": 25},
    {"source": "triples:f.tsv", "place": "line 7"},
]


def test_an_answer(answer):
    found = json.loads(json.dumps(answer_json(answer)))
    assert list(found) == [
        *("question", "answer", "abstained", "probability"),
        *("citations", "paths", "receipts", "evidence", "timing_seconds"),
    ]
    assert list(found["citations"][0]) == CITATION
    assert list(found["evidence"][0]) == ["passage_id", "rank", "score", "retriever", "text"]
    assert found["timing_seconds"] == {"retrieve": 0.01, "read": 0.02, "verify": 0.03}
    assert found["answer"] == answer.answer


def test_an_answer_of_a_generator_has_its_sentences_as_well(answer, drafted):
    found = json.loads(json.dumps(answer_json(drafted)))
    assert list(found) == [*answer_json(answer), "draft", "abstention", "sentences"]
    assert (found["draft"], found["abstention"]) == (drafted.answer, "")
    first, second = found["sentences"]
    assert list(first) == ["text", "verdict", "entailment", "citations"]
    assert list(first["citations"][0]) == CITATION
    assert (second["verdict"], second["entailment"]) == ("undecided", 0.125)
    assert second["citations"] == []


def test_a_check(check):
    found = json.loads(json.dumps(check_json(check)))
    assert list(found) == ["claim", "verdict", "probabilities", "citations", "evidence"]
    assert set(found["probabilities"]) == {"supported", "refuted", "undecided"}


def test_a_choice(choice):
    found = json.loads(json.dumps(choice_json(choice)))
    keys = ["question", "choice", "probabilities", "citations", "paths", "receipts", "evidence"]
    assert list(found) == keys


def test_a_ranking(evidence):
    keys = ["passage_id", "document_id", "title", "score", "rank", "text"]
    assert [list(hit) for hit in ranking_json([evidence])] == [keys]
    found = queried_json(7, "who?", [evidence])
    assert list(found) == ["id", "question", "hits"]
    assert found["id"] == 7


def test_paths_and_their_receipts_go_step_by_step(answer, choice):
    for found in (
        answer_json(replace(answer, paths=(PATH, PATH[1:]))),
        choice_json(replace(choice, paths=(PATH, PATH[1:]))),
    ):
        assert found["paths"] == [STEPS, STEPS[1:]]
        assert found["receipts"] == [RECEIPTS, RECEIPTS[1:]]
    assert answer_json(answer)["paths"] == answer_json(answer)["receipts"] == []


def test_a_hit_has_a_path_where_there_is_one(evidence):
    plain, led = ranking_json([evidence, replace(evidence, path=PATH)])
    assert led == {**plain, "path": STEPS}
