"""Turn a question and its answer into a statement that a sentence can support or refute.

A rule-based cousin of QA2D (Demszky, Guu and Liang, "Transforming Question Answering Datasets
Into Natural Language Inference Datasets", 2018, arXiv:1809.02922) that needs no parser: grammar
is kept where a rule is sure of it, word order where it is not. The reader's NLI head is trained on
the statements that this file makes, so both sides agree on the form.
"""

import re

from wherefrom.pipeline.dates import MONTH

COPULAS = ("is", "was", "are", "were")
AUXILIARIES = (
    *COPULAS,
    *("did", "does", "do", "has", "have", "had", "can", "could"),
    *("will", "would", "should", "might", "may", "must"),
)
CONJUNCTIONS = ("when", "while", "that", "who", "which", "where", "if", "because", "whose")
PREPOSITIONS = frozenset(
    (
        "in on at by from of to for with during after before between near around until since "
        "under within through into as about because"
    ).split()
)
PARTICIPLES = frozenset(
    (
        "born built made written found held begun known sung won lost sold bought brought "
        "taught fought thought caught kept left led read said sent set shot spent spoken "
        "stolen struck taken thrown told understood worn drawn driven eaten fallen flown "
        "forgotten given gone grown hidden laid lain meant met paid put run seen shown shut "
        "split spread sworn cut cast done hung heard broken chosen come become fed felt bound "
        "bred burnt"
    ).split()
)
_MONTH_DAY = re.compile(rf"^(?:\d{{1,2}}\s+)?{MONTH}\s+\d", re.IGNORECASE)
_WH = re.compile(
    r"^(?P<preposition>(?:in|on|at|by|from|of|to|for|with|during|under|after|into|as)\s+)?"
    r"(?P<wh>who|whom|whose|what|which|when|where|why|how)\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)


def as_statement(question: str, answer: str) -> str:
    """Put `answer` into `question` and return one declarative sentence.

    Parameters
    ----------
    question
        A question in English. Anything else is joined to the answer as it stands.
    answer
        The answer, a phrase.

    Examples
    --------
    >>> as_statement("Who painted the Mona Lisa?", "Leonardo da Vinci")
    'Leonardo da Vinci painted the Mona Lisa.'
    >>> as_statement("When was the Eiffel Tower built?", "1889")
    'the Eiffel Tower was built in 1889.'
    >>> as_statement("What is the capital of France?", "Paris")
    'the capital of France is Paris.'
    """
    body = question.strip().rstrip("?!. ").strip()
    answer = answer.strip().rstrip(".")
    found = _WH.match(body)
    if not body or not answer:
        return f"{body} {answer}".strip() + "."
    if found is None:
        return f"{body}: {answer}."
    words = found["rest"].split()
    preposition = (found["preposition"] or "").strip().lower()
    statement = _place(found["wh"].lower(), preposition, words, answer)
    return re.sub(r"\s+", " ", statement).strip() + "."


def titled(title: str, sentence: str) -> str:
    """Put a title before a sentence, so that its pronouns have something to refer to.

    Examples
    --------
    >>> titled("Marie Curie", "She was born in Warsaw.")
    'Marie Curie: She was born in Warsaw.'
    """
    return f"{title}: {sentence}" if title else sentence


def _place(wh: str, preposition: str, words: list[str], answer: str) -> str:
    at = _auxiliary(wh, words)
    if wh in ("when", "where", "why"):
        link = _link(wh, answer)
        if at == 0:
            return f"{_uninvert(words)} {link} {answer}"
        return f"{' '.join(words)} {link} {answer}"
    noun = words[:at] if at is not None else []
    if wh == "how":
        return _place_how(words, at, answer)
    if at is None:  # "Who painted X", "Which king ruled X": the wh-phrase is the subject
        return f"{answer} {' '.join(words)}"
    rest = words[at:]
    if preposition:
        link = preposition if not _has_preposition(answer) else ""
        return f"{_uninvert(rest)} {link} {answer}"
    asks_time = bool(noun) and noun[-1].lower() in ("year", "date", "day", "month", "century")
    if asks_time:
        return f"{_uninvert(rest)} {_link('when', answer)} {answer}"
    if rest[0].lower() in COPULAS and not noun:
        if _participle(rest[1:2]):  # "Who was born in X"
            return f"{answer} {' '.join(rest)}"
        return f"{' '.join(rest[1:])} {rest[0]} {answer}"
    if len(rest) > 2 and rest[-1].lower() in PREPOSITIONS:  # "Which country is it in"
        auxiliary = "" if rest[0].lower() in ("did", "do", "does") else rest[0]
        return f"{' '.join(rest[1:-1])} {auxiliary} {rest[-1]} {answer}"
    if rest[0].lower() in ("did", "do", "does"):
        return f"{_uninvert(rest)} {answer}"
    return f"{answer} {' '.join(rest)}"


def _auxiliary(wh: str, words: list[str]) -> int | None:
    """Return the place of the main clause's auxiliary, None where the wh-phrase is the subject."""
    for place, word in enumerate(words):
        if word.lower() in AUXILIARIES:
            return place
        if wh == "who" or word.lower() in CONJUNCTIONS:
            return None
    return None


def _place_how(words: list[str], at: int | None, answer: str) -> str:
    if words and words[0].lower() in ("many", "much"):
        noun = words[1:at] if at is not None else []
        unit = "" if any(word.lower() in answer.lower() for word in noun) else " ".join(noun)
        if at is None:
            return f"{answer} {' '.join(words[1:])}"
        return f"{_uninvert(words[at:])} {answer} {unit}"
    if at is None:
        return f"{' '.join(words)} {answer}"
    return f"{_uninvert(words[at:])} {answer} {' '.join(words[:at])}"


def _uninvert(words: list[str]) -> str:
    """Undo the inversion of "was X built": "X was built"; "did X begin": "X begin"."""
    auxiliary, rest = words[0], words[1:]
    if auxiliary.lower() in ("did", "do", "does"):
        return " ".join(rest)
    for place in range(1, len(rest)):
        if _participle(rest[place : place + 1]):
            return " ".join([*rest[:place], auxiliary, *rest[place:]])
    return " ".join([*rest, auxiliary])


def _participle(words: list[str]) -> bool:
    return bool(words) and (
        words[0].lower() in PARTICIPLES
        or (words[0].endswith("ed") and words[0].islower() and len(words[0]) > 3)
    )


def _has_preposition(answer: str) -> bool:
    return answer.split()[0].lower() in PREPOSITIONS


def _link(wh: str, answer: str) -> str:
    if _has_preposition(answer):
        return ""
    if wh == "why":
        return "because"
    if wh == "when" and _MONTH_DAY.match(answer):
        return "on"
    return "in"
