"""Make inference pairs whose hypothesis has no word that its premise lacks: half are not entailed.

A reader that takes shared words for support says "entailment" of all. The three kinds are those of
McCoy, Pavlick and Linzen, "Right for the Wrong Reasons: Diagnosing Syntactic Heuristics in Natural
Language Inference", ACL 2019, arXiv:1902.01007; the templates and words are our own. Words come in
two sets without a word in common, one to train with and one to measure with.
"""

import random
from dataclasses import dataclass

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.examples import ENTAILMENT, NEUTRAL, PairExample

WORD_SETS = ("training", "measuring")
TRIES = 1_000  # draws for one pair that is not there yet
KINDS = ("overlap", "subsequence", "constituent")


@dataclass(frozen=True, slots=True)
class Words:
    """Words to fill templates with. Verbs are past tense, and their participles are the same."""

    people: tuple[str, ...]
    acts: tuple[str, ...]  # on somebody: "praised"
    deeds: tuple[str, ...]  # by oneself: "slept"
    ways: tuple[str, ...]  # "loudly"


def _words(people: str, acts: str, deeds: str, ways: str) -> Words:
    return Words(*(tuple(words.split()) for words in (people, acts, deeds, ways)))


WORDS = {
    "training": _words(
        "doctor lawyer baker tourist judge actor senator student banker artist manager athlete "
        "secretary scientist author professor farmer nurse",
        "praised visited helped admired thanked blamed followed warned called hired",
        "slept danced waited arrived laughed resigned shouted travelled",
        "loudly often yesterday again quietly",
    ),
    "measuring": _words(
        "sailor teacher barber pilot gardener singer mayor plumber cousin poet butcher detective "
        "dentist carpenter librarian tailor captain chef",
        "greeted ignored trusted supported contacted mentioned avoided questioned advised envied",
        "jumped whispered vanished smiled swam coughed retired hesitated",
        "slowly twice recently together suddenly",
    ),
}

# Premise and hypothesis. {a}, {b}, {c}: people; {v}, {w}: acts; {d}, {e}: deeds; {y}: a way.
ENTAILED = {
    "overlap": (
        ("The {a} was {v} by the {b}.", "The {b} {v} the {a}."),
        ("The {a} and the {b} {v} the {c}.", "The {b} {v} the {c}."),
        ("The {a} that {w} the {b} {v} the {c}.", "The {a} {v} the {c}."),
        ("The {a} {v} the {b} who {d}.", "The {b} {d}."),
        ("The {a} near the {b} {v} the {c}.", "The {a} {v} the {c}."),
    ),
    "subsequence": (
        ("The {a} and the {b} {d}.", "The {b} {d}."),
        ("The {a} {d} {y}.", "The {a} {d}."),
        ("The {a} {v} the {b} {y}.", "The {a} {v} the {b}."),
        ("The tall {a} {d}.", "The {a} {d}."),
        ("The {c} saw that the {a} {v} the {b}.", "The {a} {v} the {b}."),
    ),
    "constituent": (
        ("Because the {a} {d}, the {b} {e}.", "The {a} {d}."),
        ("Although the {a} {d}, the {b} {v} the {c}.", "The {a} {d}."),
        ("The {a} knew that the {b} {d}.", "The {b} {d}."),
        ("Of course the {a} {v} the {b}.", "The {a} {v} the {b}."),
        ("The {a} {d} before the {b} {e}.", "The {a} {d}."),
    ),
}
NOT_ENTAILED = {
    "overlap": (
        ("The {a} {v} the {b}.", "The {b} {v} the {a}."),
        ("The {a} was {v} by the {b}.", "The {a} {v} the {b}."),
        ("The {a} and the {b} {v} the {c}.", "The {a} {v} the {b}."),
        ("The {a} that {w} the {b} {v} the {c}.", "The {b} {v} the {c}."),
        ("The {a} near the {b} {v} the {c}.", "The {c} {v} the {b}."),
    ),
    "subsequence": (
        ("The {a} near the {b} {d}.", "The {b} {d}."),
        ("The {a} that {v} the {b} {d}.", "The {b} {d}."),
        ("The {a} {v} by the {b} {d}.", "The {a} {v} the {b}."),
        ("The {c} doubted that the {a} {v} the {b}.", "The {a} {v} the {b}."),
        ("The friend of the {a} {d} {y}.", "The {a} {d} {y}."),
    ),
    "constituent": (
        ("If the {a} {d}, the {b} {e}.", "The {a} {d}."),
        ("Unless the {a} {d}, the {b} {v} the {c}.", "The {a} {d}."),
        ("The {a} believed that the {b} {d}.", "The {b} {d}."),
        ("Perhaps the {a} {v} the {b}.", "The {a} {v} the {b}."),
        ("Whether or not the {a} {d}, the {b} {e}.", "The {a} {d}."),
    ),
}


def overlap_pairs(count: int, words: str, rng: random.Random) -> list[tuple[str, PairExample]]:
    """Return so many different pairs with their kinds, as many entailed as not, of every kind.

    Parameters
    ----------
    count
        How many; of the six groups (three kinds, entailed or not) each has a sixth.
    words
        One of WORD_SETS.
    rng
        Draws the words.

    Raises
    ------
    UsageError
        If the templates do not yield so many.
    """
    groups = [(kind, table, label) for table, label in _TABLES for kind in KINDS]
    made: dict[PairExample, str] = {}
    for number in range(count):
        kind, table, label = groups[number % len(groups)]
        for _ in range(TRIES):
            premise, hypothesis = rng.choice(table[kind])
            filling = _filling(WORDS[words], rng)
            pair = PairExample(premise.format(**filling), hypothesis.format(**filling), label)
            if pair not in made:
                made[pair] = kind
                break
        else:
            raise UsageError(f"{count:,} different pairs are too many; about 50,000 can be made")
    return [(kind, pair) for pair, kind in made.items()]


_TABLES = ((ENTAILED, ENTAILMENT), (NOT_ENTAILED, NEUTRAL))


def _filling(words: Words, rng: random.Random) -> dict[str, str]:
    a, b, c = rng.sample(words.people, 3)
    v, w = rng.sample(words.acts, 2)
    d, e = rng.sample(words.deeds, 2)
    return {"a": a, "b": b, "c": c, "v": v, "w": w, "d": d, "e": e, "y": rng.choice(words.ways)}
