"""Read facts from a WordNet dictionary: the folder with `data.noun`, `index.noun` and so on.

Source: Fellbaum (ed.), "WordNet: An Electronic Lexical Database", MIT Press 1998; the files are
described in wndb(5WN), https://wordnet.princeton.edu/documentation/wndb5wn. Versions 3.0 and 3.1.

A synset is an entity with the name that is usual in published data, `dog.n.01`: its first lemma,
part of speech, and the number of this sense among those of the lemma. Of two relations that say the
same in opposite directions one is kept (hypernym, not hyponym; the whole, then its meronym).
Relations between lemmas are raised to their synsets. Participles (73 pointers) are left out.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import RecordError
from wherefrom.kb.found import Place, checked
from wherefrom.kb.records import NAMING, Triple
from wherefrom.kb.skipped import SkippedRecords, refuse
from wherefrom.kb.wordnet_dictionary import PARTS, Dictionary

DEFINITION = "definition"
RELATIONS = {  # our name of a relation: its symbol in the files, and what yields it in NLTK
    "hypernym": (b"@", "hypernyms"),
    "instance_hypernym": (b"@i", "instance_hypernyms"),
    "member_meronym": (b"%m", "member_meronyms"),
    "part_meronym": (b"%p", "part_meronyms"),
    "substance_meronym": (b"%s", "substance_meronyms"),
    "entailment": (b"*", "entailments"),
    "cause": (b">", "causes"),
    "similar_to": (b"&", "similar_tos"),
    "attribute": (b"=", "attributes"),
    "also_see": (b"^", "also_sees"),
    "verb_group": (b"$", "verb_groups"),
    "antonym": (b"!", "antonyms"),
    "derivationally_related_form": (b"+", "derivationally_related_forms"),
    "pertainym": (b"\\", "pertainyms"),
    "domain_topic": (b";c", "topic_domains"),
    "domain_region": (b";r", "region_domains"),
    "domain_usage": (b";u", "usage_domains"),
}


def read_wordnet(
    folder: Path, source: str, *, skipped: SkippedRecords | None = None
) -> Iterator[Triple]:
    """Yield the facts of a dictionary, synset by synset: nouns, verbs, adjectives, adverbs.

    Of each synset come its lemmas, the first as its label and the others as aliases, then its
    definition, then its relations. NLTK keeps every synset: WordNet 3.0 takes about 600 MB of
    memory until the last fact is read.

    Raises
    ------
    RecordError
        If the line of a synset cannot be understood, or a pointer leads from it to nothing or to
        such a line, and `skipped` is None.
    SourceError
        If the folder or one of its files is missing, or an index cannot be understood.
    """
    with closing(Dictionary(folder)) as dictionary:
        for pos in PARTS:
            file = dictionary.file(pos)
            for offset, line in dictionary.lines(pos):
                place = Place(str(file), f"synset {offset:08d}")
                try:
                    synset = dictionary.synset(place, pos, offset, line)
                    where = f"{file.name}, {place.spot}"
                    head = dictionary.name(place, synset)
                    fact = partial(Triple, head, source=source, place=where)
                    facts = _literals(place, synset, fact)
                    facts += _relations(place, dictionary, synset, line, fact)
                except RecordError as error:
                    refuse(error, skipped)
                    continue
                yield from facts


def _literals(place: Place, synset: Any, fact: Callable[..., Triple]) -> list[Triple]:
    """Return the names of a synset, the first lemma as the best, and its definition."""
    label, alias = NAMING
    names = dict.fromkeys(lemma.replace("_", " ") for lemma in synset.lemma_names())
    said = [(alias if number else label, name) for number, name in enumerate(names)]
    if synset.definition():
        said.append((DEFINITION, synset.definition()))
    return [
        fact(relation, checked(place, relation, text, blank_allowed=False), literal=True)
        for relation, text in said
    ]


def _relations(
    place: Place, dictionary: Dictionary, synset: Any, line: bytes, fact: Callable[..., Triple]
) -> list[Triple]:
    """Return what a synset and its lemmas are related to, each fact once."""
    symbols = set(line.partition(b"|")[0].split())  # asking for every relation takes seconds
    return [
        fact(relation, tail)
        for relation, (symbol, method) in RELATIONS.items()
        if symbol in symbols
        for tail in dictionary.related(place, synset, method)
    ]
