"""Answer a question from evidence that is at hand: read, judge, decide, cite."""

import time
from collections.abc import Sequence
from dataclasses import replace

from wherefrom.indexes.encoder import Encoder
from wherefrom.pipeline.answerability import answering
from wherefrom.pipeline.candidates import Candidate, group, predict
from wherefrom.pipeline.decision import decide, features, probability
from wherefrom.pipeline.judged import Judged, judge
from wherefrom.pipeline.quoted import citation, paths_to
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Answer, Citation, Evidence
from wherefrom.pipeline.statement import as_statement
from wherefrom.pipeline.verdict import verify
from wherefrom.pipeline.yes_no import answer_yes_no, asked_claims

CANDIDATES = 5  # are verified; the rest are too far behind
CITATIONS = 3
EVEN = 0.5  # from which a passage rather answers than not


def read_answer(
    reader: Reader, encoder: Encoder, question: str, evidence: Sequence[Evidence]
) -> Answer:
    """Answer one question from its evidence, or abstain.

    A question that asks for yes or no is answered so (`wherefrom.pipeline.yes_no`), and any other
    by words of the evidence.

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
    if claims := asked_claims(question):
        return answer_yes_no(reader, encoder, question, claims, evidence)
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


def read_passage(reader: Reader, encoder: Encoder, question: str, passage: Evidence) -> Answer:
    """Answer a question from one passage, or abstain if that probably does not answer it.

    What tells answers of many passages from one another tells little of a single one that is about
    the question, as those of SQuAD 2 are; so the probability is that the passage answers at all
    (`wherefrom.pipeline.answerability`). Parameters and errors are those of `read_answer`.
    """
    reader = reader.remembering()
    chance = answering(reader, question, passage.title, passage.text)
    anything = replace(reader.manifest.calibration, answer_threshold=0.0)
    found = read_answer(reader.calibrated(anything), encoder, question, [passage])
    if found.abstained:  # there is no word to answer with
        return found
    if chance >= EVEN:
        return replace(found, probability=chance)
    return replace(found, answer="", abstained=True, probability=chance, citations=(), paths=())


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
