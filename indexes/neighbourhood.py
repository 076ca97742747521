"""Tell what stands around an entity in the graph, each relation with its receipt.

However many neighbours an entity has, only as many are read as are asked for; the others are
counted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.entity_lookup import find_entity
from wherefrom.indexes.graph import Graph
from wherefrom.kb.entities import NO_ENTITY
from wherefrom.kb.errors import UsageError
from wherefrom.kb.fact_words import shown_relation
from wherefrom.kb.sentences import around, split_sentences

Numbers = NDArray[np.int64]
DEPTH, MOST = 1, 30
LONGEST_DEPTH = 5


@dataclass(frozen=True, slots=True)
class AboutPassage:
    """A passage about an entity; `start` and `end` are its place in its document."""

    passage_id: str
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SeenMention:
    """A mention with its receipt, standing for all mentions between the same two.

    `entity` is the neighbour and `name` its name: what is mentioned, or what the passage that
    mentions is about (NO_ENTITY, and its title or id, where that has no name). `times` counts the
    mentions. `start` and `end` are the place of `quote` in the document, `sentence_start` that of
    its sentence.
    """

    entity: int
    name: str
    times: int
    passage_id: str
    title: str
    start: int
    end: int
    quote: str
    sentence: str
    sentence_start: int

    def parts(self) -> tuple[str, str, str]:
        """Cut the sentence into what stands before, in and after the quote."""
        low = self.start - self.sentence_start
        high = low + len(self.quote)
        return self.sentence[:low], self.quote, self.sentence[high:]


@dataclass(frozen=True, slots=True)
class SeenFact:
    """A fact with its receipt; head and tail are entities by number, NO_ENTITY for a literal."""

    head_entity: int
    tail_entity: int
    head: str
    relation: str
    tail: str
    weight: float
    negated: bool
    literal: bool
    source: str
    place: str

    @property
    def words(self) -> str:
        """Return the words of the relation, with "not" where it does not hold.

        Examples
        --------
        >>> SeenFact(0, 1, "bee", "IsA", "bird", 1.0, True, False, "triples:x", "line 1").words
        'not IsA'
        """
        return shown_relation(self.relation, negated=self.negated)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """An entity, and what stands around it.

    `mentions` are what the passages about it mention, `mentioned_by` the passages that mention it;
    those with the most mentions come first. Of facts the heaviest come first. `totals` says how
    many there are of each, by the name of the field.
    """

    entity: int
    name: str
    iri: str
    names: tuple[str, ...]
    passages: tuple[AboutPassage, ...]
    mentions: tuple[SeenMention, ...]
    mentioned_by: tuple[SeenMention, ...]
    facts: tuple[SeenFact, ...]
    totals: Mapping[str, int]

    def neighbours(self) -> Iterator[int]:
        """Go over the entities around it, some more than once."""
        found = [one.entity for one in self.mentions]
        found += [end for fact in self.facts for end in (fact.head_entity, fact.tail_entity)]
        found += [one.entity for one in self.mentioned_by]
        return (entity for entity in found if entity not in (NO_ENTITY, self.entity))


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What was asked, other entities of that name, and entities: the one meant, then its own.

    `entities` holds the surroundings of the entity itself, and for a depth of 2 and more those of
    its neighbours, of their neighbours, and so on, each once.
    """

    asked: str
    others: tuple[str, ...]
    entities: tuple[Surroundings, ...]


def neighbourhood(
    graph: Graph, name: str, *, depth: int = DEPTH, most: int = MOST
) -> Neighbourhood:
    """Tell what stands around the entity that a name or an IRI means most likely.

    Parameters
    ----------
    graph
        The graph.
    name
        A name or an IRI.
    depth
        1 for the surroundings of the entity alone, 2 for those of its neighbours too, and so on.
    most
        How many of each kind are told of an entity, and of how many entities at each depth above 1.

    Raises
    ------
    MissingError
        If no entity has the name; the message names the nearest.
    UsageError
        If `depth` is not from 1 to `LONGEST_DEPTH`, or `most` is below 1.
    """
    if not 1 <= depth <= LONGEST_DEPTH:
        raise UsageError(f"the depth must be from 1 to {LONGEST_DEPTH}, got {depth}")
    if most < 1:
        raise UsageError(f"at least 1 of each kind must be shown, got {most}")
    meant = find_entity(graph, name)
    found: dict[int, Surroundings] = {}
    level = [meant.entity]
    for _ in range(depth):
        around = [_surroundings(graph, entity, most) for entity in level]
        found |= {one.entity: one for one in around}
        near = dict.fromkeys(entity for one in around for entity in one.neighbours())
        level = [entity for entity in near if entity not in found][:most]
    others = tuple(_told_apart(graph, entity) for entity in meant.others)
    return Neighbourhood(name, others, tuple(found.values()))


