"""Mentions that the author of a document marked, as links, and those that were found by name."""

from collections.abc import Iterable, Sequence

from wherefrom.kb.name_table import NameTable
from wherefrom.kb.records import Link, Mention


def linked_mentions(
    links: Iterable[Link], table: NameTable, *, start: int, end: int
) -> list[Mention]:
    """Return the links that lie whole in a passage, as mentions of what they lead to.

    Parameters
    ----------
    links
        Of the document, in order of `start`.
    start, end
        The place of the passage in the document.

    Returns
    -------
    list[Mention]
        With offsets of the passage, in its order, without overlap: of links one inside another the
        outer one counts. A link that leads to no entity of the table has no candidates.

    Examples
    --------
    >>> table = NameTable(["Paris, Texas", "Paris"], [0, 1], [0, 0])
    >>> linked_mentions([Link(10, 15, "Paris, Texas")], table, start=8, end=20)
    [Mention(start=2, end=7, candidates=(0,))]
    """
    inside = [link for link in links if start <= link.start < link.end <= end]
    inside.sort(key=lambda link: (link.start, -link.end))
    mentions, done = [], start
    for link in inside:
        if link.start >= done:
            candidates = table.linked(link.target)
            mentions.append(Mention(link.start - start, link.end - start, candidates))
            done = link.end
    return mentions


def merged_mentions(linked: Sequence[Mention], matched: Sequence[Mention]) -> list[Mention]:
    """Merge the links of a passage with what a linker found in it; a link wins where both overlap.

    That is so also for a link without candidates: its author says that the words mean something
    that the table lacks. Such a link is no mention in the end.

    Parameters
    ----------
    linked, matched
        Each in order of the passage and without overlap.

    Returns
    -------
    list[Mention]
        In order of the passage, without overlap, each with a candidate.

    Examples
    --------
    >>> found = [Mention(0, 5, (1,)), Mention(9, 14, (1,))]
    >>> merged_mentions([Mention(0, 12, ())], found), merged_mentions([Mention(0, 5, (0,))], found)
    ([], [Mention(start=0, end=5, candidates=(0,)), Mention(start=9, end=14, candidates=(1,))])
    """
    kept = [mention for mention in linked if mention.candidates]
    place = 0
    for mention in matched:
        while place < len(linked) and linked[place].end <= mention.start:
            place += 1
        if place == len(linked) or mention.end <= linked[place].start:
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)
