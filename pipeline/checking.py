"""Decide a claim from the sentences of the evidence: supported, refuted or undecided."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from itertools import permutations

from wherefrom.indexes.encoder import Encoder
from wherefrom.kb.proper_names import written_names
from wherefrom.kb.words import words
from wherefrom.pipeline.quoted import citation, sentences
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import VERDICTS, Check, Evidence, Verdict
from wherefrom.pipeline.support import SentenceVectors, Support, weigh

CITATIONS = 3


def check_claim(
    reader: Reader, encoder: Encoder, claim: str, evidence: Sequence[Evidence]
) -> Check:
    """Decide one claim from its evidence.

    The strongest sentence for the claim and the strongest against it decide (`joined`); where
    neither says much, the claim is undecided. Citations are the sentences that bear the verdict
    out.
    """
    known = SentenceVectors.of(encoder, sentences(evidence))
    return replace(check_by(reader, encoder, claim, known), evidence=tuple(evidence))


def check_by(reader: Reader, encoder: Encoder, claim: str, known: SentenceVectors) -> Check:
    """Decide one claim as `check_claim` does, from sentences whose vectors are known already."""
    weighed = weigh_claim(reader, encoder, claim, known)
    probabilities = joined(weighed)
    verdict = likeliest(probabilities)
    cited = [
        citation(support.quoted, support.verification)
        for support in bearing(claim, weighed, verdict)
    ]
    return Check(claim, verdict, probabilities, tuple(cited))


def weigh_claim(
    reader: Reader, encoder: Encoder, claim: str, known: SentenceVectors
) -> list[Support]:
    """Judge a claim by the sentences nearest to it, nearest first."""
    centre = reader.manifest.calibration.claim_cosine
    return weigh(reader, encoder, claim, known, centre=centre)


def likeliest(probabilities: Mapping[str, float]) -> Verdict:
    """Return the most probable verdict."""
    return max(VERDICTS, key=lambda name: probabilities[name])


def joined(weighed: Sequence[Support]) -> dict[str, float]:
    """Join what sentences say of one claim into the probability of each verdict.

    The strongest support s and the strongest refutation r count. One sentence says one thing or the
    other; two may contradict each other, and are taken as independent: c is the largest product of
    one's support and another's refutation. Support is rarely wrong, refutation often, so of their
    conflict one half is supported, one undecided, and none refuted: supported is s - c/2, refuted
    r - c.
    """
    supported = max((one.supported for one in weighed), default=0.0)
    refuted = max((one.refuted for one in weighed), default=0.0)
    conflict = max(
        (one.supported * other.refuted for one, other in permutations(weighed, 2)), default=0.0
    )
    return {
        "supported": supported - conflict / 2,
        "refuted": refuted - conflict,
        "undecided": max(1 - supported - refuted + 1.5 * conflict, 0.0),
    }


def bearing(claim: str, weighed: Sequence[Support], verdict: Verdict) -> list[Support]:
    """Return up to CITATIONS sentences that bear a verdict on a claim out, strongest first.

    Their own verdict is this one. A sentence that says less of what the claim names than the
    strongest of them does is left out: mostly it speaks of something else.
    """
    if verdict == "undecided":
        return []
    strengths = {
        "supported": lambda support: support.supported,
        "refuted": lambda support: support.refuted,
    }
    agreeing = [support for support in weighed if support.verification.verdict == verdict]
    agreeing.sort(key=strengths[verdict], reverse=True)
    names = [set(words(claim[start:end]).folded) for start, end, _ in written_names(claim)]
    named = [_named(names, support) for support in agreeing]
    cited = [one for one, count in zip(agreeing, named, strict=True) if count >= named[0]]
    return cited[:CITATIONS]


def _named(names: Sequence[Set[str]], support: Support) -> int:
    """Count the names of which a sentence, or the title before it, has a word."""
    said = set(words(support.quoted.premise).folded)
    return sum(not name.isdisjoint(said) for name in names)
