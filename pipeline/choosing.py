"""Choose one of several answers to a question by the evidence for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.knowledge import LONGEST_QUERY, Knowledge
from wherefrom.pipeline.candidates import Candidate, group, normalised, predict
from wherefrom.pipeline.checking import bearing
from wherefrom.pipeline.plausibility import premises, together
from wherefrom.pipeline.quoted import citation, paths_to, sentences
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Choice, Citation, Evidence, Option
from wherefrom.pipeline.retrieval import retrieve
from wherefrom.pipeline.statement import as_statement
from wherefrom.pipeline.support import SentenceVectors, Support, weigh
from wherefrom.pipeline.undetermined import says_undetermined, with_undetermined

FEATURES = ("entailment", "contradiction", "cosine", "span", "plausibility", "prior")
SENTENCES_OF_A_CHOICE = 8


@dataclass(frozen=True, slots=True)
class WeighedOptions:
    """What is known of the options of a question.

    `rows` holds their features, shape (C, F), in the order of FEATURES: what the evidence says, see
    `features`, then the logits of the statement's plausibility after the sentences nearest to it,
    and without any. `statements` are the options put into the question, `supports` is what the
    sentences of the evidence say of each, and `shown` is that evidence, each passage once.
    """

    rows: NDArray[np.float64]
    statements: Sequence[str]
    supports: Sequence[Sequence[Support]]
    shown: tuple[Evidence, ...]


def retrieve_for_options(
    knowledge: Knowledge,
    question: str,
    options: Sequence[Option],
    *,
    k: int = 10,
    retriever: str,
) -> list[list[Evidence]]:
    """Retrieve for a question, then for each option as a statement; raises as `retrieve`.

    Of a statement that is too long for the encoder the end does not count.
    """
    statements = [as_statement(question, option.text) for option in options]
    queries = [question, *(statement[:LONGEST_QUERY] for statement in statements)]
    return retrieve(knowledge, queries, k=k, retriever=retriever)


def choose_option(
    reader: Reader,
    encoder: Encoder,
    question: str,
    options: Sequence[Option],
    evidence: Sequence[Sequence[Evidence]],
) -> Choice:
    """Choose one option; one that says that nothing can be told is right if no other is borne out.

    Parameters
    ----------
    reader, encoder
        Who judges, and who says what is near.
    question
        The question.
    options
        At least two.
    evidence
        The passages found for the question, then those found for each option.
    """
    found = weigh_options(reader, encoder, question, options, evidence)
    logits = option_logits(found.rows, reader.manifest.calibration.choice_weights)
    odds = np.exp(logits - logits.max())
    untold = np.array([says_undetermined(option.text) for option in options])
    supports = found.rows[:, FEATURES.index("entailment")]
    chances = with_undetermined(odds / odds.sum(), supports, untold)
    best = int(np.argmax(chances))
    cited = () if untold[best] else _citations(found.statements[best], found.supports[best])
    return Choice(
        question=question,
        choice=options[best].label,
        probabilities={o.label: p for o, p in zip(options, chances.tolist(), strict=True)},
        citations=cited,
        paths=paths_to(cited, found.shown),
        evidence=found.shown,
    )


def weigh_options(
    reader: Reader,
    encoder: Encoder,
    question: str,
    options: Sequence[Option],
    evidence: Sequence[Sequence[Evidence]],
) -> WeighedOptions:
    """Find what is known of each option; parameters as of `choose_option`."""
    shown = together(evidence)
    known = SentenceVectors.of(encoder, sentences(shown))
    candidates = group(predict(reader, question, evidence[0]))
    centre = reader.manifest.calibration.claim_cosine
    statements = [as_statement(question, option.text) for option in options]
    supports = [
        weigh(reader, encoder, statement, known, centre=centre, count=SENTENCES_OF_A_CHOICE)
        for statement in statements
    ]
    plausible = [(0.0, 0.0)] * len(options)
    if reader.has_plausibility:
        after = reader.plausibility(premises(encoder, statements, known), statements)
        bare = reader.plausibility([""] * len(statements), statements)
        plausible = list(zip(after.tolist(), bare.tolist(), strict=True))
    rows = [
        (*features(option, weighed, candidates), *logits)
        for option, weighed, logits in zip(options, supports, plausible, strict=True)
    ]
    return WeighedOptions(np.array(rows), statements, supports, shown)


def option_logits(rows: NDArray[np.float64], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the logit of each option, shape (C,), from its features and their weights by name."""
    return np.asarray(rows @ np.array([weights.get(name, 0.0) for name in FEATURES]))


def features(
    option: Option,
    weighed: Sequence[Support],
    candidates: Sequence[Candidate],
) -> tuple[float, ...]:
    """Return what the evidence says of an option, in the order of FEATURES.

    The strongest support and refutation of its statement; the cosine of the nearest sentence, less
    the strongest refutation by a fact that denies it; and how the reader's spans that say the same
    compare with its best span (0 equal, down to -10).
    """
    best = candidates[0].best.margin if candidates else 0.0
    wanted = normalised(option.text)
    said = [
        candidate.best.margin - best
        for candidate in candidates
        if normalised(candidate.text) == wanted
    ]
    return (
        max((support.supported for support in weighed), default=0.0),
        max((support.refuted for support in weighed), default=0.0),
        max((one.cosine for one in weighed if not one.denies), default=0.0)
        - max((one.refuted for one in weighed if one.denies), default=0.0),
        max([*said, -10.0]) / 10.0,
    )


def _citations(statement: str, weighed: Sequence[Support]) -> tuple[Citation, ...]:
    """Cite what supports the choice best, also where no sentence supports it."""
    strongest = sorted(weighed, key=lambda support: -support.supported)[:1]
    shown = bearing(statement, weighed, "supported") or strongest
    return tuple(citation(support.quoted, support.verification) for support in shown)
