"""Dress the pipeline's values: they print well, and show as a card in Jupyter.

Each class adds only that to the record whose name it bears; the fields are the record's.
"""

from dataclasses import fields
from typing import Any, Self, final

from wherefrom import card, text
from wherefrom.pipeline import records


@final
class Answer(records.Answer):
    """What `ask` returns; see `wherefrom.pipeline.records.Answer` for the fields."""

    __slots__ = ()

    @classmethod
    def of(cls, record: records.Answer) -> Self:
        """Dress a record of the pipeline."""
        return cls(*_values(record))

    def __str__(self) -> str:
        return text.answer_text(self).plain

    def _repr_html_(self) -> str:
        return card.answer_card(self)


@final
class Check(records.Check):
    """What `check` returns; see `wherefrom.pipeline.records.Check` for the fields."""

    __slots__ = ()

    @classmethod
    def of(cls, record: records.Check) -> Self:
        """Dress a record of the pipeline."""
        return cls(*_values(record))

    def __str__(self) -> str:
        return text.check_text(self).plain

    def _repr_html_(self) -> str:
        return card.check_card(self)


@final
class Choice(records.Choice):
    """What `choose` returns; see `wherefrom.pipeline.records.Choice` for the fields."""

    __slots__ = ()

    @classmethod
    def of(cls, record: records.Choice) -> Self:
        """Dress a record of the pipeline."""
        return cls(*_values(record))

    def __str__(self) -> str:
        return text.choice_text(self).plain

    def _repr_html_(self) -> str:
        return card.choice_card(self)


@final
class Ranking(tuple[records.Evidence, ...]):
    """What `search` returns: passages with rank and score, best first."""

    __slots__ = ()

    def __str__(self) -> str:
        return text.ranking_text(self).plain

    def _repr_html_(self) -> str:
        return card.ranking_card(self)


def _values(record: records.Answer | records.Check | records.Choice) -> list[Any]:
    return [getattr(record, field.name) for field in fields(record)]
