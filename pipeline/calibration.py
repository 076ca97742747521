"""Fit how a reader's logits become probabilities, on questions whose answers are known.

The log-odds of an answer are a weighted sum of what is known of it, as in Platt, "Probabilistic
Outputs for Support Vector Machines and Comparisons to Regularized Likelihood Methods", 1999.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wherefrom.kb.errors import RecordError, SourceError, UsageError
from wherefrom.kb.found import shown
from wherefrom.kb.jsonl import read_objects, require
from wherefrom.pipeline import truth
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.choice_weights import fit_choices, observe_choices, require_enough
from wherefrom.pipeline.comparison import as_comparison
from wherefrom.pipeline.decision import FEATURES, features
from wherefrom.pipeline.examples import ClaimExample
from wherefrom.pipeline.judged import judge
from wherefrom.pipeline.log_odds import fit_signed
from wherefrom.pipeline.matching import says_the_same
from wherefrom.pipeline.multiple_choice import ChoiceQuestion
from wherefrom.pipeline.reader_manifest import Calibration, write_manifest
from wherefrom.pipeline.reading import find_candidates
from wherefrom.pipeline.retrieval import retrieve
from wherefrom.pipeline.yes_no import asked_claims

FIELDS = '{"question": "…", "answers": ["…", …]} (no answers: the knowledge base has none)'
SCALES = np.array([0.2, 0.3, 1.0, 0.4, 8.0, 2.0])  # bring the features to like spread, as FEATURES
SIGNS = (1, 1, 1, 1, 1, -1)  # which way each speaks for an answer, as FEATURES


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question with every answer that counts as right; none, where it has no answer."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observations:
    """Candidates of many questions: features (N, F), whether each is right (N,), its question."""

    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    question: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration, and how many questions, questions with choices and claims it was fitted on.

    For `answered` of the questions a right answer was found.
    """

    calibration: Calibration
    questions: int
    answered: int
    choices: int
    claims: int


def read_known_questions(path: Path) -> list[KnownQuestion]:
    """Read questions with their answers, one JSON object a line.

    Raises
    ------
    SourceError
        If the file is missing, empty, binary or holds no question.
    RecordError
        If a line is malformed; the message names file and line.
    """
    found: list[KnownQuestion] = []
    for place, record in read_objects(path, FIELDS):
        require(record, ("question",), FIELDS, place=place)
        question, answers = record["question"], record.get("answers", [])
        if not isinstance(question, str) or not question.strip():
            raise RecordError(f"{place}: the question is {shown(question)}; a line is {FIELDS}")
        if not isinstance(answers, list) or not all(isinstance(a, str) for a in answers):
            raise RecordError(f"{place}: the answers are {shown(answers)}; a line is {FIELDS}")
        found.append(KnownQuestion(question, tuple(answers)))
    if not found:
        raise SourceError(f"{path} holds only blank lines; a line is {FIELDS}")
    return found


def observe(
    answerer: Answerer,
    questions: Sequence[KnownQuestion],
    *,
    k: int = 10,
    retriever: str | None = None,
    advance: Callable[[], None] = lambda: None,
) -> Observations:
    """Let the reader answer every question, and note which candidates are right.

    Questions that no words of the evidence answer, for yes or no or of two things, tell nothing.
    """
    rows: list[tuple[float, ...]] = []
    right: list[bool] = []
    numbers: list[int] = []
    reader, encoder = answerer.reader, answerer.knowledge.encoder
    texts = [known.question for known in questions]
    answerer.require_questions(texts, k=k, retriever=retriever)
    used = answerer.chosen(retriever)
    found = retrieve(answerer.knowledge, texts, k=k, retriever=used)
    for number, (known, evidence) in enumerate(zip(questions, found, strict=True)):
        asked = known.question
        is_marked = not (asked_claims(asked) or as_comparison(asked))
        candidates = find_candidates(reader, asked, evidence) if is_marked else []
        for judged in judge(reader, encoder, asked, candidates):
            rows.append(features(judged))
            right.append(says_the_same(judged.candidate.text, known.answers))
            numbers.append(number)
        advance()
    return Observations(
        np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES)),
        np.array(right, dtype=np.bool_),
        np.array(numbers, dtype=np.int64),
    )


