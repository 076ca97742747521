"""A generator answers from evidence; it is shown what fits, and its answer keeps every promise."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from wherefrom.indexes.knowledge import Knowledge
from wherefrom.kb.errors import QuestionError, UsageError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.generating import INSTRUCTION, Limits, generator_prompt, write_answers
from wherefrom.pipeline.generator import MAX_NEW_TOKENS, Chat
from wherefrom.pipeline.local_generator import LocalGenerator
from wherefrom.pipeline.records import Answer, Evidence
from wherefrom.pipeline.text_prompt import BUDGET_TOKENS, Example, estimated_tokens
from wherefrom.pipeline.worked_examples import WorkedExample

QUESTIONS = ["What is the capital of France?", "When did the wall fall?", "東京?"]
EXAMPLES = [
    WorkedExample("What is the capital of Germany?", "Berlin is the capital of Germany."),
    WorkedExample("Who was born in Ulm?", "no answer"),
]


class Recited:
    """A generator that says what it was given, and keeps the prompts."""

    def __init__(self, *texts: str, context_tokens: int | None = None) -> None:
        self.context_tokens = context_tokens
        self.prompts: list[Chat] = []
        self.asked_tokens: list[int] = []
        self._texts = list(texts)

    def count_tokens(self, text: str) -> int:
        return estimated_tokens(text) + 4

    def generate(self, prompts: Sequence[Chat], *, max_new_tokens: int = 9) -> list[str]:
        self.prompts.extend(prompts)
        self.asked_tokens.extend(max_new_tokens for _ in prompts)
        return [self._texts.pop(0) for _ in prompts]


@pytest.fixture
def answerer(knowledge: Knowledge, tiny_reader_folder: Path) -> Answerer:
    return Answerer(knowledge, reader=tiny_reader_folder, device="cpu")


def check(answerer: Answerer, answer: Answer) -> None:
    """Assert what is promised of an answer with a draft."""
    draft = answer.draft
    assert draft is not None
    assert answer.abstained == bool(draft.abstention)
    assert answer.answer == ("" if answer.abstained else draft.text)
    supported = [one for one in draft.sentences if one.verdict == "supported"]
    assert bool(answer.citations) == (not answer.abstained)
    assert bool(supported) == (draft.abstention in ("", "irrelevant"))
    assert answer.probability == min((one.entailment for one in draft.sentences), default=0.0)
    places = [(one.document_id, one.start, one.end) for one in answer.citations]
    assert len(set(places)) == len(places)
    shown = {(one.document_id, one.start, one.end) for s in supported for one in s.citations}
    assert set(places) == (set() if answer.abstained else shown)
    for cited in answer.citations:
        document = answerer.knowledge.document(cited.document_id)
        assert document.text[cited.start : cited.end] == cited.quote
    assert list(answer.timing_seconds) == ["retrieve", "read", "verify"]
    assert answer.evidence


def test_each_question_is_answered_by_what_is_written(answerer: Answerer) -> None:
    texts = ["Paris is the capital of France [1]. It is old.", "No answer.", "Owls hunt. " * 3]
    generator = Recited(*texts)
    answers = write_answers(answerer, generator, QUESTIONS, k=3)
    assert [answer.question for answer in answers] == QUESTIONS
    for answer in answers:
        check(answerer, answer)
    first, second, third = (answer.draft for answer in answers)
    assert first and second and third
    assert first.text == "Paris is the capital of France. It is old."
    assert second.abstention == "said"
    assert len(third.sentences) == 3
    for question, prompt in zip(QUESTIONS, generator.prompts, strict=True):
        assert [message.role for message in prompt] == ["system", "user"]  # no examples
        assert prompt[0].content == INSTRUCTION
        assert prompt[1].content.startswith("[1] ")
        assert prompt[1].content.endswith(f"Question: {question}")
    assert write_answers(answerer, generator, []) == []


def test_the_evidence_is_that_of_the_reader(answerer: Answerer) -> None:
    for retriever in ("dense", "sparse", "hybrid", "graph", None):
        generator = Recited("Paris.")
        (answer,) = write_answers(answerer, generator, QUESTIONS[:1], k=2, retriever=retriever)
        expected = answerer.ask(QUESTIONS[0], k=2, retriever=retriever).evidence
        assert answer.evidence == expected[: len(answer.evidence)]
        for number, shown in enumerate(answer.evidence, start=1):
            assert f"[{number}] {shown.title}: {shown.text}" in generator.prompts[0][1].content


def test_examples_stand_before_the_question_the_nearest_last(answerer: Answerer) -> None:
    generator = Recited("Paris.")
    write_answers(answerer, generator, QUESTIONS[:1], examples=EXAMPLES, k=2)
    (prompt,) = generator.prompts
    roles = [message.role for message in prompt]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    far, near = prompt[1].content, prompt[3].content
    assert (far.rpartition("\n")[2], prompt[2].content) == (
        "Question: Who was born in Ulm?",
        "no answer",
    )
    assert near.endswith("Question: What is the capital of Germany?")
    assert near.startswith("[1] ") and "\n[2] " in near
    assert prompt[4].content == "Berlin is the capital of Germany."


@pytest.mark.parametrize("context", [300, 400, 600, None])
def test_a_prompt_fits_and_the_question_is_whole(
    make_evidence: Callable[..., Evidence], context: int | None
) -> None:
    generator = Recited(context_tokens=context)
    texts = [
        f"Sentence {number} of one passage. It is followed by this. " * 6 for number in range(9)
    ]
    evidence = [make_evidence(text, number=number) for number, text in enumerate(texts)]
    examples = [Example(f"Question {number}?", (("T", "x " * 99),), "yes") for number in range(5)]
    prompt = generator_prompt(generator, QUESTIONS[0], evidence, examples)
    limits = Limits.of(generator)
    spent = sum(generator.count_tokens(message.content) for message in prompt.messages)
    assert spent <= limits.prompt
    if context is None:
        assert (limits.prompt, limits.new) == (BUDGET_TOKENS, MAX_NEW_TOKENS)
    else:
        assert limits.prompt + limits.new <= context
    assert prompt.messages[-1].content.endswith(QUESTIONS[0])
    kept = [message.content for message in prompt.messages[1:-1] if message.role == "user"]
    names = [content.rpartition("\n")[2] for content in kept]
    assert names == [f"Question: Question {number}?" for number in reversed(range(len(kept)))]
    in_examples = sum(generator.count_tokens(m.content) for m in prompt.messages[1:-1])
    assert in_examples <= limits.prompt // 2
    assert (len(kept) == 5) == (context is None)
    assert prompt.evidence == tuple(evidence[: len(prompt.evidence)])
    assert prompt.evidence


def test_what_cannot_be_asked_is_refused_before_anything_is_written(answerer: Answerer) -> None:
    generator = Recited("Paris.")
    with pytest.raises(QuestionError, match="question 2 of 2 is empty"):
        write_answers(answerer, generator, ["Who?", " "])
    with pytest.raises(UsageError, match="k must be at least 1"):
        write_answers(answerer, generator, ["Who?"], k=0)
    with pytest.raises(UsageError, match="did you mean dense"):
        write_answers(answerer, generator, ["Who?"], retriever="dens")
    tiny = Recited("Paris.", context_tokens=40)
    with pytest.raises(UsageError, match="the budget is 30"):
        write_answers(answerer, tiny, ["Who?"])
    assert generator.prompts == tiny.prompts == []


def test_a_model_of_this_machine_answers_in_the_same_way_each_time(
    answerer: Answerer, tiny_chat_folder: Path
) -> None:
    generator = LocalGenerator.open(str(tiny_chat_folder), device="cpu")
    found = [write_answers(answerer, generator, QUESTIONS[:1], k=2)[0] for _ in range(2)]
    check(answerer, found[0])
    assert found[0].draft == found[1].draft
    assert found[0].citations == found[1].citations
