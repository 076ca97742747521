"""Find the names of entities in running text.

A text is cut into words, every word becomes a code of a few bytes, and an Aho-Corasick automaton
over such codes finds all names in one pass. No name can then begin or end inside a word, and the
automaton has a third of the states that it would have over letters.

Source: A. V. Aho and M. J. Corasick, "Efficient string matching: an aid to bibliographic search",
Communications of the ACM 18, 1975; the automaton is the Rust crate aho-corasick. We let it report
matches that overlap and choose among them here: the longest name may be one that is not meant ("the
road" is no "The Road"), and then a shorter one must have its turn.
"""

from collections.abc import Iterable, Iterator
from itertools import repeat

from wherefrom.kb.name_forms import Reading, fits, has_capital, is_part_of_word
from wherefrom.kb.name_patterns import name_patterns
from wherefrom.kb.name_table import NameTable
from wherefrom.kb.records import Mention
from wherefrom.kb.words import words


class Linker:
    """Find mentions of the entities of a table.

    Parameters
    ----------
    table
        The names. Those that say nothing in running text ("It", "1984", "X") are left out; explicit
        links can still lead to them.

    Examples
    --------
    >>> table = NameTable(["Lothair II", "Mercury (planet)", "dog"], [0, 1, 2], [0, 0, 0])
    >>> linker = Linker(table)
    >>> linker.mentions("Lothaïr II's dog")
    [Mention(start=0, end=10, candidates=(0,)), Mention(start=13, end=16, candidates=(2,))]
    >>> linker.mentions("Is mercury a planet?"), linker.mentions("is mercury a planet?")
    ([], [Mention(start=3, end=10, candidates=(1,))])
    """

    def __init__(self, table: NameTable) -> None:
        import ahocorasick_rs

        self._patterns = patterns = name_patterns(table)
        self._codes, self._unknown = patterns.codes(), patterns.unknown()
        self._begin_with_capital = patterns.begin_with_capital()
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            patterns.encoded(),
            ahocorasick_rs.MatchKind.Standard,
            # A DFA takes seven times the memory and was no faster.
            ahocorasick_rs.Implementation.ContiguousNFA,
        )

    def mentions(self, text: str) -> list[Mention]:
        """Find the mentions of a text.

        At each word the longest name that is meant is taken, and the search goes on after it. A
        name with capitals is meant where the text has capitals in the same words; in a text without
        a capital, case does not count.

        Returns
        -------
        list[Mention]
            In order of the text, without overlap, from the start of a word to the end of one: a
            full stop or bracket that ends a name stays outside. `candidates` are the entities whose
            title is the name, then those whose title is the name with a suffix in brackets, then
            those whose alias it is, each by number.
        """
        reading = Reading(text, words(text), is_cased=has_capital(text))
        folded = reading.words.folded
        coded = b"".join(map(self._codes.get, folded, repeat(self._unknown)))
        matches = self._automaton.find_matches_as_indexes(coded, overlapping=True)
        width = len(self._unknown)
        if reading.is_cased:
            matches = self._begun_alike(matches, reading, width)
        matches.sort(key=_leftmost_longest)
        mentions, done = [], 0
        for pattern, start, end in matches:
            if start < done:
                continue
            first, last = start // width, end // width - 1
            candidates = self._meant(pattern, reading, first, last)
            if candidates:
                mentions.append(Mention(*reading.words.span(first, last), candidates))
                done = end
        return mentions

    def mentions_many(self, texts: Iterable[str]) -> Iterator[list[Mention]]:
        """Find the mentions of each text, in order."""
        return map(self.mentions, texts)

    def _begun_alike(
        self, matches: list[tuple[int, int, int]], reading: Reading, width: int
    ) -> list[tuple[int, int, int]]:
        """Return the matches without those that lack the capital that their name begins with.

        These are most: "time" where the name is "Time".
        """
        text, bounds, begin_so = reading.text, reading.words.bounds, self._begin_with_capital
        return [
            match
            for match in matches
            if not begin_so[match[0]]
            or not text[bounds[match[1] // width * 2] : bounds[match[1] // width * 2 + 1]].islower()
        ]

    def _meant(self, pattern: int, reading: Reading, first: int, last: int) -> tuple[int, ...]:
        """Return the entities that the words `first` to `last` may mean."""
        patterns = self._patterns
        written, forms = patterns.written, patterns.forms
        rows = [
            row
            for row in range(patterns.firsts[pattern], patterns.firsts[pattern + 1])
            if fits(forms[written[row]], reading, first, last)
        ]
        if not rows or is_part_of_word(reading.text, *reading.words.span(first, last)):
            return ()
        return tuple(dict.fromkeys([patterns.entities[row] for row in rows]))


def _leftmost_longest(match: tuple[int, int, int]) -> tuple[int, int]:
    _, start, end = match
    return start, -end
