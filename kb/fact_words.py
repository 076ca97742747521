"""Put facts into short sentences, for people and for readers.

The phrases of ConceptNet's relations are those by which its authors collected them: R. Speer and
C. Havasi, "Representing General Relational Knowledge in ConceptNet 5", LREC 2012, table 1. Those of
ATOMIC follow M. Sap et al., "ATOMIC", AAAI 2019, table 1. Other relations are shown by their words.
"""

import re
from dataclasses import replace

from wherefrom.kb.records import Triple
from wherefrom.kb.triples import is_negated, without_negation

_PHRASES = {
    "antonym": ("is the opposite of", ""),
    "atlocation": ("is found at", "is not found at"),
    "capableof": ("can", "cannot"),
    "causes": ("causes", "does not cause"),
    "causesdesire": ("makes people want", "does not make people want"),
    "createdby": ("is created by", "is not created by"),
    "definedas": ("is defined as", ""),
    "derivedfrom": ("is derived from", ""),
    "desireof": ("is a desire of", ""),
    "desires": ("wants", "does not want"),
    "distinctfrom": ("is not the same as", ""),
    "hasa": ("has", "does not have"),
    "hascontext": ("is a word of", ""),
    "hasfirstsubevent": ("begins with", ""),
    "haslastsubevent": ("ends with", ""),
    "hasprerequisite": ("requires", "does not require"),
    "hasproperty": ("is", "is not"),
    "hassubevent": ("involves", ""),
    "hypernym": ("is a kind of", ""),
    "instanceof": ("is an instance of", ""),
    "isa": ("is a kind of", "is not a kind of"),
    "locatednear": ("is near", ""),
    "locationofaction": ("is where one does", ""),
    "madeof": ("is made of", "is not made of"),
    "mannerof": ("is a way to", ""),
    "motivatedbygoal": ("is done in order to", ""),
    "obstructedby": ("is hindered by", ""),
    "oeffect": ("has this effect on others:", ""),
    "oreact": ("makes others feel", ""),
    "owant": ("makes others want", ""),
    "partof": ("is part of", "is not part of"),
    "receivesaction": ("can be", "cannot be"),
    "relatedto": ("is related to", ""),
    "similarto": ("is similar to", ""),
    "symbolof": ("is a symbol of", ""),
    "synonym": ("means the same as", ""),
    "type": ("is a", ""),
    "usedfor": ("is used for", "is not used for"),
    "xattr": ("shows that PersonX is", ""),
    "xeffect": ("has this effect on PersonX:", ""),
    "xintent": ("is done because PersonX wants", ""),
    "xneed": ("needs PersonX first", ""),
    "xreact": ("makes PersonX feel", ""),
    "xwant": ("makes PersonX want", ""),
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def fact_sentence(fact: Triple) -> str:
    """Put a fact into one sentence.

    Examples
    --------
    >>> fact_sentence(Triple("bird", "CapableOf", "fly"))
    'bird can fly.'
    >>> fact_sentence(Triple("bird", "NotCapableOf", "sing opera", negated=True))
    'bird cannot sing opera.'
    >>> fact_sentence(Triple("Marie Curie", "place_of_birth", "Warsaw"))
    'Marie Curie: place of birth: Warsaw.'
    """
    plain = without_negation(fact.relation) if fact.negated else fact.relation
    key = plain.removeprefix("/r/").replace("_", "").lower()  # as ConceptNet's own files write it
    positive, negative = _PHRASES.get(key, ("", ""))
    phrase = negative if fact.negated else positive
    if phrase:
        return f"{fact.head} {phrase} {fact.tail}."
    words = relation_words(plain) or fact.relation
    return f"{fact.head}: {'not ' if fact.negated else ''}{words}: {fact.tail}."


def denied_sentence(fact: Triple) -> str:
    """Return the sentence that a negated fact denies; empty for a fact that holds.

    Examples
    --------
    >>> denied_sentence(Triple("bird", "NotCapableOf", "sing opera", negated=True))
    'bird can sing opera.'
    """
    if not fact.negated:
        return ""
    return fact_sentence(replace(fact, relation=without_negation(fact.relation), negated=False))


def shown_relation(relation: str, *, negated: bool) -> str:
    """Return a relation, with "not" before it where it is negated and does not say so itself.

    Examples
    --------
    >>> shown_relation("capitalOf", negated=True), shown_relation("NotCapableOf", negated=True)
    ('not capitalOf', 'NotCapableOf')
    """
    return f"not {relation}" if negated and not is_negated(relation) else relation


def relation_words(relation: str) -> str:
    """Return the words of a relation: ``birthPlace`` and ``birth_place`` are "birth place".

    Examples
    --------
    >>> relation_words("birthPlace"), relation_words("_has_part")
    ('birth place', 'has part')
    """
    spaced = _CAMEL.sub(" ", relation.replace("_", " ").replace("/", " ")).strip()
    return " ".join(word.lower() if word.istitle() else word for word in spaced.split())
