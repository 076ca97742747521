"""Stop drawing where the data hold next to none of what is drawn."""

from wherefrom.kb.errors import UsageError

TRIES = 200  # draws for one example, before its data are said not to yield any


def tried(tries: int, made: int, wanted: int, what: str) -> int:
    """Count one more draw.

    Raises
    ------
    UsageError
        If there were more than `TRIES` for each example that could be made.

    Examples
    --------
    >>> tried(7, 2, 10, "answers within one sentence")
    8
    """
    if tries >= TRIES * (made + 1):
        raise UsageError(
            f"the span data hold too few {what}: {made} of {wanted} examples could be made in "
            f"{tries} draws; set negatives, unanswerable or statements lower in the recipe, or add "
            "articles"
        )
    return tries + 1
