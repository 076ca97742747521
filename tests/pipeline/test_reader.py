"""Test reading in windows and in batches with a reader that has learnt nothing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from wherefrom.indexes import hardware
from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline import reader as module
from wherefrom.pipeline.batches import padded
from wherefrom.pipeline.checkpoint import load_reader
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.reader import BATCH_TOKENS, Reader, Reading, _rows_by_length
from wherefrom.pipeline.spans import best_spans

QUESTION = "What is the capital of France?"
LONG = "Élan: the capital 東京 🦉 of France. It lies (here) on the Seine, 1889. " * 9
EVIDENCE = [("Paris", LONG), ("", "Berlin is the capital of Germany."), ("T", ""), ("", "a b")]


@pytest.fixture(scope="module")
def exact(tiny_reader_folder: Path) -> Reader:
    """Give the reader in float32, so that equal means equal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hardware, "choose_number_type", lambda device: torch.float32)
        return Reader.open(tiny_reader_folder, device="cpu")


def assert_alike(one: Reading, two: Reading) -> None:
    assert [(span.start, span.end) for span in one.spans] == [
        (span.start, span.end) for span in two.spans
    ]
    margins = [[span.margin for span in reading.spans] for reading in (one, two)]
    np.testing.assert_allclose(margins[0], margins[1], atol=1e-3)
    assert one.relevance == pytest.approx(two.relevance, abs=1e-3)


def test_a_long_text_is_read_in_windows(exact: Reader, tiny_reader_folder: Path) -> None:
    """Do the same by hand: every window on its own, the best spans of all of them."""
    loaded = load_reader(tiny_reader_folder, device="cpu")
    builder = PromptBuilder(loaded.tokenizer, max_tokens=exact.manifest.max_tokens)
    prompts = builder.reading(QUESTION, EVIDENCE[:1])
    assert len(prompts) > 4
    network = exact._network
    found, logits = [], []
    for prompt in prompts:
        with torch.inference_mode():
            outputs = network.read(**padded([prompt]))
        arrays = (outputs.start[0].numpy(), outputs.end[0].numpy())
        found += best_spans(prompt, *arrays, count=99)
        logits.append(float(outputs.relevance[0]))
    (reading,) = exact.read([QUESTION], EVIDENCE[:1], count=99)
    best = max(found, key=lambda span: span.margin)
    assert (reading.spans[0].start, reading.spans[0].end) == (best.start, best.end)
    assert reading.spans[0].margin == pytest.approx(best.margin, abs=1e-3)
    assert reading.relevance == pytest.approx(max(logits), abs=1e-3)
    assert {(s.start, s.end) for s in reading.spans} <= {(s.start, s.end) for s in found}


def test_spans_of_a_long_text_are_distinct_words_of_it(exact: Reader) -> None:
    (reading,) = exact.read([QUESTION], EVIDENCE[:1], count=50)
    assert len(reading.spans) > 10
    margins = [span.margin for span in reading.spans]
    assert margins == sorted(margins, reverse=True)
    seen: set[int] = set()
    for span in reading.spans:
        assert 0 <= span.start < span.end <= len(LONG)
        words = LONG[span.start : span.end]
        assert words == words.strip()
        assert not seen & set(range(span.start, span.end))
        seen |= set(range(span.start, span.end))
    assert max(seen) > len(LONG) // 2


def test_a_text_without_words_has_no_spans(exact: Reader) -> None:
    (reading,) = exact.read([QUESTION], [("T", "")])
    assert reading.spans == ()
    assert np.isfinite(reading.relevance)


def test_nothing_to_read(exact: Reader) -> None:
    assert exact.read([], []) == []
    assert exact.infer([], []).shape == (0, 3)


def test_the_company_of_a_text_does_not_matter(exact: Reader) -> None:
    together = exact.read([QUESTION] * 4, EVIDENCE)
    for number, reading in enumerate(together):
        (alone,) = exact.read([QUESTION], [EVIDENCE[number]])
        assert_alike(alone, reading)
    for reading, turned in zip(
        together, exact.read([QUESTION] * 4, EVIDENCE[::-1])[::-1], strict=True
    ):
        assert_alike(reading, turned)


