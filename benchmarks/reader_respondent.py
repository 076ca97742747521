"""A reader that responds to the examples of every task, with a knowledge base or without one."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from wherefrom.benchmarks.contamination import Suspects, fitted_files, learnt_files
from wherefrom.benchmarks.example import MARKED, Example
from wherefrom.benchmarks.judgement_files import TRUTH
from wherefrom.benchmarks.respondent import Response, Shown, everything
from wherefrom.benchmarks.task import Task
from wherefrom.indexes.encoder import Encoder, load_encoder
from wherefrom.indexes.records import FoundPassage, Hit
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.answerability import answering
from wherefrom.pipeline.answering import Answerer, FoundEvidence
from wherefrom.pipeline.checking import check_claim
from wherefrom.pipeline.choosing import choose_option, retrieve_for_options
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reading import read_answer, read_passage
from wherefrom.pipeline.records import Answer, Check, Choice, Evidence, Option
from wherefrom.pipeline.retrieval import passage_evidence
from wherefrom.pipeline.truth import truths

REMEMBERED = 5_000  # examples; with ten passages for each of five options they take 0.6 GB
BOTH = 2  # labels: what is not the first of them is the second


class ReaderRespondent:
    """A reader, and the knowledge base in which it looks for evidence.

    Parameters
    ----------
    reader
        Who reads.
    answerer
        The same reader over a knowledge base; None where evidence comes from the task alone.
    k
        How many passages it retrieves.
    retriever
        ``dense``, ``sparse``, ``hybrid`` or ``graph``; None takes what `ask` takes.
    """

    def __init__(
        self,
        reader: Reader,
        answerer: Answerer | None = None,
        *,
        k: int = 10,
        retriever: str | None = None,
    ) -> None:
        self.reader = reader
        self._answerer = answerer
        self._k = k
        self._retriever = retriever
        remember = lru_cache(REMEMBERED)
        self._found = remember(self._find)  # what an example is shown, several arms show
        self._found_for_options = remember(self._find_for_options)

    @property
    def retrieves(self) -> bool:
        """Tell whether there is a knowledge base."""
        return self._answerer is not None

    @cached_property
    def encoder(self) -> Encoder:
        """Return the encoder of the knowledge base, or the default one where there is none."""
        return load_encoder() if self._answerer is None else self._answerer.knowledge.encoder

    def suspects(self, files: Sequence[Path] = (), *, scans: bool = True) -> Suspects:
        """Return where examples may stand: its passages, what it says it learnt from, and files."""
        texts = None if self._answerer is None else self._answerer.knowledge.texts
        record = self.reader.manifest.training
        learnt, fitted = learnt_files(record), fitted_files(record)
        return Suspects(texts, tuple(files), learnt, fitted, scans=scans)

    def find(self, task: Task, example: Example) -> Shown:
        """Retrieve what `ask`, `check` or `choose` would; raise UsageError without a base."""
        answerer = self._with_knowledge(task)
        if task.shape == "question":
            evidence, _ = self._found(answerer, example.text)
            return (tuple(evidence),)
        return self._found_for_options(answerer, example.text, example.options)

    def _find(self, answerer: Answerer, question: str) -> FoundEvidence:
        return answerer.found([question], k=self._k, retriever=self._retriever)[0]

    def _find_for_options(
        self, answerer: Answerer, text: str, options: tuple[Option, ...]
    ) -> Shown:
        chosen = answerer.chosen(self._retriever)
        ranked = retrieve_for_options(
            answerer.knowledge, text, options, k=self._k, retriever=chosen
        )
        return tuple(tuple(evidence) for evidence in ranked)

    def documents(self, names: Collection[str]) -> dict[str, tuple[Evidence, ...]]:
        """Return the passages of documents of the knowledge base; none where there is no base."""
        if self._answerer is None:
            return {}
        found = self._answerer.knowledge.passages_of(names)
        return {
            name: tuple(
                passage_evidence(
                    [FoundPassage(Hit(passage.id, 1.0), passage) for passage in held], MARKED
                )
            )
            for name, held in found.items()
        }

    def respond(self, task: Task, example: Example, shown: Shown) -> Response:
        """Respond from the evidence that is shown."""
        if task.shape == "question":
            if task.paragraph and len(shown[0]) == 1:
                return self._read(task, example.text, shown[0][0])
            if self._answerer is not None:
                evidence = self._explained(self._answerer, example, shown[0])
                return _answered(self._answerer.read(example.text, evidence))
            return _answered(read_answer(self.reader, self.encoder, example.text, shown[0]))
        if task.shape == "claim":
            return self._judged(
                task, check_claim(self.reader, self.encoder, example.text, shown[0])
            )
        if task.shape == "pair":
            return self._inferred(task, example, shown[0])
        chosen = choose_option(self.reader, self.encoder, example.text, example.options, shown)
        return _chosen(chosen)

    def respond_alone(self, task: Task, example: Example) -> Response:
        """Respond as `ask`, `check` and `choose` do; raises as `find`."""
        answerer = self._with_knowledge(task)
        if task.shape == "question":
            answerer.require_questions([example.text], k=self._k, retriever=self._retriever)
            found = self._found(answerer, example.text)
            return _answered(
                answerer.ask_found(example.text, found, k=self._k, retriever=self._retriever)
            )
        return self.respond(task, example, self.find(task, example))

    def _with_knowledge(self, task: Task) -> Answerer:
        if self._answerer is None or task.shape == "pair":
            raise UsageError(f"nothing to retrieve from for {task.name}; name a knowledge base")
        return self._answerer

    def _explained(
        self, answerer: Answerer, example: Example, evidence: Sequence[Evidence]
    ) -> Sequence[Evidence]:
        """Tell the paths to documents that the file marks, as a walk tells them of what it finds.

        Without them a question over several documents could not be bridged.
        """
        marked = example.documents and all(item.retriever == MARKED for item in evidence)
        if not marked or answerer.knowledge.best_retriever != "graph":
            return evidence
        paths = answerer.knowledge.paths_to(example.text, [item.passage_id for item in evidence])
        return [replace(item, path=path) for item, path in zip(evidence, paths, strict=True)]

    def _read(self, task: Task, question: str, passage: Evidence) -> Response:
        """Answer from one passage; where that may hold no answer, to abstain can be right."""
        said = _answered(
            read_passage(self.reader, self.encoder, question, passage, abstains=task.unanswerable)
        )
        abstains = task.unanswerable and not said.prediction
        return replace(said, probability=1 - said.probability) if abstains else said

    def _judged(self, task: Task, check: Check) -> Response:
        """Name the verdict by the task's labels.

        Of a claim it is told whether that is true; a yes/no question, whose words say nothing of
        what is plausible, is answered by the likelier verdict of the two.
        """
        chances = [check.probabilities[name] for name in ("supported", "refuted", "undecided")]
        if task.labels == TRUTH:
            true = float(truths(self.reader, [check])[0])
            chances = [true, 1 - true]
        elif len(task.labels) == BOTH:
            chances = _shared(chances[:BOTH])
        best = int(np.argmax(chances))
        return Response(task.labels[best], chances[best], check.citations, check.evidence)

    def _inferred(self, task: Task, example: Example, evidence: Sequence[Evidence]) -> Response:
        """Infer a hypothesis from its premise; from nothing it is known by itself alone."""
        premise = " ".join(item.text for item in evidence)
        if task.asks:
            chance = answering(self.reader, premise, "", example.text)
            found = [chance, 1 - chance]
        else:
            found = self.reader.infer([premise], [example.text])[0].tolist()
        if len(task.labels) == BOTH:
            found = [found[0], sum(found[1:])]
        best = int(np.argmax(found))
        return Response(task.labels[best], found[best], (), tuple(evidence))


def _answered(answer: Answer) -> Response:
    return Response(answer.answer, answer.probability, answer.citations, answer.evidence)


def _chosen(choice: Choice) -> Response:
    sure = choice.probabilities[choice.choice]
    return Response(choice.choice, sure, choice.citations, everything((choice.evidence,)))


def _shared(chances: Sequence[float]) -> list[float]:
    """Scale chances to add up to 1; nothing known makes them equal."""
    total = sum(chances)
    return [chance / total for chance in chances] if total else [1 / len(chances)] * len(chances)
