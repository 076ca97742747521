"""Choose one of several answers to a question by the evidence for each."""

from collections.abc import Sequence

import numpy as np

from wherefrom.indexes.encoder import Encoder
from wherefrom.pipeline.candidates import Candidate, group, normalised, predict
from wherefrom.pipeline.plausibility import premises, together
from wherefrom.pipeline.quoted import citation, paths_to, sentences
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Choice, Citation, Evidence, Option
from wherefrom.pipeline.statement import as_statement
from wherefrom.pipeline.support import SentenceVectors, Support, weigh

FEATURES = ("entailment", "contradiction", "cosine", "span", "plausibility")
SENTENCES_OF_A_CHOICE = 8
CITATIONS = 3


def choose_option(
    reader: Reader,
    encoder: Encoder,
    question: str,
    options: Sequence[Option],
    evidence: Sequence[Sequence[Evidence]],
) -> Choice:
    """Choose one option.

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
    shown = together(evidence)
    known = SentenceVectors.of(encoder, sentences(shown))
    candidates = group(predict(reader, question, evidence[0]))
    centre = reader.manifest.calibration.claim_cosine
    statements = [as_statement(question, option.text) for option in options]
    weighed = [
        weigh(reader, encoder, statement, known, centre=centre, count=SENTENCES_OF_A_CHOICE)
        for statement in statements
    ]
    plausible = [0.0] * len(options)
    if reader.has_plausibility:
        plausible = reader.plausibility(premises(encoder, statements, known), statements).tolist()
    weights = reader.manifest.calibration.choice_weights
    rows = (
        features(option, supports, candidates, plausibility=logit)
        for option, supports, logit in zip(options, weighed, plausible, strict=True)
    )
    logits = np.array(
        [
            sum(weights.get(name, 0.0) * value for name, value in zip(FEATURES, row, strict=True))
            for row in rows
        ]
    )
    odds = np.exp(logits - logits.max())
    probabilities = (odds / odds.sum()).tolist()
    best = int(np.argmax(odds))
    cited = _citations(weighed[best])
    return Choice(
        question=question,
        choice=options[best].label,
        probabilities={o.label: p for o, p in zip(options, probabilities, strict=True)},
        citations=cited,
        paths=paths_to(cited, shown),
        evidence=shown,
    )


def features(
    option: Option,
    weighed: Sequence[Support],
    candidates: Sequence[Candidate],
    *,
    plausibility: float = 0.0,
) -> tuple[float, ...]:
    """Return what is known of an option, in the order of FEATURES.

    The strongest support and refutation of its statement; the cosine of the nearest sentence, less
    the strongest refutation by a fact that denies it; how the reader's spans that say the same
    compare with its best span (0 equal, down to -10); and the logit of the statement's
    plausibility.
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
        plausibility,
    )


def _citations(weighed: Sequence[Support]) -> tuple[Citation, ...]:
    """Cite the sentences that support the choice best; the nearest one where none supports it."""
    strongest = sorted(weighed, key=lambda support: -support.supported)
    bearing = [s for s in strongest if s.verification.verdict == "supported"][:CITATIONS]
    return tuple(citation(s.quoted, s.verification) for s in bearing or strongest[:1])
