"""Test that labels point at the answer, and that batches hold every item once."""

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from wherefrom.pipeline.batches import (
    POOL_BATCHES,
    WIDTH_STEP,
    Item,
    PairItem,
    SpanItem,
    choice_items,
    claim_items,
    collate,
    cut_batches,
    padded,
    pair_items,
    span_items,
)
from wherefrom.pipeline.examples import (
    TAUGHT,
    ChoiceExample,
    ClaimExample,
    PairExample,
    SpanExample,
)
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.span_shares import NOWHERE, SpanShares

WORDS = st.lists(st.sampled_from(["owl", "a", "it's", "1907.", "x-ray"]), min_size=1, max_size=30)


def example_of(words: list[str], first: int, last: int) -> SpanExample:
    """Make an example whose answer is the words from `first` to `last`."""
    start = len(" ".join([*words[:first], ""])) if first else 0
    end = len(" ".join(words[: last + 1]))
    return SpanExample("who?", "t", " ".join(words), start, end)


def said(item: SpanItem, example: SpanExample) -> str:
    prompt = item.prompt
    return example.text[prompt.starts[item.start] : prompt.ends[item.end]]


@settings(deadline=None)
@given(WORDS, st.data())
def test_labels_point_at_the_answer(
    tiny_builder: PromptBuilder, words: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, min(first + 1, len(words) - 1)))
    example = example_of(words, first, last)
    windows = tiny_builder.reading(example.question, [(example.title, example.text)])
    (item,) = span_items([example], tiny_builder) or [None]
    if item is None:  # longer than what neighbouring windows share, and across an edge
        assert len(windows) > 1
        assert example.end - example.start > 8
        return
    assert (
        said(item, example)
        == example.text[example.start : example.end]
        == " ".join(words[first : last + 1])
    )


def test_without_an_answer_the_first_window_and_its_first_token_count(
    tiny_builder: PromptBuilder,
) -> None:
    (item,) = span_items([SpanExample("who?", "", "owl " * 90, -1, -1)], tiny_builder)
    assert (item.start, item.end) == (0, 0)
    assert item.prompt.starts.max() < 90
    assert item.prompt.starts[item.prompt.starts >= 0][0] == 0


def test_an_answer_in_a_later_window_is_found_there(tiny_builder: PromptBuilder) -> None:
    words = ["owl"] * 60 + ["1907."] + ["owl"] * 3
    example = example_of(words, 60, 60)
    (item,) = span_items([example], tiny_builder)
    assert item.prompt.starts[item.prompt.starts >= 0][0] > 0
    assert said(item, example) == "1907."


def test_an_answer_that_no_window_holds_is_left_out(tiny_builder: PromptBuilder) -> None:
    text = "owl " * 90
    examples = [SpanExample("who?", "", text, 0, 300), SpanExample("who?", "", text, 0, 3)]
    (item,) = span_items(examples, tiny_builder)
    assert said(item, examples[1]) == "owl"


def test_a_label_includes_the_whole_token_that_an_answer_begins_in(minilm: object) -> None:
    builder = PromptBuilder(minilm)
    example = SpanExample("what?", "", "the owls (tawny) hunt", 10, 15)
    (item,) = span_items([example], builder)
    assert said(item, example) == "tawny"


def test_pairs_keep_their_targets(tiny_builder: PromptBuilder) -> None:
    targets = np.array([[0.0, 0.25, 0.75], [1.0, 0.0, 0.0]], dtype=np.float32)
    examples = [PairExample("a", "b", TAUGHT), PairExample("c", "d", 0)]
    items = pair_items(examples, targets, tiny_builder)
    assert [item.target for item in items] == [(0.0, 0.25, 0.75), (1.0, 0.0, 0.0)]
    tensors = collate(items)
    assert set(tensors) == {"ids", "mask", "types", "target", "either"}
    assert tensors["either"].tolist() == [False, False]
    assert tensors["target"].tolist() == targets.tolist()
    assert items[0].prompt.ids.tolist() != items[1].prompt.ids.tolist()