def test_each_question_is_put_to_its_own_text(exact: Reader) -> None:
    both = exact.read(["Who?", "When?"], [EVIDENCE[1]] * 2)
    assert_alike(both[1], exact.read(["When?"], [EVIDENCE[1]])[0])
    assert both[0].relevance != both[1].relevance


def test_a_reader_that_remembers_puts_no_question_to_a_text_twice(
    exact: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [("Rome", "Rome is old."), ("", "Paris is in France."), ("Rome", "Rome is old.")]
    asked: list[int] = []
    plain = PromptBuilder.readings

    def counted(builder: PromptBuilder, questions: list[str], evidence: Any) -> Any:
        asked.append(len(questions))
        return plain(builder, questions, evidence)

    monkeypatch.setattr(PromptBuilder, "readings", counted)
    reader = exact.remembering()
    first = reader.read(["What is old?"] * 3, texts)
    for known, anew in zip(first, exact.read(["What is old?"] * 3, texts), strict=True):
        assert_alike(known, anew)
    assert first[0] == first[2]
    assert reader.read(["What is old?"] * 2, [texts[1], ("", "Oslo is far.")])[0] == first[1]
    reader.read(["Where is Paris?"], texts[1:2])
    assert len(reader.read(["Where is Paris?"], texts[1:2], count=1)[0].spans) == 1
    assert asked == [2, 3, 1, 1, 1]
    exact.remembering().read(["What is old?"], texts[:1])
    assert asked[5:] == [1]  # each begins with nothing


def test_the_size_of_batches_does_not_matter(
    exact: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = exact.read([QUESTION] * 4, EVIDENCE)
    monkeypatch.setattr(module, "BATCH_TOKENS", 100)
    for one, two in zip(wanted, exact.read([QUESTION] * 4, EVIDENCE), strict=True):
        assert_alike(one, two)


def test_in_the_numbers_of_this_machine_company_matters_little(tiny_reader: Reader) -> None:
    premises = [QUESTION, LONG, "", "Berlin"]
    claims = ["It is Paris.", "It is old.", "Berlin is old.", ""]
    together = tiny_reader.infer(premises, claims)
    for number in range(4):
        alone = tiny_reader.infer([premises[number]], [claims[number]])[0]
        np.testing.assert_allclose(together[number], alone, atol=0.1)


def test_probabilities_add_up_to_one(exact: Reader) -> None:
    found = exact.infer([LONG, "Paris", "", "東京"], ["It is Paris.", "", "", "🦉"])
    assert found.shape == (4, 3)
    assert ((found >= 0) & (found <= 1)).all()
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    assert np.ptp(found, axis=0).max() > 0.01  # they are not all the same


def test_the_temperature_softens(tiny_reader_folder: Path, exact: Reader) -> None:
    from dataclasses import replace

    hot = Reader(load_reader(tiny_reader_folder, device="cpu"), device="cpu")
    hot._network = exact._network
    hot.manifest = replace(
        hot.manifest, calibration=replace(hot.manifest.calibration, inference_temperature=2.0)
    )
    cold = exact.infer(["Paris is old."], ["Berlin is old."])
    roots = np.sqrt(cold)
    np.testing.assert_allclose(
        hot.infer(["Paris is old."], ["Berlin is old."]), roots / roots.sum(), rtol=1e-5
    )


def test_batches_hold_every_prompt_once_within_the_budget(tiny_reader_folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(tiny_reader_folder / "tokenizer.json"))
    builder = PromptBuilder(tokenizer, max_tokens=512)
    prompts = builder.inference(["owl " * (n * 7 % 90) for n in range(300)], ["b"] * 300)
    groups = _rows_by_length(prompts)
    assert sorted(row for group in groups for row in group) == list(range(300))
    assert len(groups) > 3
    for group in groups:
        lengths = [len(prompts[row].ids) for row in group]
        assert len(group) * max(lengths) <= BATCH_TOKENS


def test_a_question_that_is_too_long_is_refused(exact: Reader) -> None:
    with pytest.raises(UsageError, match="too long for the reader: 60 tokens, at most 45"):
        exact.read(["the " * 60], [EVIDENCE[1]])


def test_a_reader_or_a_device_that_is_not_there(tiny_reader_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no reader in"):
        Reader.open(tmp_path)
    with pytest.raises(UsageError, match="device 'quantum' cannot be used here; choose cpu"):
        Reader.open(tiny_reader_folder, device="quantum")
