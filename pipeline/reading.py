"""Answer a question from evidence that is at hand: read, judge, decide, cite."""

import time
from collections.abc import Sequence

from wherefrom.indexes.encoder import Encoder
from wherefrom.pipeline.answerability import answering
from wherefrom.pipeline.candidates import Candidate, group, predict
from wherefrom.pipeline.decision import Decision, decide, features, probability
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
    decision = decide(_probabilities(reader, judged), calibration.answer_threshold)
    return _answer(reader, question, evidence, judged, decision, (start, read))


def read_passage(
    reader: Reader, encoder: Encoder, question: str, passage: Evidence, *, abstains: bool = True
) -> Answer:
    """Answer a question by words of one passage, or abstain.

    Of a single passage the words count that the reader marks most surely: what tells answers of
    many passages from one another tells little here (docs/decisions/answering.md). Nor does it tell
    whether a passage answers at all that is about the question, as those of SQuAD 2 are; so it
    abstains, and is as sure, as `wherefrom.pipeline.answerability` says.

    Parameters
    ----------
    reader, encoder, question
        As for `read_answer`, but every question is taken to ask for words.
    passage
        What is read.
    abstains
        Whether it may abstain, though there is a word. Where it may not, because the passage is
        known to answer, the probability is that the answer is right.

    Raises
    ------
    QuestionError
        If the question is too long for the reader.
    """
    reader = reader.remembering()
    start = time.perf_counter()
    candidates = find_candidates(reader, question, [passage])[:1]
    read = time.perf_counter()
    judged = judge(reader, encoder, question, candidates)
    decision = decide(_probabilities(reader, judged), 0.0)
    if abstains and judged:
        chance = answering(reader, question, passage.title, passage.text)
        decision = decide([chance], EVEN)
    return _answer(reader, question, [passage], judged, decision, (start, read))


def find_candidates(reader: Reader, question: str, evidence: Sequence[Evidence]) -> list[Candidate]:
    """Return the best few candidate answers, best first."""
    return group(predict(reader, question, evidence))[:CANDIDATES]


def _probabilities(reader: Reader, judged: Sequence[Judged]) -> list[float]:
    """Return how probable each candidate is."""
    known = reader.manifest.calibration
    return [probability(features(one), known.answer_weights, known.answer_bias) for one in judged]


def _answer(
    reader: Reader,
    question: str,
    evidence: Sequence[Evidence],
    judged: Sequence[Judged],
    decision: Decision,
    began: tuple[float, float],
) -> Answer:
    """Say what was decided, with its citations; `began` is when to read, and when to verify."""
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
        timing_seconds={"read": began[1] - began[0], "verify": time.perf_counter() - began[1]},
    )


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
