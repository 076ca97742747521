"""Test what a teacher says of pairs, and that it is asked once."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from wherefrom.pipeline import teacher as module
from wherefrom.pipeline.examples import CONTRADICTION, TAUGHT, PairExample
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.teacher import STAGE, Teacher, targets

TEXTS = [("A man sleeps.", "A man runs."), ("A dog\nsleeps.", "É"), ("A dog.", "Rain.")]
ASKED = [PairExample(premise, hypothesis, TAUGHT) for premise, hypothesis in TEXTS]


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
