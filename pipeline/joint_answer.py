"""Join what was answered of two things into the answer of the question that compares them."""

from collections.abc import Mapping, Sequence

from wherefrom.pipeline.comparison import Comparison, decide
from wherefrom.pipeline.records import Answer, Citation, Evidence


def join_answers(
    question: str,
    comparison: Comparison,
    parts: Sequence[Answer],
    evidence: Sequence[Evidence],
    *,
    threshold: float,
) -> Answer:
    """Answer a comparison by the answers on both things, or abstain.

    Parameters
    ----------
    question, comparison
        What was asked, and how it was taken apart.
    parts
        The answer on each thing. Where somebody with a role in it was asked of, only one that a
        path leads to counts: else it may be about anybody.
    evidence
        All that was found for the question; what the parts were shown beyond goes after it.
    threshold
        The probability, that of both parts, below which it abstains.
    """
    led = all(part.paths for part in parts) or not comparison.role
    said = decide(comparison, [part.answer for part in parts]) if led else ""
    probability = parts[0].probability * parts[1].probability if said else 0.0
    answered = bool(said) and probability >= threshold
    shown = [item for part in parts for item in part.evidence]
    paths = [path for part in parts for path in part.paths]
    return Answer(
        question=question,
        answer=said if answered else "",
        abstained=not answered,
        probability=probability,
        citations=_each_place(parts) if answered else (),
        paths=tuple(dict.fromkeys(paths)) if answered else (),
        evidence=tuple(dict.fromkeys((*evidence, *shown))),
        timing_seconds=added_seconds(*(part.timing_seconds for part in parts)),
    )


def added_seconds(*parts: Mapping[str, float]) -> dict[str, float]:
    """Add seconds up, name by name, of the names that the first has."""
    return {name: sum(part.get(name, 0.0) for part in parts) for name in parts[0]}


def _each_place(parts: Sequence[Answer]) -> tuple[Citation, ...]:
    """Return the citations of several answers, the same words once."""
    cited: dict[tuple[str, int, int], Citation] = {}
    for part in parts:
        for one in part.citations:
            cited.setdefault((one.passage_id, one.start, one.end), one)
    return tuple(cited.values())
