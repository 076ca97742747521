"""Judge candidate answers: does the sentence support them, and is it about the question at all?"""

from collections.abc import Sequence
from dataclasses import dataclass

from wherefrom.indexes.encoder import Encoder
from wherefrom.pipeline.answerability import echo
from wherefrom.pipeline.candidates import Candidate
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.statement import as_statement
from wherefrom.pipeline.verdict import Verification, verify


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate and what is known of its best prediction.

    `verification` is of the candidate, put as a statement, by the sentence it stands in;
    `similarity` the cosine of the question and that sentence after its title; `echo` the share of
    the candidate's words that the question has already (0 to 1).
    """

    candidate: Candidate
    verification: Verification
    similarity: float
    echo: float


def judge(
    reader: Reader, encoder: Encoder, question: str, candidates: Sequence[Candidate]
) -> list[Judged]:
    """Judge each candidate, in order."""
    if not candidates:
        return []
    quotes = [candidate.quoted()[0] for candidate in candidates]
    premises = [quoted.premise for quoted in quotes]
    statements = [as_statement(question, quoted.quote) for quoted in quotes]
    verified = verify(reader, premises, statements)
    cosines = encoder.encode(premises) @ encoder.encode_queries([question])[0]
    return [
        Judged(candidate, verification, float(cosine), echo(question, candidate.text))
        for candidate, verification, cosine in zip(candidates, verified, cosines, strict=True)
    ]
