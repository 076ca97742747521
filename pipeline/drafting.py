"""Judge what a generator wrote, sentence by sentence, by the evidence it was shown.

The passages that a generator names ("[1]") are never trusted: the marks are taken out, and each
sentence is held against the sentences of all the evidence, as a claim of `check` is, or of the
documents it speaks of (`wherefrom.pipeline.reference`). The idea of
verifying generated text one statement at a time is that of S. Min et al., "FActScore: Fine-grained
Atomic Evaluation of Factual Precision in Long Form Text Generation", EMNLP 2023, arXiv:2305.14251;
a statement here is a sentence.
"""

import re
from collections.abc import Sequence
from typing import Literal

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.knowledge import LONGEST_QUERY
from wherefrom.indexes.readable import readable
from wherefrom.kb.errors import QuestionError
from wherefrom.kb.sentences import split_sentences
from wherefrom.kb.words import words
from wherefrom.pipeline.checking import check_by
from wherefrom.pipeline.quoted import sentences
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Check, Draft, DraftSentence, Evidence
from wherefrom.pipeline.reference import PRONOUNS, spoken_of
from wherefrom.pipeline.statement import AUXILIARIES, PREPOSITIONS, as_statement
from wherefrom.pipeline.support import SentenceVectors
from wherefrom.pipeline.text_prompt import NO_ANSWER

