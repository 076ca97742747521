"""Find the ids nearest to one that does not exist, for messages."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_COMPARED = 20_000  # comparing more would make the message late: about 10 microseconds each
_LENGTH_DIFFERENCE = 3


def nearest_id(wanted: str, ids: Iterable[str]) -> str | None:
    """Return the id most like `wanted`, None where nothing is like it.

    Of ids that differ in length by more than three characters or in their first letter, only
    those equal but for case are thought of.

    Examples
    --------
    >>> nearest_id("Pris", ["Rome", "Paris", "London"])
    'Paris'
    """
    folded = wanted.casefold()
    near: dict[str, str] = {}
    likely = (name for name in ids if _is_likely(name, wanted))
    for name in islice(likely, _COMPARED):
        near.setdefault(name.casefold(), name)
    found = get_close_matches(folded, near, n=1)
    return near[found[0]] if found else None


def _is_likely(name: str, wanted: str) -> bool:
    return (
        abs(len(name) - len(wanted)) <= _LENGTH_DIFFERENCE
        and name[:1].casefold() == wanted[:1].casefold()
    )
