"""Answer questions, check claims and choose from a knowledge base: the pipeline, end to end."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.knowledge import Knowledge, check_queries
from wherefrom.indexes.readable import readable
from wherefrom.indexes.records import PathStep
from wherefrom.kb.errors import QuestionError
from wherefrom.pipeline.bridging import Bridged, bridged, may_bridge
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.checking import check_claim
from wherefrom.pipeline.choosing import choose_option, retrieve_for_options
from wherefrom.pipeline.comparison import (
    Comparison,
    as_comparison,
    names,
    questions_of,
    take_turns,
)
from wherefrom.pipeline.joint_answer import added_seconds, join_answers
from wherefrom.pipeline.quoted import paths_to
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reading import find_candidates, read_answer
from wherefrom.pipeline.records import Answer, Check, Choice, Evidence, Option
from wherefrom.pipeline.retrieval import FACTS, passage_evidence, retrieve

SURE = 0.4  # probability from which an answer needs no second walk
SECOND_PASSAGES = 5  # that a second walk adds at most
SECONDS_FOR_A_SECOND = 2.0  # a first answer that took longer is not followed by a second walk

FoundEvidence = tuple[list[Evidence], Bridged | None]  # and the bridge that was put in


class Answerer:
    """A knowledge base and a reader that answers from it. Several threads may use one.

    Parameters
    ----------
    knowledge
        An opened knowledge base.
    reader
        A folder, or None for the bundled reader; it is loaded when it is first needed.
    device
        Where the reader runs, as torch names it; None takes a GPU if there is one.
    patience_seconds
        A first answer that took longer is not followed by a second walk. Where answers must not
        depend on how busy the machine is, it is infinite.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        *,
        reader: Path | str | None = None,
        device: str | None = None,
        patience_seconds: float = SECONDS_FOR_A_SECOND,
    ) -> None:
        self.knowledge = knowledge
        self._patience_seconds = patience_seconds
        self._folder = None if reader is None else Path(reader)
        self._device = device
        self._reader: Reader | None = None

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        reader: Path | str | None = None,
        encoder: str | Encoder | None = None,
        device: str | None = None,
        patience_seconds: float = SECONDS_FOR_A_SECOND,
    ) -> Self:
        """Open the knowledge base in the directory `path`; raises as `Knowledge.open`."""
        knowledge = Knowledge.open(path, encoder=encoder, device=device)
        return cls(knowledge, reader=reader, device=device, patience_seconds=patience_seconds)

    @property
    def reader(self) -> Reader:
        """Return the reader, loading it the first time; raise ModelError where there is none."""
        if self._reader is None:
            self._reader = Reader.open(self._folder or bundled_reader(), device=self._device)
        return self._reader

    def require_questions(
        self, questions: Sequence[str], *, k: int = 10, retriever: str | None = None
    ) -> None:
        """Refuse what `ask` cannot answer, before any of it is answered.

        Raises
        ------
        QuestionError
            If a question is blank, or too long for the reader.
        UsageError
            If `k` is below 1 or the retriever is unknown.
        """
        check_queries(questions, k, self.chosen(retriever), what="question")
        self.reader.prompts.require_questions(questions)

    def chosen(self, retriever: str | None) -> str:
        """Return the retriever to use: the one that is asked for, or else the best there is."""
        return self.knowledge.best_retriever if retriever is None else retriever

    def ask(self, question: str, *, k: int = 10, retriever: str | None = None) -> Answer:
        """Answer one question from the `k` best passages, or abstain.

        Raises
        ------
        UsageError
            If the question is blank or too long, `k` is below 1 or the retriever is unknown.
        """
        return self.ask_many([question], k=k, retriever=retriever)[0]

    def ask_many(
        self, questions: Sequence[str], *, k: int = 10, retriever: str | None = None
    ) -> list[Answer]:
        """Answer each question in turn; retrieval is done for all of them together.

        Raises as `require_questions`, before the first of them is answered.
        """
        self.require_questions(questions, k=k, retriever=retriever)
        if self.chosen(retriever) == "graph":
            self._load_encoder()
        start = time.perf_counter()
        found = self.found(questions, k=k, retriever=retriever)
        share = (time.perf_counter() - start) / max(1, len(questions))
        return [
            self.ask_found(question, one, k=k, retriever=retriever, retrieve_seconds=share)
            for question, one in zip(questions, found, strict=True)
        ]

    def ask_found(
        self,
        question: str,
        found: FoundEvidence,
        *,
        k: int = 10,
        retriever: str | None = None,
        retrieve_seconds: float = 0.0,
    ) -> Answer:
        """Answer one question as `ask` does, from what `found` returned of it."""
        reader = self.reader.remembering()
        answer = self._answered(reader, question, *found, retrieve_seconds=retrieve_seconds)
        unsure = wants_second_walk(answer, self._patience_seconds)
        again = self.chosen(retriever) == "graph" and unsure and not as_comparison(question)
        return self._second(reader, question, answer, k) if again else answer

    def found(
        self, questions: Sequence[str], *, k: int = 10, retriever: str | None = None
    ) -> list[FoundEvidence]:
        """Find the evidence for each question, and the bridge that was put in; raises as `ask`.

        For a comparison it is what is found for either thing, in turns, and no bridge.
        """
        asked = [questions_of(question) for question in questions]
        found = iter(self._found([one for parts in asked for one in parts], k, retriever))
        return [
            next(found)
            if len(parts) == 1
            else (take_turns([next(found)[0] for _ in parts], k), None)
            for parts in asked
        ]

    def _found(
        self, questions: Sequence[str], k: int, retriever: str | None
    ) -> list[FoundEvidence]:
        if retriever is None and self.chosen(None) == "graph":
            return self._retrieve_together(questions, k)
        ranked = retrieve(self.knowledge, questions, k=k, retriever=self.chosen(retriever))
        return [(evidence, None) for evidence in ranked]

    def _retrieve_together(self, questions: Sequence[str], k: int) -> list[FoundEvidence]:
        """Return what a walk found where a question needs a bridge, else fused hits and facts.

        A question that one passage answers is read best from the passages that resemble it most,
        and one that no bridge could be put into is not walked for: a walk takes as long as reading.
        """
        found: dict[int, FoundEvidence] = {}
        tried = [number for number, question in enumerate(questions) if may_bridge(question)]
        asked = [questions[number] for number in tried]
        walked = retrieve(self.knowledge, asked, k=k, retriever="graph")
        for number, evidence in zip(tried, walked, strict=True):
            bridge = bridged(self.reader, questions[number], evidence)
            if bridge is not None:
                found[number] = evidence, bridge
        rest = [number for number in range(len(questions)) if number not in found]
        asked = [questions[number] for number in rest]
        fused = retrieve(self.knowledge, asked, k=k, retriever="hybrid", facts=FACTS)
        found |= {number: (one, None) for number, one in zip(rest, fused, strict=True)}
        return [found[number] for number in range(len(questions))]

    def _second(self, reader: Reader, question: str, first: Answer, k: int) -> Answer:
        """Walk again from what was read first; the more probable of both answers counts.

        A reader that remembers reads only what the walk adds.
        """
        known = {item.passage_id for item in first.evidence}
        start = time.perf_counter()
        bridge = bridge_text(reader, question, first.evidence)
        walking = time.perf_counter()
        found = self.knowledge.search_again(question, bridge, k)
        new = [one for one in found if one.passage.id not in known][:SECOND_PASSAGES]
        spent = {"read": walking - start, "retrieve": time.perf_counter() - walking}
        best, parts = first, [first.timing_seconds, spent]
        if new:
            more = passage_evidence(new, "graph", first_rank=len(first.evidence) + 1)
            evidence = [*first.evidence, *more]
            second = self._answered(reader, question, evidence, None, retrieve_seconds=0.0)
            parts.append(second.timing_seconds)
            best = second if second.probability > first.probability else first
        return replace(best, timing_seconds=added_seconds(*parts))

    def _load_encoder(self) -> Encoder:
        """Load the encoder now, so that no question loses its second walk because it was first."""
        return self.knowledge.encoder

    def read(
        self, question: str, evidence: Sequence[Evidence], *, retrieve_seconds: float = 0.0
    ) -> Answer:
        """Answer a question from evidence that is already at hand, or abstain.

        Where a path leads on from what the question names, the document at its end is asked the
        question with the bridge put in (`wherefrom.pipeline.bridging`), and it alone.
        """
        return self._answered(
            self.reader, question, evidence, None, retrieve_seconds=retrieve_seconds
        )

    def _answered(
        self,
        reader: Reader,
        question: str,
        evidence: Sequence[Evidence],
        bridge: Bridged | None,
        *,
        retrieve_seconds: float,
    ) -> Answer:
        """Answer as `read` does; a bridge that is known already is not judged again."""
        if comparison := as_comparison(question):
            return self._compared(reader, question, comparison, evidence, retrieve_seconds)
        start = time.perf_counter()
        bridge = bridge or bridged(reader, question, evidence)
        if bridge is not None and bridge.step is not None:
            beyond = self._beyond(bridge.question, bridge.step)
            evidence = [*evidence, *(item for item in beyond if item not in evidence)]
            bridge = replace(bridge, evidence=beyond) if beyond else None
        asked = bridge or Bridged(question, tuple(evidence))
        found = read_answer(reader, self.knowledge.encoder, asked.question, asked.evidence)
        verify = found.timing_seconds["verify"]
        read = time.perf_counter() - start - verify
        seconds = {"retrieve": retrieve_seconds, "read": read, "verify": verify}
        return replace(
            found,
            question=question,
            paths=paths_to(found.citations, evidence),
            evidence=tuple(evidence),
            timing_seconds=seconds,
        )

    def _compared(
        self,
        reader: Reader,
        question: str,
        comparison: Comparison,
        evidence: Sequence[Evidence],
        retrieve_seconds: float,
    ) -> Answer:
        """Answer the question on each thing, and by both the question that compares them.

        Only evidence that names a thing is read for it; where its question has to be bridged, only
        an answer at the end of a path counts.
        """
        parts = [
            self._answered(
                reader,
                asked,
                evidence if comparison.role else names(thing, evidence),
                None,
                retrieve_seconds=retrieve_seconds / len(comparison.things),
            )
            for thing, asked in zip(comparison.things, comparison.questions, strict=True)
        ]
        threshold = reader.manifest.calibration.answer_threshold
        return join_answers(question, comparison, parts, evidence, threshold=threshold)

    def _beyond(self, question: str, step: PathStep) -> tuple[Evidence, ...]:
        """Find what is said of the entity to which a fact leads, and put the fact before its path.

        Its passages and facts count, each by its title.
        """
        found = retrieve(self.knowledge, [question], retriever="hybrid", facts=FACTS)[0]
        return tuple(
            replace(item, path=(step, *item.path)) for item in found if item.title == step.tail
        )

    def check(self, claim: str, *, k: int = 10, retriever: str | None = None) -> Check:
        """Decide one claim from the `k` best passages; raises as `ask`."""
        return self.check_many([claim], k=k, retriever=retriever)[0]

    def check_many(
        self, claims: Sequence[str], *, k: int = 10, retriever: str | None = None
    ) -> list[Check]:
        """Decide each claim in turn.

        Raises
        ------
        QuestionError
            If a claim is blank, or has more tokens than half of what the reader reads at once;
            before the first of them is decided.
        UsageError
            If `k` is below 1 or the retriever is unknown.
        """
        check_queries(claims, k, self.chosen(retriever), what="claim")
        self.reader.prompts.require_claims(claims)
        found = retrieve(self.knowledge, claims, k=k, retriever=self.chosen(retriever))
        return [
            check_claim(self.reader, self.knowledge.encoder, claim, evidence)
            for claim, evidence in zip(claims, found, strict=True)
        ]

    def choose(
        self, question: str, options: Sequence[Option], *, k: int = 10, retriever: str | None = None
    ) -> Choice:
        """Choose one option by the `k` best passages for the question and for each option.

        Raises
        ------
        UsageError
            If there are fewer than two options, a label stands twice, or as for `ask`.
        """
        return self.choose_many([(question, options)], k=k, retriever=retriever)[0]

    def choose_many(
        self,
        asked: Sequence[tuple[str, Sequence[Option]]],
        *,
        k: int = 10,
        retriever: str | None = None,
    ) -> list[Choice]:
        """Choose one option for each question in turn.

        Raises as `choose`, before the first of them is answered. An option may be long: what the
        statement made of it has too much for the encoder or the reader is left out.
        """
        questions = [question for question, _ in asked]
        used = self.chosen(retriever)
        check_queries(questions, k, used, what="question")
        for number, (_, options) in enumerate(asked):
            if problem := _problem(options):
                raise QuestionError("question", number, len(asked), problem)
        self.reader.prompts.require_questions(questions)
        chosen = []
        for question, options in asked:
            found = retrieve_for_options(self.knowledge, question, options, k=k, retriever=used)
            encoder = self.knowledge.encoder
            chosen.append(choose_option(self.reader, encoder, question, options, found))
        return chosen


def _problem(options: Sequence[Option]) -> str:
    """Say why one cannot choose between these; nothing where one can."""
    labels = [option.label for option in options]
    if len(labels) < 2:
        return f"needs at least two choices, got {labels}"
    if len(set(labels)) < len(labels):
        return f"has a choice twice among {labels}"
    for option in options:
        if readable(option.text) != option.text:
            return f"has a choice with bytes that are not UTF-8: {readable(option.text)[:60]!r}"
    return ""


def wants_second_walk(answer: Answer, patience_seconds: float = SECONDS_FOR_A_SECOND) -> bool:
    """Say whether a second walk may help, and the first reading was quick enough for one more."""
    spent = sum(answer.timing_seconds.values())
    return answer.probability < SURE and bool(answer.evidence) and spent < patience_seconds


def bridge_text(reader: Reader, question: str, evidence: Sequence[Evidence]) -> str:
    """Return what the reader takes for the best answers: they may be steps on the way to it."""
    return ". ".join(one.text for one in find_candidates(reader, question, evidence))