LEAST_SUPPORT = 0.5  # a sentence that is supported is so more probably than not
LEAST_RELEVANCE = -4.0  # logit of the reader that a text answers the question; 0 is even odds
MOST_SENTENCES = 64  # of a draft; who writes more has lost the thread
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)  # what some models think aloud
_NUMBERS = r"\d{1,3}(?:\s*(?:[,;–-]|and)\s*\d{1,3})*"
_MARK = re.compile(rf"[^\S\n]*(?:\[\s*{_NUMBERS}\s*\]|【\s*{_NUMBERS}\s*】)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LEAD = r"(?:the\s+)?(?:final\s+)?answer(?:\s+is)?\s*:\s*"  # "The answer is: Ulm"
_SAID = re.compile(rf"\W*(?:{_LEAD})?\W*{NO_ANSWER}\W*(?:$|[.:;,!(–—-])", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-*•–]|#{1,6}|\d{1,3}[.)])\s+")
_LEADS = re.compile(_LEAD, re.IGNORECASE)
_EMPHASIS = re.compile(r"\*\*|__|`")
_SMALL_WORDS = frozenset(
    (
        *AUXILIARIES,
        *PREPOSITIONS,
        *("the", "a", "an", "and", "or", "not", "s", "t", "be", "been", "being"),
        *("who", "whom", "whose", "what", "which", "when", "where", "why", "how", "many", "much"),
    )
)


def plain(text: str) -> str:
    """Return what a generator wrote without its thoughts, marks of passages and control characters.

    Examples
    --------
    >>> plain("<think>Which one?</think>\\nIt lies on the Danube [1][2], not the Inn [3, 4].")
    'It lies on the Danube, not the Inn.'
    """
    written = _CONTROL.sub("", readable(_THOUGHT.sub("", text)))
    return _MARK.sub("", written).strip()


def says_no_answer(text: str) -> bool:
    """Tell whether a text is, or begins with, the words that stand for no answer.

    Examples
    --------
    >>> [says_no_answer(text) for text in ("No answer.", "The answer is: no answer", "", "Ulm")]
    [True, True, True, False]
    >>> says_no_answer("No answer was given to the king.")
    False
    """
    return not text.strip() or _SAID.match(text) is not None


def as_claim(question: str, sentence: str, *, alone: bool = True) -> str:
    """Put a sentence of a draft as what can be supported or refuted.

    Bullets, emphasis and "The answer is:" are left out. A sentence that is only a phrase is put
    into the question (`wherefrom.pipeline.statement`): it is one if it stands `alone`, has no
    auxiliary verb, does not begin with a pronoun and says less than half of what the question says.

    Examples
    --------
    >>> as_claim("Who painted the Mona Lisa?", "**Leonardo da Vinci**")
    'Leonardo da Vinci painted the Mona Lisa.'
    >>> as_claim("Who painted the Mona Lisa?", "- Leonardo painted the Mona Lisa.")
    'Leonardo painted the Mona Lisa.'
    """
    bare = _EMPHASIS.sub("", _BULLET.sub("", sentence)).strip()
    lead = _LEADS.match(bare)
    said = bare[lead.end() if lead else 0 :].strip() or sentence
    return as_statement(question, said) if alone and _is_phrase(question, said) else said


def _is_phrase(question: str, sentence: str) -> bool:
    said = words(sentence).folded
    if not said or said[0] in PRONOUNS or set(said) & set(AUXILIARIES):
        return False
    asked = set(words(question).folded) - _SMALL_WORDS
    return 2 * len(asked & set(said)) < len(asked) or not asked


def draft(
    reader: Reader, encoder: Encoder, question: str, text: str, evidence: Sequence[Evidence]
) -> Draft:
    """Judge each sentence of a generated text by the evidence.

    Parameters
    ----------
    reader, encoder
        Who judges, and who says which sentences of the evidence are near.
    question
        What was asked.
    text
        What the generator wrote, marks and all.
    evidence
        What it was shown.

    Returns
    -------
    Draft
        Its text is what was written without marks; its sentences are slices of that, in order, at
        most MOST_SENTENCES. One that is too long for the reader is undecided, and so is one whose
        support is likelier than the other verdicts, but less than LEAST_SUPPORT.
    """
    written = plain(text)
    if says_no_answer(written):
        return Draft(written, (), "said")
    spans = split_sentences(written)[:MOST_SENTENCES]
    known = SentenceVectors.of(encoder, sentences(evidence))
    titles = list(dict.fromkeys(quoted.evidence.title for quoted in known.quoted))
    decided: dict[tuple[str, frozenset[str] | None], Check | None] = {}  # texts may go in circles
    judged = []
    for start, end in spans:
        claim = as_claim(question, written[start:end], alone=len(spans) == 1)
        spoken = spoken_of(claim, f"{question} {written[:start]}", titles)
        if (claim, spoken) not in decided:
            decided[claim, spoken] = _check(reader, encoder, claim, _about(known, spoken))
        judged.append(_judged(written[start:end], decided[claim, spoken]))
    found = tuple(judged)
    return Draft(written[: spans[-1][1]], found, _abstention(reader, question, found))


def _abstention(
    reader: Reader, question: str, judged: Sequence[DraftSentence]
) -> Literal["", "unsupported", "irrelevant"]:
    """Say why sentences are no answer; nothing where they are one."""
    supported = " ".join(one.text for one in judged if one.verdict == "supported")
    if not supported:
        return "unsupported"
    (reading,) = reader.read([question], [("", supported)])
    return "irrelevant" if reading.relevance < LEAST_RELEVANCE else ""


def _about(known: SentenceVectors, titles: frozenset[str] | None) -> SentenceVectors:
    """Keep the sentences of the documents with these titles; all where it may be any."""
    if titles is None:
        return known
    rows = [row for row, quoted in enumerate(known.quoted) if quoted.evidence.title in titles]
    return SentenceVectors([known.quoted[row] for row in rows], known.vectors[rows])


def _judged(said: str, check: Check | None) -> DraftSentence:
    if check is None:
        return DraftSentence(said, "undecided", 0.0)
    entailment = check.probabilities["supported"]
    if check.verdict == "supported" and entailment < LEAST_SUPPORT:
        return DraftSentence(said, "undecided", entailment)
    return DraftSentence(said, check.verdict, entailment, check.citations)


def _check(reader: Reader, encoder: Encoder, claim: str, known: SentenceVectors) -> Check | None:
    """Decide on a claim; None where it is too long to be judged whole, or says nothing."""
    if len(claim) > LONGEST_QUERY or not words(claim).folded:
        return None
    try:
        reader.prompts.require_claims([claim])
    except QuestionError:
        return None
    return check_by(reader, encoder, claim, known)
