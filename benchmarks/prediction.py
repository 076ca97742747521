"""One line of `predictions.jsonl`: what was said of an example in an arm, and how right it is."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from wherefrom.benchmarks.changing import part_arm
from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.respondent import Response
from wherefrom.benchmarks.task import Task
from wherefrom.kb.errors import DamagedError
from wherefrom.pipeline.matching import exact_match, normalised_words, says_the_same, word_f1

DEPTHS = (2, 5, 10)  # recall of the documents that a question takes, among the first so many
LISTS = ("gold", "evidence", "citations", "documents")  # fields of a line
DIGITS = 6  # of a probability; sums of floats differ beyond
ABSTENTION = ""
RANKED = 10  # documents of a query whose order is measured
NDCG, MRR = f"nDCG@{RANKED}", f"MRR@{RANKED}"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was said of an example in an arm.

    `scores` holds one value for each measure that applies to it, `gold` what would have been right,
    `evidence` the ids of the passages that it saw, best first, and `marks` what is counted apart.
    Of a query, `documents` are those found, best first, `grades` those judged, and `prediction` is
    the first one; how probable it is to be right nobody says. What could not be asked, for example
    because it is too long, is `refused` for a reason, and counts as an abstention.
    """

    id: str
    arm: str
    prediction: str
    probability: float | None
    gold: tuple[str, ...]
    scores: Mapping[str, float]
    evidence: tuple[str, ...] = ()
    citations: tuple[Mapping[str, Any], ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    grades: Mapping[str, int] = field(default_factory=dict)
    refused: str = ""

    @property
    def answered(self) -> bool:
        """Tell whether anything was said; else it abstained."""
        return self.prediction != ABSTENTION

    @property
    def right(self) -> bool:
        """Tell whether it is right, as far as one value can tell."""
        return any(self.scores.get(name, 0.0) >= 1.0 for name in ("accuracy", "exact_match", MRR))


def score(task: Task, example: Example, arm: str, response: Response) -> Prediction:
    """Compare a response with what is right."""
    if task.shape == "question":
        scores = _question_scores(example, response)
    else:
        scores = {"accuracy": float(response.prediction in example.gold)}
    scores |= _citation_scores(task, example, response)
    if part_arm(arm)[0] == "retrieved" and example.documents:
        scores |= _recall(example, response)
    return Prediction(
        id=example.id,
        arm=arm,
        prediction=response.prediction,
        probability=round(float(response.probability), DIGITS),
        gold=example.gold,
        scores={name: round(float(value), DIGITS) for name, value in scores.items()},
        evidence=tuple(item.passage_id for item in response.evidence),
        citations=tuple(
            {
                "passage_id": one.passage_id,
                "document_id": one.document_id,
                "title": one.title,
                "start": one.start,
                "end": one.end,
                "quote": one.quote,
                "verdict": one.verdict,
            }
            for one in response.citations
        ),
        marks=example.marks,
        refused=response.refused,
    )


def write_line(prediction: Prediction) -> str:
    """Put a prediction in one line of JSON."""
    return json.dumps(asdict(prediction), ensure_ascii=False) + "\n"


def by_arm(predictions: Iterable[Prediction]) -> dict[str, list[Prediction]]:
    """Return the predictions of each arm, arms and predictions in order."""
    arms: dict[str, list[Prediction]] = {}
    for one in predictions:
        arms.setdefault(one.arm, []).append(one)
    return arms


def read_predictions(file: Path) -> list[Prediction]:
    """Read predictions, in order.

    Raises
    ------
    DamagedError
        If a line is no prediction; file and line are named.
    """
    return list(_parsed(file, file.read_text(encoding="utf-8").splitlines()))


def _parsed(file: Path, lines: Iterable[str]) -> Iterable[Prediction]:
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
            record |= {name: tuple(record[name]) for name in LISTS if name in record}
            yield Prediction(**record)
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise DamagedError(f"{file}, line {number} is no prediction: {error}") from error


def _question_scores(example: Example, response: Response) -> dict[str, float]:
    """Score an answer; where there is none to find, to abstain is right, as in SQuAD 2.0."""
    said = response.prediction
    right = [answer for answer in example.gold if normalised_words(answer)] or [ABSTENTION]
    scores = {
        "abstained": float(said == ABSTENTION),
        "exact_match": exact_match(said, right),
        "f1": word_f1(said, right),
    }
    if example.gold:
        held = any(says_within(item.text, example.gold) for item in response.evidence)
        scores["answer_in_evidence"] = float(held)
    return scores


def says_within(text: str, answers: Iterable[str]) -> bool:
    """Tell whether a text holds one of the answers, without regard to case.

    Examples
    --------
    >>> says_within("It stands in Paris.", ["paris"])
    True
    """
    lowered = text.casefold()
    return any(answer.casefold() in lowered for answer in answers)


def _citation_scores(task: Task, example: Example, response: Response) -> dict[str, float]:
    """Score citations as ALCE does, by entailment, and beside it by words.

    Gao, Yen, Yu and Chen, "Enabling Large Language Models to Generate Text with Citations", EMNLP
    2023, arXiv:2305.14627. The verdicts are the reader's own; whether the cited sentence says a
    right answer does not depend on it.
    """
    if task.shape in ("pair", "choices") or response.prediction == ABSTENTION:
        return {}
    if task.shape == "claim" and not response.citations:
        return {}
    cited = response.citations
    borne = {"supported", "refuted"} if task.shape == "claim" else {"supported"}
    good = [one.verdict in borne for one in cited]
    scores = {"citation_recall": float(any(good))}
    if cited:
        scores["citation_precision"] = sum(good) / len(cited)
    if cited and task.shape == "question" and example.gold:
        said = [
            says_within(one.sentence, example.gold) or says_the_same(one.quote, example.gold)
            for one in cited
        ]
        scores["citation_says_answer"] = sum(said) / len(cited)
    return scores


def _recall(example: Example, response: Response) -> dict[str, float]:
    """Return the share of the documents that the question takes among the first documents seen."""
    wanted = set(example.documents)
    seen: list[set[str]] = []
    for item in response.evidence:
        names = {item.document_id, item.title}
        if names not in seen:
            seen.append(names)
    return {
        f"recall@{depth}": len(wanted & set().union(*seen[:depth])) / len(wanted)
        for depth in DEPTHS
    }
