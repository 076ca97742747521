"""The arms of a benchmark: which evidence an example is shown, so that its worth can be told.

``none`` shows nothing, ``retrieved`` what the respondent finds, ``gold`` what the file marks,
``shuffled`` what another example would be shown, and ``adversarial`` what it would be shown itself
behind a sentence that says something wrong (Jia and Liang, "Adversarial Examples for Evaluating
Reading Comprehension Systems", EMNLP 2017, arXiv:1707.07328): another answer, the denial of a claim
that holds or is not decided, or a claim that does not hold.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from wherefrom.benchmarks.example import Example, marked_evidence
from wherefrom.benchmarks.judgement_files import YES_NO
from wherefrom.benchmarks.prediction import Prediction, score
from wherefrom.benchmarks.respondent import Respondent, Response, Shown, parts
from wherefrom.benchmarks.task import Task
from wherefrom.kb.errors import QuestionError, UsageError, unknown_value
from wherefrom.pipeline.negation import denied
from wherefrom.pipeline.records import Evidence
from wherefrom.pipeline.statement import as_statement

ARMS = ("none", "retrieved", "gold", "shuffled", "adversarial")
MISLED = ("question", "claim", "choices")  # shapes of which something wrong can be stated
LEAST = 2  # examples, for one to be shown the evidence of another


class Arms:
    """Shows the examples of a task to a respondent, by arm.

    Parameters
    ----------
    task, examples
        The task and all its examples that are run.
    respondent
        Who responds. What is marked is what it would see where it has nothing to retrieve from,
        and of pairs, which are whole.
    seed
        Decides whose evidence an example is shown when shuffled, and what misleads it.
    """

    def __init__(
        self,
        task: Task,
        examples: Sequence[Example],
        respondent: Respondent,
        *,
        seed: int,
    ) -> None:
        self._task = task
        self._examples = examples
        self._respondent = respondent
        self._seed = seed

    @property
    def retrieves(self) -> bool:
        """Tell whether evidence is retrieved for the examples."""
        return self._respondent.retrieves and self._task.shape != "pair"

    def require(self, arms: Sequence[str]) -> None:
        """Refuse arms that cannot be run, before any of them is.

        Raises
        ------
        UsageError
            If an arm is unknown or stands twice, has nothing to retrieve from, or needs evidence
            that the file does not mark or the knowledge base does not hold.
        """
        for arm in arms:
            if arm not in ARMS:
                raise unknown_value("arm", arm, ARMS)
        if len(set(arms)) < len(arms) or not arms:
            raise UsageError(f"the arms are {list(arms)}; name one or more, each once")
        name = self._task.name
        if "retrieved" in arms and not self.retrieves:
            raise UsageError(f"arm retrieved: nothing to retrieve from for {name}; name one (--kb)")
        if "gold" in arms or (not self.retrieves and set(arms) & {"shuffled", "adversarial"}):
            self._require_marked()
        if "adversarial" in arms and self._task.shape not in MISLED:
            raise UsageError(
                f"arm adversarial: nothing misleading can be stated of a {self._task.shape}; it is "
                "for questions, claims and choices"
            )
        if set(arms) & {"shuffled", "adversarial"} and len(self._examples) < LEAST:
            raise UsageError(f"{name} has one example; shuffled evidence takes two")
        if "adversarial" in arms:
            for number in range(len(self._examples)):
                _ = self._wrong(number)

    def possible(self) -> tuple[str, ...]:
        """Return the arms that can be run, in the order of ARMS."""
        found = []
        for arm in ARMS:
            try:
                self.require([arm])
            except UsageError:
                continue
            found.append(arm)
        return tuple(found)

    def predict(self, arm: str, number: int) -> Prediction:
        """Let the respondent respond to the example of a number, and compare with what is right."""
        return score(self._task, self._examples[number], arm, self.respond(arm, number))

    def respond(self, arm: str, number: int) -> Response:
        """Let the respondent respond to the example of a number, as an arm shows it.

        One that it refuses, for example because it is too long, does not stop the others.
        """
        example = self._examples[number]
        try:
            if arm == "retrieved":
                return self._respondent.respond_alone(self._task, example)
            return self._respondent.respond(self._task, example, self._shown(arm, number))
        except QuestionError as error:
            return Response("", 0.0, refused=str(error))

    def _shown(self, arm: str, number: int) -> Shown:
        example = self._examples[number]
        if arm == "none":
            return parts(example, ())
        if arm == "gold":
            return parts(example, self._marked(number))
        if arm == "shuffled":
            other = self._usual(self._partners[number])
            kept = other[1 : 1 + len(example.options)]
            return (other[0], *kept, *((),) * (len(example.options) - len(kept)))
        first, *rest = self._usual(number)
        misleading = marked_evidence(f"adversarial-{example.id}", self._wrong(number))
        later = [replace(item, rank=item.rank + 1) for item in first]
        return ((replace(misleading, retriever="adversarial"), *later), *rest)

    def _usual(self, number: int) -> Shown:
        """Return what an example is shown where nothing is done to it."""
        example = self._examples[number]
        if self.retrieves:
            return self._respondent.find(self._task, example)
        return parts(example, self._marked(number))

    def _marked(self, number: int) -> tuple[Evidence, ...]:
        example = self._examples[number]
        if example.evidence:
            return example.evidence
        held = [item for name in example.documents for item in self._documents.get(name, ())]
        return tuple(replace(item, rank=rank) for rank, item in enumerate(held, start=1))

    def _wrong(self, number: int) -> str:
        """State something wrong: another option or verdict, or the answer of another question."""
        example = self._examples[number]
        drawn = random.Random(f"{self._seed} {example.id}")
        if example.options:
            others = [option.text for option in example.options if option.label not in example.gold]
            return as_statement(example.text, drawn.choice(others))
        if self._task.shape == "claim":
            return _contrary(example, self._task.labels)
        known = {answer.casefold() for answer in example.gold}
        step = self._partners[number]
        for _ in self._examples:
            answers = [a for a in self._examples[step].gold if a.casefold() not in known]
            if answers:
                return as_statement(example.text, answers[0])
            step = self._partners[step]
        raise UsageError(f"arm adversarial: all examples of {self._task.name} have one answer")

    def _require_marked(self) -> None:
        bare = [e for e in self._examples if not (e.evidence or e.documents)]
        if bare:
            raise UsageError(
                f"{len(bare):,} of {len(self._examples):,} examples of {self._task.name} mark no "
                f"evidence (the first is {bare[0].id!r}); arm gold needs it, and shuffled and "
                "adversarial where there is no knowledge base"
            )
        for example in self._examples:
            missing = [name for name in example.documents if name not in self._documents]
            if not missing or example.evidence:
                continue
            problem = f"example {example.id!r} marks the document {missing[0]!r}"
            if self.retrieves:
                raise UsageError(
                    f"{problem}, which the knowledge base does not hold, by id or title"
                )
            raise UsageError(f"{problem}; name a knowledge base that holds it (--kb)")

    @cached_property
    def _documents(self) -> dict[str, tuple[Evidence, ...]]:
        names = {n for each in self._examples if not each.evidence for n in each.documents}
        return self._respondent.documents(names) if names else {}

    @cached_property
    def _partners(self) -> list[int]:
        """Return, of each example, another whose evidence it is shown: the next in a drawn order.

        Examples whose marked evidence is the same are no partners; where all are, the next one is.
        """
        order = list(range(len(self._examples)))
        random.Random(self._seed).shuffle(order)
        marked = [_marks(example) for example in self._examples]
        partners = [0] * len(order)
        for place, number in enumerate(order):
            after = (order[(place + step) % len(order)] for step in range(1, len(order)))
            others = (one for one in after if not (marked[one] & marked[number]))
            partners[number] = next(others, order[(place + 1) % len(order)])
        return partners


def _contrary(example: Example, labels: Sequence[str]) -> str:
    """State what speaks for another verdict than the right one."""
    if tuple(labels) == YES_NO:
        return as_statement(example.text, YES_NO[example.gold[0] == YES_NO[0]])
    if example.gold[0] == labels[1]:
        return example.text
    return denied(example.text) or f"It is false that {example.text}"


def _marks(example: Example) -> frozenset[str]:
    """Return what tells the marked evidence of an example from that of others."""
    return frozenset(example.documents) | {item.text for item in example.evidence}
