"""Decide a claim from the sentences of the evidence: supported, refuted or undecided."""

from collections.abc import Sequence
from dataclasses import replace

from wherefrom.indexes.encoder import Encoder
from wherefrom.pipeline.quoted import citation, sentences
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import VERDICTS, Check, Evidence, Verdict
from wherefrom.pipeline.support import SentenceVectors, Support, weigh

CITATIONS = 3


def check_claim(
    reader: Reader, encoder: Encoder, claim: str, evidence: Sequence[Evidence]
) -> Check:
    """Decide one claim from its evidence.

    The strongest sentence for the claim and the strongest against it decide, the stronger of the
    two first; where neither says much, the claim is undecided. Citations are the sentences that
    bear the verdict out.
    """
    known = SentenceVectors.of(encoder, sentences(evidence))
    return replace(check_by(reader, encoder, claim, known), evidence=tuple(evidence))


def check_by(reader: Reader, encoder: Encoder, claim: str, known: SentenceVectors) -> Check:
    """Decide one claim as `check_claim` does, from sentences whose vectors are known already."""
    centre = reader.manifest.calibration.claim_cosine
    weighed = weigh(reader, encoder, claim, known, centre=centre)
    probabilities = joined(weighed)
    verdict = max(VERDICTS, key=lambda name: probabilities[name])
    cited = [
        citation(support.quoted, support.verification) for support in _bearing(weighed, verdict)
    ]
    return Check(claim, verdict, probabilities, tuple(cited))


def joined(weighed: Sequence[Support]) -> dict[str, float]:
    """Join what sentences say of one claim into the probability of each verdict.

    The strongest support s and the strongest refutation r are taken as independent: supported is
    s(1 - r), refuted r(1 - s), undecided (1 - s)(1 - r), scaled to add up to 1. Where both are
    certain, which leaves nothing to scale, the claim is undecided.
    """
    supported = max((support.supported for support in weighed), default=0.0)
    refuted = max((support.refuted for support in weighed), default=0.0)
    odds = {
        "supported": supported * (1 - refuted),
        "refuted": refuted * (1 - supported),
        "undecided": (1 - supported) * (1 - refuted),
    }
    total = sum(odds.values())
    if not total:
        return {verdict: float(verdict == "undecided") for verdict in VERDICTS}
    return {verdict: odds[verdict] / total for verdict in VERDICTS}


def _bearing(weighed: Sequence[Support], verdict: Verdict) -> list[Support]:
    """Return the sentences whose own verdict is this one, strongest first."""
    if verdict == "undecided":
        return []
    strengths = {
        "supported": lambda support: support.supported,
        "refuted": lambda support: support.refuted,
    }
    agreeing = [support for support in weighed if support.verification.verdict == verdict]
    return sorted(agreeing, key=strengths[verdict], reverse=True)[:CITATIONS]
