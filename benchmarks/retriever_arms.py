"""The arms of a task of retrieval: each retriever that a knowledge base has finds its documents.

A document stands where its best passage does. The measures are those of trec_eval, by ir-measures:
MacAvaney, Macdonald and Ounis, "Streamlining Evaluation with ir-measures", ECIR 2022,
arXiv:2111.13466.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from wherefrom.benchmarks.contamination import Suspects
from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.prediction import ABSTENTION, DIGITS, MRR, NDCG, RANKED, Prediction
from wherefrom.benchmarks.task import Task
from wherefrom.indexes.knowledge import LONGEST_QUERY, RETRIEVERS, Knowledge
from wherefrom.kb.errors import UsageError, unknown_value
from wherefrom.kb.records import Passage

DEPTHS = (2, 5, 10, 20, 50, 100, 200, 500, 1_000)  # of recall, as far as passages are looked for


@dataclass(frozen=True, slots=True)
class Searcher:
    """A knowledge base to search, and how many passages to look for."""

    knowledge: Knowledge
    k: int

    def suspects(self, files: Sequence[Path] = (), *, scans: bool = True) -> Suspects:
        """Return where queries may stand: its passages, and files."""
        return Suspects(self.knowledge.texts, tuple(files), scans=scans)


class RetrieverArms:
    """Finds documents for the queries of a task by the retriever that an arm names.

    Parameters
    ----------
    task, examples
        The task and all its examples that are run.
    searcher
        What is searched.
    source
        The SOURCE of the documents, as a message names it.
    """

    def __init__(
        self, task: Task, examples: Sequence[Example], searcher: Searcher, *, source: str
    ) -> None:
        self._task = task
        self._examples = examples
        self._knowledge = searcher.knowledge
        self._k = searcher.k
        self._source = source
        self.retrieves = True

    def require(self, arms: Sequence[str]) -> None:
        """Refuse arms that cannot be run, before any of them is.

        Raises
        ------
        UsageError
            If an arm is unknown or stands twice, there is no graph, or the knowledge base lacks a
            relevant document.
        """
        for arm in arms:
            if arm not in RETRIEVERS:
                raise unknown_value(f"arm of {self._task.name}", arm, RETRIEVERS)
            if arm not in self.possible():
                raise UsageError(f"arm {arm}: the knowledge base has no graph")
        if len(set(arms)) < len(arms) or not arms:
            raise UsageError(f"the arms are {list(arms)}; name one or more, each once")
        known = set(self._names.values())
        lacking = {n: one.id for one in self._examples for n in one.gold if n not in known}
        if lacking:
            name, query = next(iter(lacking.items()))
            raise UsageError(
                f"the knowledge base lacks {len(lacking):,} relevant documents, by id or title "
                f"(the first is {name!r}, of query {query!r}); add them: wherefrom build KB "
                f"{self._source}"
            )

    def possible(self) -> tuple[str, ...]:
        """Return the retrievers that the knowledge base has, in the order of RETRIEVERS."""
        best = self._knowledge.best_retriever
        return tuple(one for one in RETRIEVERS if one in ("dense", "sparse", "hybrid", best))

    def predict(self, arm: str, number: int) -> Prediction:
        """Find documents for the query of a number, and measure their order."""
        example = self._examples[number]
        hits = self._knowledge.search([example.text[:LONGEST_QUERY]], self._k, retriever=arm)[0]
        passages = self._knowledge.passages([hit.passage_id for hit in hits])
        found = self._named(passages)
        return Prediction(
            id=example.id,
            arm=arm,
            prediction=found[0] if found else ABSTENTION,
            probability=None,
            gold=example.gold,
            scores=rank_scores(found, example.grades, [d for d in DEPTHS if d <= self._k]),
            evidence=tuple(passage.id for passage in passages),
            marks=example.marks,
            documents=found,
            grades=example.grades,
        )

    def _named(self, passages: Sequence[Passage]) -> tuple[str, ...]:
        """Return the documents of passages, best first, by what the task calls them."""
        found: dict[str, str] = {}  # of each name, the document that it means
        for one in passages:
            name = self._names.get(one.document_id, one.document_id)
            if found.setdefault(name, one.document_id) != one.document_id:
                found.setdefault(one.document_id, one.document_id)  # another one of the same title
        return tuple(found)

    @cached_property
    def _names(self) -> dict[str, str]:
        """Return, by document id, what the task calls each relevant document that there is."""
        wanted = {name for one in self._examples for name in one.gold}
        held = self._knowledge.passages_of(wanted)
        return {one.document_id: name for name, passages in held.items() for one in passages}


def rank_scores(
    found: Sequence[str], grades: Mapping[str, int], depths: Sequence[int]
) -> dict[str, float]:
    """Measure an order of documents, best first, by the grades of those that are judged.

    Examples
    --------
    >>> rank_scores(["a", "b"], {"b": 1, "c": 2}, [2])
    {'nDCG@10': 0.239812, 'MRR@10': 0.5, 'recall@2': 0.5}
    """
    import ir_measures
    from ir_measures import RR, R, nDCG

    measures = {nDCG @ RANKED: NDCG, RR @ RANKED: MRR}
    measures |= {R @ depth: f"recall@{depth}" for depth in depths}
    order = {name: float(len(found) - place) for place, name in enumerate(found)}
    values = {
        measures[one.measure]: one.value
        for one in ir_measures.iter_calc(list(measures), {"": dict(grades)}, {"": order})
    }
    return {name: round(values[name], DIGITS) for name in measures.values()}
