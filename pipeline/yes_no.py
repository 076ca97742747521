"""Answer questions that ask for yes or no: what they ask about is checked as a claim.

The claim is made by rules, as `wherefrom.pipeline.statement` makes statements; where these find the
end of the subject wrong, word order suffers and no word is lost.
"""

import re
import time
from collections.abc import Mapping, Sequence

from wherefrom.indexes.encoder import Encoder
from wherefrom.pipeline.checking import bearing, joined, likeliest, weigh_claim
from wherefrom.pipeline.quoted import citation, paths_to, sentences
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Answer, Evidence, Verdict
from wherefrom.pipeline.statement import AUXILIARIES
from wherefrom.pipeline.support import SentenceVectors

SAID: dict[Verdict, str] = {"supported": "yes", "refuted": "no"}  # by the verdict on the claim
DETERMINERS = frozenset(
    "the a an this that these those my your his her its our their some any all every each no both "
    "most many".split()
)
PRONOUNS = frozenset("it he she they we you i there everyone someone anyone nobody".split())
LINKS = frozenset("of and & de du des di da del della von van der den la le al bin ibn".split())
_OF_ONE = {"are": "is", "were": "was", "have": "has"}
_SHORTENED = {"ca": "can", "wo": "will"}  # before n't
_WH = r"\b(?:who|whom|whose|what|which|when|where|why|how)\b"
_ELSE = re.compile(  # "Can you tell me who …", "Do you know …", "Will Smith won which award?"
    rf"^\w+ (?:you|i|anyone|anybody|someone) (?:.*{_WH}|(?:please )?(?:know|tell|explain|name|give|"
    r"list|describe|say|show|help|find)\b)|\b(?:what|which|whom)(?: \w+)?$",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"\bor\b(?! not\b)", re.IGNORECASE)  # "Is it a fish or a mammal?"


def asked_claims(question: str) -> tuple[str, ...]:
    """Return what a question asks about as claims, all of which yes would mean.

    There is none if it does not ask for yes or no, and one for each of two things if it asks about
    both.

    Examples
    --------
    >>> asked_claims("Was the Eiffel Tower built in 1889?")
    ('the Eiffel Tower was built in 1889.',)
    >>> asked_claims("Did Marie Curie win two Nobel Prizes?")
    ('Marie Curie win two Nobel Prizes.',)
    >>> asked_claims("Isn't the speed of light constant?")
    ('the speed of light is constant.',)
    >>> asked_claims("Are Medici and Senet both board games?")
    ('Medici is board games.', 'Senet is board games.')
    >>> asked_claims("Who painted the Mona Lisa?"), asked_claims("Is a whale a fish or a mammal?")
    ((), ())
    """
    body = " ".join(question.split()).rstrip("?!. ")
    auxiliary, *words = body.split() or [""]
    auxiliary = _affirmed(auxiliary.lower().replace("’", "'"))
    asks = auxiliary in AUXILIARIES and len(words) > 1
    if not asks or _ELSE.search(body) or _CHOICE.search(body):
        return ()
    if both := _of_both(words):
        subjects, rest = both
        auxiliary = _OF_ONE.get(auxiliary, auxiliary)
    else:
        end = _subject(words)
        subjects, rest = [" ".join(words[:end])], words[end:]
    between = [] if auxiliary in ("do", "does", "did") else [auxiliary]
    return tuple(" ".join([subject, *between, *rest]) + "." for subject in subjects)


def answer_yes_no(
    reader: Reader,
    encoder: Encoder,
    question: str,
    claims: Sequence[str],
    evidence: Sequence[Evidence],
) -> Answer:
    """Answer yes where the evidence supports every claim, no where it refutes one, or else abstain.

    Each claim is decided as `wherefrom.pipeline.checking` does; of several the weakest support and
    the strongest refutation count. The probability is that of what was said, or would have been;
    below the reader's `answer_threshold` it abstains, too. Of each citation verdict and entailment
    say how far it supports the answer: a sentence that refutes a claim supports a no.
    """
    start = time.perf_counter()
    known = SentenceVectors.of(encoder, sentences(evidence))
    weighed = [weigh_claim(reader, encoder, claim, known) for claim in claims]
    probabilities = _of_all([joined(each) for each in weighed])
    probability = max(probabilities[name] for name in SAID)
    verdict = likeliest(probabilities)
    if probability < reader.manifest.calibration.answer_threshold:
        verdict = "undecided"
    cited = tuple(
        citation(
            one.quoted, one.verification if verdict == "supported" else one.verification.denied
        )
        for claim, each in zip(claims, weighed, strict=True)
        for one in bearing(claim, each, verdict)
    )
    return Answer(
        question=question,
        answer=SAID.get(verdict, ""),
        abstained=verdict not in SAID,
        probability=probability,
        citations=cited,
        paths=paths_to(cited, evidence),
        evidence=tuple(evidence),
        timing_seconds={"read": 0.0, "verify": time.perf_counter() - start},
    )


def _of_all(each: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the probability that all claims are supported, that one is refuted, and the rest."""
    supported = min(one["supported"] for one in each)
    refuted = min(max(one["refuted"] for one in each), 1 - supported)
    return {"supported": supported, "refuted": refuted, "undecided": 1 - supported - refuted}


def _of_both(words: Sequence[str]) -> tuple[list[str], Sequence[str]] | None:
    """Return the two things of "both A and B", or "A and B both", and what is said of each."""
    folded = [word.lower() for word in words]
    if "both" not in folded or "same" in folded:  # of the same kind is not said of each
        return None
    at = folded.index("both")
    rest = words[at + 1 :]
    end = at
    if at == 0:
        words, end = rest, _subject(rest) if len(rest) > 1 else 0
        rest = words[end:]
    things = " ".join(words[:end]).split(" and ")
    if len(things) != 2 or not all(things) or not rest:
        return None
    return things, rest


def _affirmed(auxiliary: str) -> str:
    """Return an auxiliary without its n't: who asks "Isn't it?" asks whether it is."""
    if not auxiliary.endswith("n't"):
        return auxiliary
    short = auxiliary.removesuffix("n't")
    return _SHORTENED.get(short, short)


def _subject(words: Sequence[str]) -> int:
    """Return where the subject of a question ends, of its words after the auxiliary.

    It is a pronoun, a name of capitalised words, or a noun, with the names or nouns that LINKS join
    to it. One word at least is left to say something of it.
    """
    if words[0].lower() in PRONOUNS:
        return 1
    end = _phrase(words, 0)
    named = _is_name(words[end - 1])
    while end < len(words) - 1 and words[end].lower() in LINKS:
        after = _phrase(words, end + 1)
        further = words[end].lower() == "and" or _is_name(words[after - 1])
        if named and not further:  # "Are Ann and Bob of the same age?"
            break
        end = after
    return min(end, len(words) - 1)


def _phrase(words: Sequence[str], start: int) -> int:
    """Return where a name or noun ends that begins at a place, with its determiner."""
    place = start
    if words[place].lower() in DETERMINERS and place < len(words) - 1:
        place += 1
    named = _is_name(words[place])
    place += 1
    while named and place < len(words) and _is_name(words[place]):
        place += 1
    return place


def _is_name(word: str) -> bool:
    return not word[0].islower()
