"""Test what the reader sees, token by token, and that every token knows its place."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from wherefrom.kb.errors import QuestionError
from wherefrom.pipeline.prompt import NO_OFFSET, Prompt, PromptBuilder

QUESTION = "Who named it?"
AWKWARD = "Élan vital, nai\u0308f: 東京 🦉 e\u0301a (1907). x\u00a0y\n\n\ttabs café"
PIECES = st.sampled_from(
    [
        *("named", "Bergson", "Élan", "nai\u0308f", "東京", "は", "🦉", "👩\u200d🔬", "ﬁ"),
        *("1,907.5", "don't", "x" * 120, "—", "(", "\n", "\u00a0", "z"),
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map(" ".join)


@pytest.fixture(scope="module")
def builder(minilm: Tokenizer) -> PromptBuilder:
    return PromptBuilder(minilm)


@pytest.fixture(scope="module")
def narrow(minilm: Tokenizer) -> PromptBuilder:
    """Give a builder whose windows hold a few words."""
    return PromptBuilder(minilm, max_tokens=40, overlap_tokens=6)


def tokens(tokenizer: Tokenizer, prompt: Prompt) -> str:
    return " ".join(tokenizer.id_to_token(number) for number in prompt.ids.tolist())


def places(prompt: Prompt) -> list[tuple[int, int]]:
    """Return the offsets of the tokens of the text."""
    inside = prompt.starts != NO_OFFSET
    pairs = zip(prompt.starts[inside].tolist(), prompt.ends[inside].tolist(), strict=True)
    return list(pairs)


@pytest.mark.parametrize(
    ("question", "title", "text", "wanted"),
    [
        (
            "Who named it?",
            "Élan vital",
            "It was named by Henri Bergson.",
            "[CLS] who named it ? [SEP] el ##an vital : it was named by henri berg ##son . [SEP]",
        ),
        (
            "Who named it?",
            "",
            "Bergson did: in 1907.",
            "[CLS] who named it ? [SEP] berg ##son did : in 1907 . [SEP]",
        ),
        ("A?", "T", "", "[CLS] a ? [SEP] t : [SEP]"),
        ("", "", "", "[CLS] [SEP] [SEP]"),
        ("x", "", "東京 🦉", "[CLS] x [SEP] 東 京 [UNK] [SEP]"),
        ("[SEP]", "", "<s>[CLS]", "[CLS] [ sep ] [SEP] < s > [ cl ##s ] [SEP]"),
    ],
)
def test_golden_prompts_for_reading(
    builder: PromptBuilder, minilm: Tokenizer, question: str, title: str, text: str, wanted: str
) -> None:
    (prompt,) = builder.reading(question, [(title, text)])
    assert tokens(minilm, prompt) == wanted


def test_a_golden_prompt_in_numbers(builder: PromptBuilder) -> None:
    (prompt,) = builder.reading("Who?", [("T", "É 東")])
    assert prompt.source == 0
    assert prompt.ids.tolist() == [101, 2040, 1029, 102, 1056, 1024, 1041, 1879, 102]
    assert prompt.types.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1]
    assert prompt.starts.tolist() == [-1, -1, -1, -1, -1, -1, 0, 2, -1]
    assert prompt.ends.tolist() == [-1, -1, -1, -1, -1, -1, 1, 3, -1]
    arrays = (prompt.ids, prompt.types, prompt.starts, prompt.ends)
    assert {array.dtype for array in arrays} == {np.dtype(np.int32)}


@pytest.mark.parametrize(
    ("premise", "hypothesis", "wanted"),
    [
        ("Paris: It is big.", "Paris is big.", "paris : it is big . [SEP] paris is big ."),
        ("", "x", "[SEP] x"),
        ("y", "", "y [SEP]"),
    ],
)
def test_golden_prompts_for_inference(
    builder: PromptBuilder, minilm: Tokenizer, premise: str, hypothesis: str, wanted: str
) -> None:
    (prompt,) = builder.inference([premise], [hypothesis])
    assert tokens(minilm, prompt) == f"[CLS] {wanted} [SEP]"
    assert places(prompt) == []
    after = prompt.ids.tolist().index(102) + 1
    assert prompt.types.tolist() == [0] * after + [1] * (len(prompt.ids) - after)


def test_prompts_say_which_text_they_show(narrow: PromptBuilder) -> None:
    evidence = [("", "one"), ("", "word " * 100), ("", ""), ("", "three")]
    sources = [prompt.source for prompt in narrow.reading("Who?", evidence)]
    assert sources == sorted(sources)
    assert set(sources) == {0, 1, 2, 3}
    assert sources.count(1) > 1


def test_each_text_gets_its_own_question(builder: PromptBuilder, minilm: Tokenizer) -> None:
    first, second = builder.readings(["one?", "two?"], [("", "a"), ("", "b")])
    assert tokens(minilm, first) == "[CLS] one ? [SEP] a [SEP]"
    assert tokens(minilm, second) == "[CLS] two ? [SEP] b [SEP]"
    with pytest.raises(ValueError, match="zip"):
        builder.readings(["one?"], [("", "a"), ("", "b")])


def test_offsets_map_back_to_the_exact_text(builder: PromptBuilder) -> None:
    (prompt,) = builder.reading(QUESTION, [("Title", AWKWARD)])
    slices = [AWKWARD[start:end] for start, end in places(prompt)]
    assert slices == [
        *("Él", "an", "vital", ",", "na", "i\u0308f", ":", "東", "京", "🦉", "e\u0301a"),
        *("(", "1907", ")", ".", "x", "y", "tab", "s", "café"),
    ]


@settings(deadline=None)
@given(TEXTS)
def test_windows_cover_the_text_and_overlap(
    minilm: Tokenizer, narrow: PromptBuilder, text: str
) -> None:
    whole = minilm.encode(text, add_special_tokens=False)
    prompts = narrow.reading(QUESTION, [("A title", text)])
    question = minilm.encode(QUESTION, add_special_tokens=False).ids
    shown: list[tuple[int, int]] = []
    for prompt in prompts:
        ids = prompt.ids.tolist()
        assert len(ids) <= 40
        assert ids[1 : 1 + len(question)] == question
        window = places(prompt)
        if not shown:
            shown = window
            continue
        shared = max(n for n in range(len(window)) if shown[-n:] == window[:n])
        assert shared >= 6
        shown += window[shared:]
    assert shown == whole.offsets


@settings(deadline=None)
@given(TEXTS)
def test_every_token_stands_where_it_says(
    minilm: Tokenizer, narrow: PromptBuilder, text: str
) -> None:
    for prompt in narrow.reading(QUESTION, [("", text)]):
        for number, start, end in zip(prompt.ids, prompt.starts, prompt.ends, strict=True):
            token = minilm.id_to_token(int(number)).removeprefix("##")
            if start == NO_OFFSET:
                continue
            plain = unicodedata.normalize("NFD", text[start:end].lower())
            plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
            assert token in (plain, "[UNK]")


def test_a_long_title_takes_an_eighth_of_the_budget(minilm: Tokenizer) -> None:
    builder = PromptBuilder(minilm, max_tokens=64)
    (prompt,) = builder.reading("Who?", [("very " * 50, "it")])
    assert tokens(minilm, prompt) == f"[CLS] who ? [SEP] {'very ' * 8}: it [SEP]"


def test_a_question_that_is_too_long_is_refused_with_the_numbers(minilm: Tokenizer) -> None:
    builder = PromptBuilder(minilm, max_tokens=64)
    fitting = "why " * (64 - 3 - 16)
    assert builder.reading(fitting, [("", "because")])
    message = r"the question is too long for the reader: 46 tokens, at most 45 .*'why why"
    with pytest.raises(QuestionError, match=message):
        builder.reading(fitting + "why", [("", "because")])


def test_a_long_question_takes_the_title_before_the_text(minilm: Tokenizer) -> None:
    builder = PromptBuilder(minilm, max_tokens=64)
    for asked, title in ((38, "one two three four five six :"), (41, "one two three :"), (44, "")):
        (prompt,) = builder.reading("why " * asked, [("one two three four five six", "a b c")])
        wanted = f"[CLS] {'why ' * asked}[SEP] {title} a b c [SEP]"
        assert tokens(minilm, prompt) == " ".join(wanted.split())


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(0, 12), st.integers(0, 90))
def test_what_is_not_refused_beforehand_can_be_read(
    minilm: Tokenizer, asked: int, titled: int, length: int
) -> None:
    builder = PromptBuilder(minilm, max_tokens=48)
    question, evidence = "why " * asked, [("one " * titled, "word " * length)]
    if asked > builder.question_tokens:
        with pytest.raises(QuestionError):
            builder.require_questions([question])
        with pytest.raises(QuestionError):
            builder.reading(question, evidence)
        return
    builder.require_questions([question])
    prompts = builder.reading(question, evidence)
    assert all(len(prompt.ids) <= 48 for prompt in prompts)
    if len(prompts) > 1:  # then each is full, and a quarter of it is the text
        assert all(len(places(prompt)) >= 12 for prompt in prompts)


def test_the_first_question_or_claim_that_is_too_long_is_named(minilm: Tokenizer) -> None:
    builder = PromptBuilder(minilm, max_tokens=64)
    assert (builder.question_tokens, builder.claim_tokens) == (45, 32)
    builder.require_questions([])
    builder.require_questions(["why " * 45, "\ud800"])
    builder.require_claims(["so " * 32])
    message = r"question 2 of 3 is too long for the reader: 1,046 tokens, at most 45 are allowed; "
    with pytest.raises(QuestionError, match=message + r".*\(it begins 'why why") as found:
        builder.require_questions(["why", "why " * 1_046, "why " * 99])
    assert (found.value.what, found.value.number, found.value.count) == ("question", 1, 3)
    with pytest.raises(QuestionError, match=r"the claim is too long .*: 33 tokens, at most 32"):
        builder.require_claims(["so " * 33])


def test_a_long_question_does_not_make_a_window_for_each_token(minilm: Tokenizer) -> None:
    builder = PromptBuilder(minilm)  # 96 tokens are shared, and as few are left to the text
    prompts = builder.reading("why " * 285, [("", "word " * 960)])
    assert len(prompts) == 1 + -(-(960 - 96) // 48)


def test_inference_cuts_the_premise_at_its_end(minilm: Tokenizer) -> None:
    builder = PromptBuilder(minilm, max_tokens=16)
    (prompt,) = builder.inference(["one two three four " * 9], ["the claim stays whole"])
    premise = "one two three four one two three four one"
    assert tokens(minilm, prompt) == f"[CLS] {premise} [SEP] the claim stays whole [SEP]"
    (both,) = builder.inference(["one " * 90], ["two " * 90])
    assert tokens(minilm, both) == f"[CLS] {'one ' * 5}[SEP] {'two ' * 8}[SEP]"


@pytest.mark.parametrize("budget", [16, 18])
def test_inference_leaves_out_the_middle_of_a_statement_that_is_too_long(
    minilm: Tokenizer, budget: int
) -> None:
    """The answer stands at the beginning of a statement, or at its end."""
    builder = PromptBuilder(minilm, max_tokens=budget)
    (prompt,) = builder.inference(["x"], ["Paris is " + "very " * 30 + "much what it is not"])
    after = tokens(minilm, prompt).split("[SEP]")[1].split()
    assert len(after) == budget // 2
    assert after[:2] == ["paris", "is"]
    assert after[-4:] == ["what", "it", "is", "not"]


def test_truncation_and_padding_of_the_tokenizer_do_not_count(minilm: Tokenizer) -> None:
    cutting = Tokenizer.from_str(minilm.to_str())
    cutting.enable_truncation(5)
    cutting.enable_padding(length=50)
    (prompt,) = PromptBuilder(cutting).reading("one?", [("", "two three four five six")])
    assert tokens(minilm, prompt) == "[CLS] one ? [SEP] two three four five six [SEP]"


def test_another_pair_template_is_read_off_the_tokenizer() -> None:
    """RoBERTa puts two separators between the parts and knows one type of token only."""
    words = ["<s>", "</s>", "<unk>", "a", "b", "who", "it", ":"]
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 1)],
    )
    (prompt,) = PromptBuilder(tokenizer).reading("who", [("a", "it b")])
    assert tokens(tokenizer, prompt) == "<s> who </s> </s> a : it b </s>"
    assert prompt.types.tolist() == [0] * 9
    assert places(prompt) == [(0, 2), (3, 4)]
