"""Test what a teacher says of pairs, statements and spans, and that it is asked once."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from wherefrom.kb.errors import ModelError
from wherefrom.pipeline import teacher as module
from wherefrom.pipeline.examples import (
    CONTRADICTION,
    TAUGHT,
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
)
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.span_shares import SpanShares, mean_shares
from wherefrom.pipeline.teacher import STAGE, Teacher, said_of, targets

TEXTS = [("A man sleeps.", "A man runs."), ("A dog\nsleeps.", "É"), ("A dog.", "Rain.")]
ASKED = [PairExample(premise, hypothesis, TAUGHT) for premise, hypothesis in TEXTS]
QUESTIONS = [
    ("Who designed it?", "Paris", "The tower was built in 1889. Gustave Eiffel designed it."),
    ("É?", "", "The\nSpree flows."),
    ("Who?", "Ulm", ""),
]


class Counted:
    """Hear of progress, and count."""

    def __init__(self) -> None:
        self.steps: list[int | str | None] = []

    def start(self, name: str, total: int | None = None) -> None:
        assert name == STAGE
        self.steps.append(total)

    def advance(self, name: str, steps: int = 1) -> None:
        self.steps.append(steps)

    def finish(self, name: str) -> None:
        self.steps.append("end")


def refuse(*_: object) -> None:
    raise AssertionError("the teacher is asked again")


@pytest.fixture(scope="module")
def judging(judging_reader_folder: Path) -> Reader:
    return Reader.open(judging_reader_folder, device="cpu")


def test_probabilities_are_the_teachers_or_the_labels(tmp_path: Path, tiny_reader: Reader) -> None:
    labelled = PairExample("a", "b", CONTRADICTION)
    found = targets([ASKED[0], labelled, ASKED[1]], Teacher((tiny_reader,), tmp_path))
    said = tiny_reader.infer([p for p, _ in TEXTS[:2]], [h for _, h in TEXTS[:2]])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[[0, 2]], said, atol=1e-4)
    assert found[1].tolist() == [0, 0, 1]


def test_without_a_teacher_labels_alone_count() -> None:
    assert targets([PairExample("a", "b", 1)], None).tolist() == [[0, 1, 0]]
    assert targets([], None).shape == (0, 3)


def test_a_pair_is_labelled_once_and_kept(
    tmp_path: Path, tiny_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    heard = Counted()
    labels = Teacher((tiny_reader,), tmp_path).label([*TEXTS, *TEXTS], progress=heard)
    assert heard.steps == [3, 2, 1, "end"]
    (file,) = tmp_path.iterdir()
    assert file.name == f"{tiny_reader.manifest.weights_sha256[:16]}.jsonl"
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [(r["premise"], r["hypothesis"]) for r in records] == TEXTS
    assert {(r["premise"], r["hypothesis"]): tuple(r["probabilities"]) for r in records} == labels
    monkeypatch.setattr(Reader, "infer", refuse)
    assert Teacher((tiny_reader,), tmp_path).label(TEXTS) == labels


@pytest.mark.parametrize("cut", [1, 20])
def test_a_label_that_a_kill_cut_short_is_made_again(
    tmp_path: Path, tiny_reader: Reader, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    teacher = Teacher((tiny_reader,), tmp_path)
    labels = teacher.label(TEXTS)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    asked: list[str] = []
    infer = Reader.infer

    def note(reader: Reader, premises: list[str], hypotheses: list[str]) -> object:
        asked.extend(premises)
        return infer(reader, premises, hypotheses)

    monkeypatch.setattr(Reader, "infer", note)
    assert teacher.label(TEXTS) == labels
    assert asked == [TEXTS[-1][0]]
    assert file.read_bytes() == whole


def test_labels_of_another_teacher_are_not_taken(
    tmp_path: Path,
    tiny_reader: Reader,
    tiny_reader_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Teacher((tiny_reader,), tmp_path).label(TEXTS)
    other = Reader.open(tiny_reader_folder, device="cpu")
    other.manifest = replace(other.manifest, weights_sha256="0" * 64)
    monkeypatch.setattr(Reader, "infer", refuse)
    with pytest.raises(AssertionError, match="asked again"):
        Teacher((other,), tmp_path).label(TEXTS)


def test_several_teachers_are_an_ensemble(
    tmp_path: Path, tiny_reader: Reader, tiny_reader_folder: Path
) -> None:
    other = Reader.open(tiny_reader_folder, device="cpu")
    other.manifest = replace(other.manifest, weights_sha256="0" * 64)
    with torch.no_grad():
        other._network.inference.bias.add_(torch.tensor([1.0, 0.0, -1.0]))
    labels = Teacher((tiny_reader, other), tmp_path).label(TEXTS)
    alone = [Teacher((one,), tmp_path).label(TEXTS) for one in (tiny_reader, other)]
    for pair in TEXTS:
        means = [(one + two) / 2 for one, two in zip(*(said[pair] for said in alone), strict=True)]
        assert labels[pair] == pytest.approx(means, abs=1e-12)
        assert alone[0][pair] != alone[1][pair]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_statement_is_asked_about_once_and_kept(
    tmp_path: Path, judging: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Teacher((judging,), tmp_path).plausibility([*TEXTS, *TEXTS])
    wanted = judging.plausibility([p for p, _ in TEXTS], [s for _, s in TEXTS])
    assert list(said) == TEXTS
    assert list(said.values()) == pytest.approx(wanted, abs=1e-4)
    (file,) = tmp_path.iterdir()
    assert file.name == f"{judging.manifest.weights_sha256[:16]}.statements.jsonl"
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert {(r["premise"], r["statement"]): r["plausibility"] for r in records} == said
    monkeypatch.setattr(Reader, "plausibility", refuse)
    assert Teacher((judging,), tmp_path).plausibility(TEXTS) == said
    assert len(file.read_bytes().splitlines()) == len(TEXTS)


def test_a_teacher_without_plausibility_is_refused(tmp_path: Path, tiny_reader: Reader) -> None:
    with pytest.raises(ModelError, match="the reader tiny has no plausibility head"):
        Teacher((tiny_reader,), tmp_path).plausibility(TEXTS)


def test_spans_are_asked_for_once_and_kept(
    tmp_path: Path, tiny_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Teacher((tiny_reader,), tmp_path).span_shares([*QUESTIONS, QUESTIONS[0]])
    asked = [question for question, *_ in QUESTIONS]
    assert list(said) == QUESTIONS
    assert list(said.values()) == tiny_reader.span_shares(asked, [(t, x) for _, t, x in QUESTIONS])
    assert said[QUESTIONS[2]] == SpanShares(((-1, 1.0),), ((-1, 1.0),))  # there is no other place
    (file,) = tmp_path.iterdir()
    assert file.name == f"{tiny_reader.manifest.weights_sha256[:16]}.spans.jsonl"
    first = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    assert (first["question"], first["title"], first["text"]) == QUESTIONS[0]
    assert tuple(map(tuple, first["starts"])) == said[QUESTIONS[0]].starts
    monkeypatch.setattr(Reader, "span_shares", refuse)
    assert Teacher((tiny_reader,), tmp_path).span_shares(QUESTIONS) == said


def test_an_ensemble_says_the_mean_of_statements_and_spans(
    tmp_path: Path, judging: Reader, judging_reader_folder: Path
) -> None:
    other = Reader.open(judging_reader_folder, device="cpu")
    other.manifest = replace(other.manifest, weights_sha256="0" * 64)
    with torch.no_grad():
        other._network.plausibility.bias.add_(3.0)
        other._network.span.weight.mul_(-1.0)
    both = Teacher((judging, other), tmp_path)
    one, two = (Teacher((each,), tmp_path) for each in (judging, other))
    low, high = one.plausibility(TEXTS), two.plausibility(TEXTS)
    means = {pair: pytest.approx((low[pair] + high[pair]) / 2, abs=1e-12) for pair in TEXTS}
    assert both.plausibility(TEXTS) == means
    assert all(high[pair] > low[pair] + 2 for pair in TEXTS)
    asked = QUESTIONS[:1]
    (first,), (second,) = (each.span_shares(asked).values() for each in (one, two))
    assert first != second
    assert both.span_shares(asked) == {asked[0]: mean_shares([first, second])}


def test_a_teacher_is_asked_about_what_is_taught_alone(tmp_path: Path, judging: Reader) -> None:
    spans = [SpanExample(*each, -1, -1, taught=number > 0) for number, each in enumerate(QUESTIONS)]
    choices = [
        ChoiceExample(("", "it"), ("a", "b"), 0),
        ChoiceExample(("owls", ""), ("c", "d"), 1, taught=True),
    ]
    claims = [ClaimExample("", "e", True, taught=True), ClaimExample("", "f", True)]
    pairs = [ASKED[0], PairExample("a", "b", CONTRADICTION)]
    said = said_of(spans, pairs, choices, claims, Teacher((judging,), tmp_path))
    assert list(said.spans) == QUESTIONS[1:]
    assert list(said.plausibility) == [("owls", "c"), ("", "d"), ("", "e")]
    assert said.pairs[1].tolist() == [0, 0, 1]
    assert len(list(tmp_path.iterdir())) == 3
    labels = tmp_path / f"{judging.manifest.weights_sha256[:16]}.jsonl"
    (record,) = map(json.loads, labels.read_text(encoding="utf-8").splitlines())
    assert (record["premise"], record["hypothesis"]) == TEXTS[0]


def test_where_nothing_is_taught_nobody_is_asked(tmp_path: Path, tiny_reader: Reader) -> None:
    examples = (
        [SpanExample(*QUESTIONS[0], -1, -1)],
        [PairExample("a", "b", 1)],
        [ChoiceExample(("",) * 2, ("a", "b"), 0)],
        [ClaimExample("", "c", False)],
    )
    kept = tmp_path / "kept"  # the tiny reader could say nothing of a statement
    for teacher in (None, Teacher((tiny_reader,), kept)):
        said = said_of(*examples, teacher)
        assert (said.pairs.tolist(), said.plausibility, said.spans) == ([[0, 1, 0]], {}, {})
    assert not kept.exists()