def fit_answers(observations: Observations, calibration: Calibration) -> Calibration:
    """Fit the weights of an answer's features and return the calibration with them.

    Two steps: which candidates are right, over all of them, gives the weights; then one scale and
    one shift make the logit of each question's best candidate the log-odds that it is right.

    Raises
    ------
    UsageError
        If no candidate is right, or none is wrong: then there is nothing to tell apart.
    """
    from sklearn.linear_model import LogisticRegression

    if observations.right.all() or not observations.right.any():
        raise UsageError(
            f"cannot calibrate: of {len(observations.right)} candidate answers "
            f"{int(observations.right.sum())} are right; some must be and some must not"
        )
    scaled = observations.features * SCALES
    weights, bias = fit_signed(scaled, observations.right, SIGNS)
    logits = scaled @ weights + bias
    best = _best_of_each(observations.question, logits)
    scale, shift = 1.0, 0.0
    if len(np.unique(observations.right[best])) == 2:
        top = LogisticRegression(C=1.0, max_iter=1000)
        top.fit(logits[best, None], observations.right[best])
        scale, shift = float(top.coef_[0, 0]), float(top.intercept_[0])
    weights = weights * SCALES * scale
    return replace(
        calibration,
        answer_weights={n: round(float(w), 4) for n, w in zip(FEATURES, weights, strict=True)},
        answer_bias=round(bias * scale + shift, 4),
    )


def _best_of_each(question: NDArray[np.int64], logits: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the row of each question's candidate with the highest logit."""
    order = np.lexsort((logits, question))
    last = np.flatnonzero(np.diff(question[order], append=-1))
    found: NDArray[np.int64] = order[last]
    return found


def calibrate(
    folder: Path,
    kb: Path,
    questions: Sequence[KnownQuestion],
    choices: Sequence[ChoiceQuestion] = (),
    claims: Sequence[ClaimExample] = (),
    *,
    advance: Callable[[], None] = lambda: None,
) -> Calibrated:
    """Fit what counts for a reader's answers, choices and claims, and write it into its folder.

    Parameters
    ----------
    folder
        The reader's folder.
    kb
        The directory of a knowledge base.
    questions
        Such as will be asked of it, with the answers that are right; questions without answers
        teach it when to abstain. Without any the weights of answers stay.
    choices
        Questions with choices; without any the weights of choices stay.
    claims
        Claims that are true or false; without any the weights of claims stay.
    advance
        Called after each question and each claim.

    Raises
    ------
    ModelError
        If there is no reader.
    MissingError, DamagedError, FormatError
        If the knowledge base cannot be read.
    UsageError
        If there is nothing to tell apart; see `fit_answers`, `fit_choices` and
        `wherefrom.pipeline.truth.require_enough`.
    """
    if choices:
        require_enough(len(choices))
    if claims:
        truth.require_enough(claims)
    answerer = Answerer.open(kb, reader=folder)
    manifest = answerer.reader.manifest
    fitted, answered = manifest.calibration, 0
    if questions:
        observations = observe(answerer, questions, advance=advance)
        fitted = fit_answers(observations, fitted)
        answered = len(np.unique(observations.question[observations.right]))
    if choices:
        weights = fit_choices(observe_choices(answerer, choices, advance=advance))
        fitted = replace(fitted, choice_weights=weights)
    if claims:
        rows = truth.observe_claims(answerer, claims, advance=advance)
        fitted = truth.fit_claims(rows, [claim.true for claim in claims], fitted)
    write_manifest(folder, replace(manifest, calibration=fitted))
    return Calibrated(fitted, len(questions), answered, len(choices), len(claims))
