"""Put what stands around an entity as text for people, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from wherefrom.contract import Json
from wherefrom.indexes.neighbourhood import (
    Neighbourhood,
    SeenFact,
    SeenMention,
    Surroundings,
)

if TYPE_CHECKING:
    from rich.text import Text

NUMBERS = ("entity", "head_entity", "tail_entity")  # of the graph; they mean nothing outside it


def neighbourhood_json(found: Neighbourhood) -> Json:
    """Return what `graph --json` prints."""
    return {
        "asked": found.asked,
        "others": list(found.others),
        "entities": [_without_numbers(asdict(around)) for around in found.entities],
    }


def neighbourhood_text(found: Neighbourhood) -> Text:
    """Put a neighbourhood, one entity after the other."""
    from rich.text import Text

    return Text("\n").join(_surroundings(around) for around in found.entities)


def _surroundings(around: Surroundings) -> Text:
    from rich.text import Text

    text = Text.assemble((around.name, "bold"), f"  {around.iri}" if around.iri else "", "\n")
    called = [name for name in around.names if name != around.name]
    if called:
        left = around.totals["names"] - len(around.names)
        more = f" and {left:,} more" if left else ""
        text.append(f"  also called: {' · '.join(map(_one_line, called))}{more}\n")
    text.append(_heading("Passages about it", around.totals["passages"], around.passages))
    for passage in around.passages:
        text.append(f"    {passage.passage_id}, characters {passage.start} to {passage.end}\n")
    text.append(_heading("They mention", around.totals["mentions"], around.mentions))
    for mention in around.mentions:
        text.append_text(_mention(mention))
    text.append(_heading("Mentioned by", around.totals["mentioned_by"], around.mentioned_by))
    for mention in around.mentioned_by:
        text.append_text(_mention(mention))
    text.append(_heading("Facts", around.totals["facts"], around.facts))
    for fact in around.facts:
        text.append_text(_fact(fact))
    return text


def _heading(words: str, total: int, shown: Sequence[object]) -> str:
    """Say how many there are in all, and how many are shown where that is not all of them."""
    if not total:
        return f"  {words}: none\n"
    part = "" if len(shown) == total else f", {len(shown):,} shown"
    return f"  {words} ({total:,}{part})\n"


def _mention(mention: SeenMention) -> Text:
    from rich.text import Text

    times = f" · {mention.times:,} times" if mention.times > 1 else ""
    before, quote, after = mention.parts()
    place = f"{mention.passage_id}, characters {mention.start} to {mention.end}"
    return Text.assemble(
        "    ",
        (_one_line(mention.name), "bold"),
        f"{times}\n      {_one_line(before)}",
        (_one_line(quote), "underline"),
        f"{_one_line(after)}\n",
        (f"      {place}\n", "dim"),
    )


def _fact(fact: SeenFact) -> Text:
    from rich.text import Text

    tail = f'"{_one_line(fact.tail)}"' if fact.literal else _one_line(fact.tail)
    weight = "" if fact.weight == 1 else f" · weight {fact.weight:g}"
    return Text.assemble(
        f"    {_one_line(fact.head)} → ",
        (_one_line(fact.words), "red" if fact.negated else ""),
        f" → {tail}{weight}",
        (" · does not hold", "red") if fact.negated else "",
        "\n",
        (f"      {fact.source}, {fact.place}\n", "dim"),
    )


def _without_numbers(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_numbers(part) for key, part in value.items() if key not in NUMBERS}
    return [_without_numbers(part) for part in value] if isinstance(value, list | tuple) else value


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).replace("\r", " ")