def items_of(lengths: list[int], builder: PromptBuilder) -> list[Item]:
    prompts = [builder.inference(["a" * length], ["b"])[0] for length in lengths]
    return [PairItem(prompt, (float(number),)) for number, prompt in enumerate(prompts)]


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), max_size=40), st.integers(1, 7), st.integers(0, 99))
def test_every_item_is_in_exactly_one_batch(
    tiny_builder: PromptBuilder, lengths: list[int], size: int, seed: int
) -> None:
    items = items_of(lengths, tiny_builder)
    batches = cut_batches(items, size, random.Random(seed))
    seen = Counter(item.target[0] for batch in batches for item in batch)
    assert seen == Counter(range(len(items)))
    assert len(batches) == -(-len(items) // size)
    assert all(len(batch) <= size for batch in batches)
    again = cut_batches(items, size, random.Random(seed))
    assert [[item.target[0] for item in batch] for batch in again] == [
        [item.target[0] for item in batch] for batch in batches
    ]


def test_batches_are_of_like_length_and_in_random_order(tiny_builder: PromptBuilder) -> None:
    lengths = [1 + n % 40 for n in range(8 * POOL_BATCHES)]
    batches = cut_batches(items_of(lengths, tiny_builder), 4, random.Random(5))
    ranges = [[len(item.prompt.ids) for item in batch] for batch in batches]
    assert max(max(found) - min(found) for found in ranges) <= 2
    firsts = [found[0] for found in ranges]
    assert sum(a > b for a, b in pairwise(firsts)) > len(firsts) // 4  # sorted ones have few


def test_padding_goes_behind_and_the_mask_hides_it(tiny_builder: PromptBuilder) -> None:
    prompts = tiny_builder.reading("who?", [("t", "owl"), ("", "a longer text, that is")])
    tensors = padded(prompts)
    width = tensors["ids"].shape[1]
    assert width % WIDTH_STEP == 0
    assert 0 <= width - max(len(prompt.ids) for prompt in prompts) < WIDTH_STEP
    assert tensors["mask"].sum(1).tolist() == [len(prompt.ids) for prompt in prompts]
    for row, prompt in enumerate(prompts):
        length = len(prompt.ids)
        assert tensors["ids"][row, :length].tolist() == prompt.ids.tolist()
        assert tensors["types"][row, :length].tolist() == prompt.types.tolist()
        assert not any(tensors[name][row, length:].any() for name in ("ids", "mask", "types"))


def test_a_batch_of_spans(tiny_builder: PromptBuilder) -> None:
    examples = [example_of(["owl", "1907."], 1, 1), SpanExample("who?", "t", "an owl", -1, -1)]
    items = span_items(examples, tiny_builder)
    tensors = collate(items)
    assert set(tensors) == {"ids", "mask", "types", "allowed", "start", "end"}
    assert tensors["start"].tolist() == [items[0].start, 0]
    assert tensors["end"].tolist() == [items[0].end, 0]
    for row, item in enumerate(items):
        allowed = torch.nonzero(tensors["allowed"][row]).flatten().tolist()
        starts = item.prompt.starts.tolist()
        assert allowed == [0, *(place for place, start in enumerate(starts) if start >= 0)]
    rows = torch.arange(2)
    assert tensors["allowed"][rows, tensors["start"]].all()
    assert tensors["allowed"][rows, tensors["end"]].all()


def test_what_a_teacher_said_of_spans_counts_in_the_place_of_the_answer(
    tiny_builder: PromptBuilder,
) -> None:
    plain = example_of(["owl", "1907."], 1, 1)
    taught = replace(plain, question="when?", taught=True)
    shares = SpanShares(((0, 0.75), (NOWHERE, 0.25)), ((3, 0.5), (9, 0.5)))
    heard = {(each.question, each.title, each.text): shares for each in (plain, taught)}
    one, other = span_items([plain, taught], tiny_builder, heard)
    owl, its_end = other.prompt.starts.tolist().index(0), other.prompt.ends.tolist().index(3)
    assert one.said is None
    assert other.said == (((owl, 0.75), (0, 0.25)), ((its_end, 0.5), (other.end, 0.5)))
    assert span_items([taught], tiny_builder)[0].said is None  # where nobody was asked
    mixed = collate([one, other])
    shape = mixed["ids"].shape
    wanted_starts, wanted_ends = torch.zeros(shape), torch.zeros(shape)
    wanted_starts[0, one.start] = wanted_ends[0, one.end] = 1.0
    wanted_starts[1, owl], wanted_starts[1, 0] = 0.75, 0.25
    wanted_ends[1, its_end] = wanted_ends[1, other.end] = 0.5
    assert torch.equal(mixed["start"], wanted_starts)
    assert torch.equal(mixed["end"], wanted_ends)
    assert torch.equal(collate([other])["start"], wanted_starts[1:])


def test_what_a_teacher_said_of_choices_counts_in_the_place_of_the_right_one(
    tiny_builder: PromptBuilder,
) -> None:
    examples = [
        ChoiceExample(("", ""), ("a", "b"), 1),
        ChoiceExample(("", "owl", "owl"), ("a", "b", "c"), 1, taught=True),
    ]
    heard = {("", "a"): 1.0, ("owl", "b"): 0.0, ("owl", "c"): 3.0}
    one, other = choice_items(examples, tiny_builder, heard)
    shares = np.exp([1.0, 0.0, 3.0]) / np.exp([1.0, 0.0, 3.0]).sum()
    assert (one.said, other.said) == ((), pytest.approx(shares))
    targets = collate([one, other])["right"]
    assert targets.shape == (2, 3)
    assert targets[0].tolist() == [0, 1, 0]
    assert targets[1].tolist() == pytest.approx(shares)
    assert collate([one])["right"].tolist() == [1]
    assert choice_items(examples, tiny_builder)[1].said == ()


def test_what_a_teacher_said_of_claims_is_their_probability(tiny_builder: PromptBuilder) -> None:
    examples = [
        ClaimExample("", "a", True),
        ClaimExample("", "a", True, taught=True),
        ClaimExample("owl", "a", False, taught=True),
    ]
    items = claim_items(examples, tiny_builder, {("", "a"): -2.0, ("owl", "a"): 1.0})
    wanted = [1.0, 1 / (1 + np.exp(2.0)), 1 / (1 + np.exp(-1.0))]
    assert collate(items)["true"].tolist() == pytest.approx(wanted)
    assert [item.true for item in claim_items(examples, tiny_builder)] == [1.0, 1.0, 0.0]


def test_examples_that_are_shown_several_times_become_prompts_once(
    tiny_builder: PromptBuilder,
) -> None:
    spans = [example_of(["owl", "1907."], 1, 1), SpanExample("who?", "t", "an owl", -1, -1)]
    one, other, again = span_items([*spans, spans[0]], tiny_builder)
    assert one is again
    assert said(one, spans[0]) == "1907."
    assert (other.start, other.end) == (0, 0)
    pairs = [PairExample("a", "b", 0), PairExample("a", "c", 1), PairExample("a", "b", 2)]
    first, second, third = pair_items(pairs, np.eye(3, dtype=np.float32), tiny_builder)
    assert first.prompt is third.prompt
    assert first.prompt.ids.tolist() != second.prompt.ids.tolist()
    assert [item.target.index(1.0) for item in (first, second, third)] == [0, 1, 2]
    choices = [
        ChoiceExample(("", "owl"), ("a", "b"), 0),
        ChoiceExample(("", "owl"), ("c", "b"), 0),
    ]
    (a, b), (c, also_b) = (item.prompts for item in choice_items(choices, tiny_builder))
    assert b is also_b
    shown = tiny_builder.inference(["", "owl", ""], ["a", "b", "c"])
    assert [each.ids.tolist() for each in (a, b, c)] == [each.ids.tolist() for each in shown]


@pytest.mark.parametrize("kind", ["spans", "pairs"])
def test_a_batch_is_what_the_network_takes(
    tiny_builder: PromptBuilder, make_network: object, kind: str
) -> None:
    spans = span_items([example_of(["owl", "1907."], 1, 1)], tiny_builder)
    pairs = pair_items([PairExample("a", "b", 2)], np.eye(3, dtype=np.float32)[2:], tiny_builder)
    network = make_network()  # type: ignore[operator]
    with torch.no_grad():
        loss = network(**collate(spans if kind == "spans" else pairs))["loss"]
    assert loss.shape == ()
    assert float(loss) > 0
