"""Render a question and its evidence as text for a language model, with numbered passages.

The same law holds as for the reader's own prompts (`wherefrom.pipeline.prompt`): under a budget of
tokens the evidence is cut first, from its end, sentence by sentence, and never the question.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from wherefrom.kb.errors import UsageError, unknown_value
from wherefrom.kb.sentences import split_sentences
from wherefrom.pipeline.records import Evidence

FORMS = ("plain", "few-shot", "chat")
BUDGET_TOKENS = 3072
CHARACTERS_OF_A_TOKEN = 4  # the usual estimate for English, where no tokenizer is given
NO_ANSWER = "no answer"  # what a model is told to say where the passages do not hold it
INSTRUCTION = (
    "Answer the question from the numbered passages alone, in as few words as possible. "
    "After the answer, name the passages that it rests on, like this: [1]. "
    f"If the passages do not answer it, say: {NO_ANSWER}."
)


@dataclass(frozen=True, slots=True)
class Example:
    """A question with passages, (title, text) each, and the answer that is wanted."""

    question: str
    passages: tuple[tuple[str, str], ...]
    answer: str


EXAMPLES = (
    Example(
        "Which river flows through the town of Melk?",
        (
            ("Melk", "Melk is a town in Lower Austria. It lies on the right bank of the Danube."),
            ("Krems", "Krems an der Donau is a town in Lower Austria with 25,271 inhabitants."),
        ),
        "the Danube [1]",
    ),
    Example(
        "When was the lighthouse of Melk built?",
        (("Melk", "Melk is a town in Lower Austria. It lies on the right bank of the Danube."),),
        "no answer",
    ),
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat, as chat templates and OpenAI-compatible servers take it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class TextPrompt:
    """A prompt for a language model; `str` gives it as one text.

    `evidence` is what fitted the budget: passage [1] is its first. The last may be shown in part.
    """

    messages: tuple[Message, ...]
    evidence: tuple[Evidence, ...]

    def __str__(self) -> str:
        return "\n\n".join(message.content for message in self.messages)


def estimated_tokens(text: str) -> int:
    """Estimate how many tokens a text has, where the model's tokenizer is not at hand."""
    return -(-len(text) // CHARACTERS_OF_A_TOKEN)


def text_prompt(
    question: str,
    evidence: Sequence[Evidence],
    *,
    form: str = "chat",
    budget_tokens: int = BUDGET_TOKENS,
    count_tokens: Callable[[str], int] = estimated_tokens,
    examples: Sequence[Example] = EXAMPLES,
    instruction: str = INSTRUCTION,
) -> TextPrompt:
    """Render a question and its evidence as a prompt for a language model.

    Parameters
    ----------
    question
        The question; it is never cut.
    evidence
        Passages, best first; they are numbered from 1.
    form
        ``plain`` is one message, ``few-shot`` the same with worked examples before it, ``chat`` a
        system message, the examples as turns, and the question.
    budget_tokens
        What all messages together may have.
    count_tokens
        Counts the tokens of a text as the model would.
    examples
        For ``few-shot`` and ``chat``.
    instruction
        What the model is told to do.

    Raises
    ------
    UsageError
        If the form is unknown, or the budget does not even hold the question and instructions.
    """
    if form not in FORMS:
        raise unknown_value("form", form, FORMS)
    shown: list[tuple[str, str]] = []

    def cost() -> int:
        return sum(count_tokens(message.content) for message in messages())

    def messages() -> list[Message]:
        return _messages(form, question, shown, examples, instruction)

    if cost() > budget_tokens:
        raise UsageError(
            f"the question and the instructions take {cost()} tokens, the budget is "
            f"{budget_tokens}; allow more, ask in fewer words, or use the form plain"
        )
    for item in evidence:
        shown.append((item.title, item.text))
        if cost() > budget_tokens:
            del shown[-1]
            _fit_part(item, shown, lambda: cost() <= budget_tokens)
            break
    return TextPrompt(tuple(messages()), tuple(evidence[: len(shown)]))


def _fit_part(item: Evidence, shown: list[tuple[str, str]], fits: Callable[[], bool]) -> None:
    """Append the longest beginning of a passage, in whole sentences, that still fits."""
    for _, end in reversed(split_sentences(item.text)[:-1]):
        shown.append((item.title, item.text[:end]))
        if fits():
            return
        del shown[-1]


def _messages(
    form: str,
    question: str,
    passages: Sequence[tuple[str, str]],
    examples: Sequence[Example],
    instruction: str,
) -> list[Message]:
    asked = _asked(question, passages)
    if form == "plain":
        return [Message("user", f"{instruction}\n\n{asked}\nAnswer:")]
    if form == "few-shot":
        worked = [
            f"{_asked(example.question, example.passages)}\nAnswer: {example.answer}"
            for example in examples
        ]
        return [Message("user", "\n\n".join([instruction, *worked, f"{asked}\nAnswer:"]))]
    turns = [Message("system", instruction)]
    for example in examples:
        turns.append(Message("user", _asked(example.question, example.passages)))
        turns.append(Message("assistant", example.answer))
    return [*turns, Message("user", asked)]


def _asked(question: str, passages: Sequence[tuple[str, str]]) -> str:
    numbered = [
        f"[{number}] {title}: {text}" if title else f"[{number}] {text}"
        for number, (title, text) in enumerate(passages, start=1)
    ]
    return "\n".join([*numbered, f"Question: {question}"])
