"""Answer questions with a generator: its text is shown with what bears out each of its sentences.

The evidence is found as for the reader, put into a prompt (`wherefrom.pipeline.text_prompt`), and
what the generator writes is judged by the reader (`wherefrom.pipeline.drafting`).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.drafting import draft
from wherefrom.pipeline.generator import MAX_NEW_TOKENS, Generator
from wherefrom.pipeline.quoted import paths_to
from wherefrom.pipeline.records import Answer, Citation, Draft, Evidence
from wherefrom.pipeline.text_prompt import (
    BUDGET_TOKENS,
    NO_ANSWER,
    Example,
    Message,
    TextPrompt,
    text_prompt,
)
from wherefrom.pipeline.worked_examples import (
    ExampleVectors,
    WorkedExample,
    nearest,
    with_evidence,
)

INSTRUCTION = (
    "Answer the question from the numbered passages alone, in one or two short sentences that can "
    f"stand by themselves. If the passages do not answer it, say only: {NO_ANSWER}."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many tokens a prompt may have, and the text that goes on from it."""

    prompt: int
    new: int

    @classmethod
    def of(cls, generator: Generator) -> "Limits":
        """Take what a generator can read: a quarter of a small one's context is for the answer."""
        context = generator.context_tokens
        if context is None:
            return cls(BUDGET_TOKENS, MAX_NEW_TOKENS)
        new = min(MAX_NEW_TOKENS, context // 4)
        return cls(min(BUDGET_TOKENS, context - new), new)


def write_answers(
    answerer: Answerer,
    generator: Generator,
    questions: Sequence[str],
    *,
    examples: Sequence[WorkedExample] = (),
    k: int = 10,
    retriever: str | None = None,
) -> list[Answer]:
    """Answer each question in turn with what a generator writes, or abstain.

    Parameters
    ----------
    answerer
        Finds the evidence and judges by it.
    generator
        Writes.
    questions
        In words.
    examples
        Those nearest to a question are shown before it, each with passages of the knowledge base.
    k, retriever
        As for `Answerer.ask`.

    Returns
    -------
    list[Answer]
        Each with its `draft`. It abstains if the generator says that there is no answer, no
        sentence is supported, or those that are have nothing to do with the question; `citations`
        bear out the sentences that are supported. `probability` is the entailment of the sentence
        that is supported least, 0 without a sentence.

    Raises
    ------
    QuestionError
        If a question is blank, or too long for the reader.
    UsageError
        If `k` is below 1, the retriever is unknown, or a question does not fit into a prompt.
    ModelError
        If the generator cannot be asked.
    """
    answerer.require_questions(questions, k=k, retriever=retriever)
    encoder = answerer.knowledge.encoder
    known = ExampleVectors.of(encoder, examples) if examples else None
    start = time.perf_counter()
    found = answerer.found(questions, k=k, retriever=retriever)
    share = (time.perf_counter() - start) / max(1, len(questions))
    answers = []
    for question, (evidence, _) in zip(questions, found, strict=True):
        shown: list[Example] = []
        if known is not None:
            shown = with_evidence(answerer.knowledge, nearest(encoder, question, known))
        answers.append(_written(answerer, generator, question, evidence, shown, share))
    return answers


def generator_prompt(
    generator: Generator,
    question: str,
    evidence: Sequence[Evidence],
    examples: Sequence[Example] = (),
) -> TextPrompt:
    """Put a question to a generator, as much of the evidence as it can read, and examples.

    Examples are given the nearest first and shown the nearest last. Together they take at most
    half of what a prompt may have; those farthest from the question are left out first.
    """
    most = Limits.of(generator).prompt
    kept: list[Example] = []
    spent = 0
    for example in examples:
        turns = _turns(example)
        spent += sum(generator.count_tokens(turn.content) for turn in turns)
        if spent > most // 2:
            break
        kept.insert(0, example)
    return text_prompt(
        question,
        evidence,
        budget_tokens=most,
        count_tokens=generator.count_tokens,
        examples=kept,
        instruction=INSTRUCTION,
    )


def _turns(example: Example) -> Sequence[Message]:
    """Return the two messages of an example, as a prompt with nothing else would show them."""
    alone = text_prompt("", (), examples=[example], budget_tokens=10**9)
    return alone.messages[1:3]


def _written(
    answerer: Answerer,
    generator: Generator,
    question: str,
    evidence: Sequence[Evidence],
    examples: Sequence[Example],
    retrieve_seconds: float,
) -> Answer:
    start = time.perf_counter()
    prompt = generator_prompt(generator, question, evidence, examples)
    new = Limits.of(generator).new
    (text,) = generator.generate([prompt.messages], max_new_tokens=new)
    read = time.perf_counter()
    encoder = answerer.knowledge.encoder
    written = draft(answerer.reader, encoder, question, text, prompt.evidence)
    cited = () if written.abstention else _cited(written)
    return Answer(
        question=question,
        answer="" if written.abstention else written.text,
        abstained=bool(written.abstention),
        probability=min((sentence.entailment for sentence in written.sentences), default=0.0),
        citations=cited,
        paths=paths_to(cited, evidence),
        evidence=tuple(evidence),
        timing_seconds={
            "retrieve": retrieve_seconds,
            "read": read - start,
            "verify": time.perf_counter() - read,
        },
        draft=written,
    )


def _cited(written: Draft) -> tuple[Citation, ...]:
    """Return what bears out the supported sentences, each place of a document once, in order."""
    cited: dict[tuple[str, int, int, str], Citation] = {}
    for sentence in written.sentences:
        for one in sentence.citations if sentence.verdict == "supported" else ():
            cited.setdefault((one.document_id, one.start, one.end, one.quote), one)
    return tuple(cited.values())