def _surroundings(graph: Graph, entity: int, most: int) -> Surroundings:
    called = graph.names_of(entity)
    about = graph.about(entity)
    mentions, mentioned_by = _mentioned(graph, about), _mentioning(graph, entity)
    facts = _facts_of(graph, entity)
    return Surroundings(
        entity=entity,
        name=graph.name(entity),
        iri=graph.iri(entity),
        names=tuple(called[:most]),
        passages=tuple(_about(graph, number) for number in about[:most].tolist()),
        mentions=tuple(_seen(graph, *one, named=True) for one in mentions[:, :most].T.tolist()),
        mentioned_by=tuple(
            _seen(graph, *one, named=False) for one in mentioned_by[:, :most].T.tolist()
        ),
        facts=tuple(_fact(graph, number) for number in _heaviest(graph, facts, most)),
        totals={
            "names": len(called),
            "passages": len(about),
            "mentions": mentions.shape[1],
            "mentioned_by": mentioned_by.shape[1],
            "facts": len(facts),
        },
    )


def _mentioned(graph: Graph, passages: Numbers) -> Numbers:
    """Return (5, N) what passages mention: the first mention of each entity, and how many."""
    keys = graph.arrays.mentions[0]
    # Numbers of another type than the array's would make NumPy copy all of it
    firsts, lasts = (np.searchsorted(keys, (passages + one).astype(keys.dtype)) for one in (0, 1))
    counts = lasts - firsts
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return _grouped(graph.arrays.mentions[:, np.repeat(firsts, counts) + within], by=1)


def _mentioning(graph: Graph, entity: int) -> Numbers:
    """Return (5, N) which passages mention an entity: the first mention in each, and how many."""
    # One look through all mentions is far quicker than sorting them by entity, which Graph does
    chosen = np.flatnonzero(graph.arrays.mentions[1] == entity)
    return _grouped(graph.arrays.mentions[:, chosen], by=0)


def _facts_of(graph: Graph, entity: int) -> Numbers:
    """Return the numbers of the facts that an entity is head or tail of, in order."""
    heads, tails = graph.arrays.facts
    return np.flatnonzero((heads == entity) | (tails == entity))


def _grouped(mentions: NDArray[np.int32], *, by: int) -> Numbers:
    """Return the first mention (4, N) of each group, and how many it has; the largest first."""
    _, firsts, counts = np.unique(mentions[by], return_index=True, return_counts=True)
    order = np.lexsort((firsts, -counts))
    return np.vstack([mentions[:, firsts[order]], counts[order]]).astype(np.int64)


def _heaviest(graph: Graph, facts: Numbers, most: int) -> list[int]:
    """Return the facts of the greatest weight, equal ones in order."""
    weights = graph.fact_column("weight").astype(np.float64)[facts]
    found: list[int] = facts[np.argsort(-weights, kind="stable")][:most].tolist()
    return found


def _about(graph: Graph, number: int) -> AboutPassage:
    passage = graph.generation.passage_at(int(graph.arrays.passages[number]))
    return AboutPassage(passage.id, passage.title, passage.start, passage.end)


def _seen(
    graph: Graph, number: int, entity: int, start: int, end: int, times: int, *, named: bool
) -> SeenMention:
    """Read a mention; the neighbour is what is `named`, or what the passage is about."""
    passage = graph.generation.passage_at(int(graph.arrays.passages[number]))
    other = entity if named else int(graph.owners[number])
    low, high = start - passage.start, end - passage.start
    first, last = around(split_sentences(passage.text), low, high)
    return SeenMention(
        entity=other,
        name=(passage.title or passage.id) if other == NO_ENTITY else graph.name(other),
        times=times,
        passage_id=passage.id,
        title=passage.title,
        start=start,
        end=end,
        quote=passage.text[low:high],
        sentence=passage.text[first:last],
        sentence_start=passage.start + first,
    )


def _told_apart(graph: Graph, entity: int) -> str:
    """Return the name of an entity, with its IRI where it has one: names may be the same."""
    iri = graph.iri(entity)
    return f"{graph.name(entity)} <{iri}>" if iri else graph.name(entity)


def _fact(graph: Graph, number: int) -> SeenFact:
    head, tail = graph.ends(number)
    fact = graph.worded(number)
    return SeenFact(
        head_entity=head,
        tail_entity=tail,
        head=graph.name(head),
        relation=fact.relation,
        tail=fact.tail if tail == NO_ENTITY else graph.name(tail),
        weight=fact.weight,
        negated=fact.negated,
        literal=fact.literal,
        source=fact.source,
        place=fact.place,
    )
