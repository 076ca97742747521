"""Answer a question from evidence that is at hand: read, judge, decide, cite."""

import time
from collections.abc import Sequence

from wherefrom.indexes.encoder import Encoder
from wherefrom.pipeline.candidates import Candidate, group, predict
from wherefrom.pipeline.decision import decide, features, probability
from wherefrom.pipeline.judged import Judged, judge
from wherefrom.pipeline.quoted import citation, paths_to
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Answer, Citation, Evidence
from wherefrom.pipeline.statement import as_statement
from wherefrom.pipeline.verdict import verify

CANDIDATES = 5  # are verified; the rest are too far behind
CITATIONS = 3


def read_answer(
    reader: Reader, encoder: Encoder, question: str, evidence: Sequence[Evidence]
) -> Answer:
    """Answer one question from its evidence, or abstain.

    Parameters
    ----------
    reader, encoder
        Who reads and judges, and who says what is near.
    question
        The question, short enough for the reader.
    evidence
        All that the answer may rest on, best first; without any it abstains.

    Raises
    ------
    QuestionError
        If the question is too long for the reader.
    """
    start = time.perf_counter()
    candidates = find_candidates(reader, question, evidence)
    read = time.perf_counter()
    judged = judge(reader, encoder, question, candidates)
    calibration = reader.manifest.calibration
    probabilities = [
        probability(features(one), calibration.answer_weights, calibration.answer_bias)
        for one in judged
    ]
    decision = decide(probabilities, calibration.answer_threshold)
    cited: tuple[Citation, ...] = ()
    text = ""
    if not decision.abstained:
        chosen = judged[decision.number]
        text = chosen.candidate.text
        cited = _cite(reader, question, chosen)
    return Answer(
        question=question,
        answer=text,
        abstained=decision.abstained,
        probability=decision.probability,
        citations=cited,
        paths=paths_to(cited, evidence),
        evidence=tuple(evidence),
        timing_seconds={"read": read - start, "verify": time.perf_counter() - read},
    )


def find_candidates(reader: Reader, question: str, evidence: Sequence[Evidence]) -> list[Candidate]:
    """Return the best few candidate answers, best first."""
    return group(predict(reader, question, evidence))[:CANDIDATES]


def _cite(reader: Reader, question: str, chosen: Judged) -> tuple[Citation, ...]:
    """Cite the best passage of an answer, and others that say the same and support it."""
    best, *others = chosen.candidate.quoted()[:CITATIONS]
    statements = [as_statement(question, chosen.candidate.text)] * len(others)
    verified = verify(reader, [quoted.premise for quoted in others], statements)
    agreeing = [
        citation(quoted, verification)
        for quoted, verification in zip(others, verified, strict=True)
        if verification.verdict == "supported"
    ]
    return (citation(best, chosen.verification), *agreeing)
