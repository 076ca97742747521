"""Say when data hold next to none of what is drawn from them."""

from wherefrom.kb.errors import UsageError

TRIES = 200  # draws for one example, before its data are said not to yield any


def in_vain(tries: int, made: int) -> bool:
    """Tell whether so many draws for so few examples are enough."""
    return tries >= TRIES * (made + 1)


def tried(tries: int, made: int, wanted: int, what: str) -> int:
    """Count one more draw.

    Raises
    ------
    UsageError
        If the draws so far are in vain.
    """
    if in_vain(tries, made):
        raise UsageError(
            f"the span data hold too few {what}: {made} of {wanted} examples could be made in "
            f"{tries} draws; set negatives, unanswerable, statements or probe lower in the recipe, "
            "or add articles"
        )
    return tries + 1
