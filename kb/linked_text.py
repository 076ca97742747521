"""Text under construction with links that keep their exact place while the text is tidied."""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from wherefrom.kb.records import Link


@dataclass(frozen=True, slots=True)
class LinkedText:
    """A text and the links in it, in order of `start`."""

    text: str
    links: tuple[Link, ...] = ()

    def substituted(
        self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]
    ) -> "LinkedText":
        """Replace every match as `re.sub` does, and move the links along.

        A link that begins or ends inside a match is cut back to what is left of it outside; one
        of which nothing is left is dropped. A `replacement` may name groups (``\\1``).
        Links in a match that is replaced by itself stay as they are.

        Examples
        --------
        >>> linked = LinkedText("a   [dog]", (Link(4, 9, "Dog"),))
        >>> linked.substituted(re.compile(r"\\s+"), " ")
        LinkedText(text='a [dog]', links=(Link(start=2, end=7, target='Dog'),))
        """
        if not isinstance(replacement, str):
            replaced = replacement
        elif "\\" in replacement:
            replaced = partial(_expanded, template=replacement)
        else:
            replaced = partial(_constant, text=replacement)
        parts: list[str] = []
        starts, ends = [0], [0]  # of what was replaced, in the old text
        news = [(0, 0)]  # where the replacement begins and ends in the new text
        done = length = 0
        for match in pattern.finditer(self.text):
            new = replaced(match)
            if new == match[0]:
                continue
            kept = self.text[done : match.start()]
            parts += (kept, new)
            length += len(kept)
            starts.append(match.start())
            ends.append(match.end())
            news.append((length, length + len(new)))
            length += len(new)
            done = match.end()
        if not parts:
            return self
        parts.append(self.text[done:])

        def moved(place: int, *, is_start: bool) -> int:
            number = bisect_right(starts, place) - 1
            if not is_start and starts[number] == place and number:
                number -= 1  # an end that touches a replacement lies before it
            if place < ends[number]:
                return news[number][1 if is_start else 0]
            return news[number][1] + place - ends[number]

        links = (
            Link(moved(link.start, is_start=True), moved(link.end, is_start=False), link.target)
            for link in self.links
        )
        return LinkedText("".join(parts), tuple(link for link in links if link.start < link.end))

    def trimmed(self) -> "LinkedText":
        """Remove the white space at both ends of the text, and inside both ends of each link."""
        kept = self.text.strip()
        shift = len(self.text) - len(self.text.lstrip())
        links = []
        for link in self.links:
            start = max(link.start - shift, 0)
            anchor = kept[start : max(min(link.end - shift, len(kept)), 0)]
            start += len(anchor) - len(anchor.lstrip())
            if anchor := anchor.strip():
                links.append(Link(start, start + len(anchor), link.target))
        return LinkedText(kept, tuple(links))


def _expanded(match: re.Match[str], *, template: str) -> str:
    return match.expand(template)


def _constant(match: re.Match[str], *, text: str) -> str:
    return text
