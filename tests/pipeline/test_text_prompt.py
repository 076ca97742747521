"""Test the prompts for language models, word by word, and what gives way under a budget."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.records import Evidence
from wherefrom.pipeline.text_prompt import (
    FORMS,
    INSTRUCTION,
    Example,
    Message,
    TextPrompt,
    estimated_tokens,
    text_prompt,
)

QUESTION = "Who named it?"
EXAMPLE = Example("Where is Melk?", (("Melk", "Melk is in Austria."), ("", "No.")), "Austria [1]")
SHOWN = "[1] Élan vital: It was named. By Bergson.\n[2] No title here.\nQuestion: Who named it?"
WORKED = "[1] Melk: Melk is in Austria.\n[2] No.\nQuestion: Where is Melk?"


def count_words(text: str) -> int:
    return len(text.split())


@pytest.fixture
def evidence(make_evidence: Callable[..., Evidence]) -> list[Evidence]:
    return [
        make_evidence("It was named. By Bergson.", title="Élan vital"),
        make_evidence("No title here.", number=1, rank=2),
    ]


def test_the_instruction_is_what_it_was() -> None:
    assert INSTRUCTION == (
        "Answer the question from the numbered passages alone, in as few words as possible. "
        "After the answer, name the passages that it rests on, like this: [1]. "
        "If the passages do not answer it, say: no answer."
    )


@pytest.mark.parametrize("form", FORMS)
def test_another_instruction_takes_its_place(form: str, evidence: list[Evidence]) -> None:
    usual = text_prompt(QUESTION, evidence, form=form)
    other = text_prompt(QUESTION, evidence, form=form, instruction="Sing.")
    assert str(other) == str(usual).replace(INSTRUCTION, "Sing.")


def test_plain(evidence: list[Evidence]) -> None:
    prompt = text_prompt(QUESTION, evidence, form="plain")
    assert prompt.messages == (Message("user", f"{INSTRUCTION}\n\n{SHOWN}\nAnswer:"),)
    assert str(prompt) == f"{INSTRUCTION}\n\n{SHOWN}\nAnswer:"
    assert prompt.evidence == tuple(evidence)


def test_few_shot(evidence: list[Evidence]) -> None:
    prompt = text_prompt(QUESTION, evidence, form="few-shot", examples=[EXAMPLE])
    assert str(prompt) == (f"{INSTRUCTION}\n\n{WORKED}\nAnswer: Austria [1]\n\n{SHOWN}\nAnswer:")
    assert [message.role for message in prompt.messages] == ["user"]


def test_chat(evidence: list[Evidence]) -> None:
    prompt = text_prompt(QUESTION, evidence, examples=[EXAMPLE])
    assert prompt.messages == (
        Message("system", INSTRUCTION),
        Message("user", WORKED),
        Message("assistant", "Austria [1]"),
        Message("user", SHOWN),
    )


def test_the_examples_that_come_with_it_follow_their_own_instruction(
    evidence: list[Evidence],
) -> None:
    chat = text_prompt(QUESTION, evidence)
    assert [message.role for message in chat.messages] == [
        *("system", "user", "assistant", "user", "assistant", "user")
    ]
    assert [message.content for message in chat.messages[2::2]] == ["the Danube [1]", "no answer"]


@pytest.mark.parametrize("form", FORMS)
def test_no_evidence_leaves_the_question(form: str) -> None:
    prompt = text_prompt(QUESTION, [], form=form, examples=[])
    assert f"\n\nQuestion: {QUESTION}" in str(prompt)
    assert prompt.evidence == ()


def test_an_unknown_form_gets_the_nearest() -> None:
    with pytest.raises(
        UsageError, match=r"unknown form 'fewshot'; choose plain, few-shot or chat .*mean few-shot"
    ):
        text_prompt(QUESTION, [], form="fewshot")


def test_a_budget_below_the_question_is_refused_with_the_numbers() -> None:
    words = count_words(f"{INSTRUCTION}\n\nQuestion: {QUESTION}\nAnswer:")
    message = f"the question and the instructions take {words} tokens, the budget is {words - 1}"
    arguments = {"form": "plain", "count_tokens": count_words}
    assert text_prompt(QUESTION, [], budget_tokens=words, **arguments)
    with pytest.raises(UsageError, match=message):
        text_prompt(QUESTION, [], budget_tokens=words - 1, **arguments)


def passages_of(prompt: TextPrompt) -> list[str]:
    """Return the lines of a plain prompt that show passages."""
    return str(prompt).removeprefix(INSTRUCTION).split("\nQuestion:")[0].split("\n")[2:]


def test_evidence_gives_way_from_its_end_sentence_by_sentence(
    make_evidence: Callable[..., Evidence],
) -> None:
    evidence = [
        make_evidence("One one one. Two two two. Three three."),
        make_evidence("Four four. Five five.", number=1, rank=2),
        make_evidence("Six.", number=2, rank=3),
    ]
    base = count_words(str(text_prompt(QUESTION, [], form="plain")))
    seen = []
    for budget in range(base, base + 18):
        prompt = text_prompt(
            QUESTION, evidence, form="plain", budget_tokens=budget, count_tokens=count_words
        )
        seen.append(" | ".join(passages_of(prompt)))
        assert len(prompt.evidence) == seen[-1].count("[")
        assert prompt.evidence == tuple(evidence[: len(prompt.evidence)])
    whole = "[1] One one one. Two two two. Three three."
    assert seen == [
        *[""] * 4,  # a number and three words do not fit before
        *["[1] One one one."] * 3,
        *["[1] One one one. Two two two."] * 2,
        *[whole] * 3,
        *[f"{whole} | [2] Four four."] * 2,
        *[f"{whole} | [2] Four four. Five five."] * 2,
        *[f"{whole} | [2] Four four. Five five. | [3] Six."] * 2,
    ]


@given(
    st.lists(st.lists(st.sampled_from(["one.", "Two", "three?", "鸮。", "a\nb"])), max_size=6),
    st.integers(0, 120),
    st.sampled_from(FORMS),
)
def test_any_budget_is_kept_and_the_question_stays_whole(
    make_evidence: Callable[..., Evidence], texts: list[list[str]], extra: int, form: str
) -> None:
    evidence = [
        make_evidence(" ".join(words), title="T", number=n) for n, words in enumerate(texts)
    ]
    base = sum(
        count_words(message.content) for message in text_prompt("Why?", [], form=form).messages
    )
    prompt = text_prompt(
        "Why?", evidence, form=form, budget_tokens=base + extra, count_tokens=count_words
    )
    assert sum(count_words(message.content) for message in prompt.messages) <= base + extra
    assert "\nQuestion: Why?" in "\n" + prompt.messages[-1].content
    assert prompt.evidence == tuple(evidence[: len(prompt.evidence)])


def test_without_a_tokenizer_four_characters_count_as_a_token() -> None:
    assert [estimated_tokens("x" * n) for n in (0, 1, 4, 5)] == [0, 1, 1, 2]
