"""Text as every part can read it."""


def readable(text: str) -> str:
    """Replace what UTF-8 cannot hold, lone surrogates from broken JSON, by a question mark.

    Examples
    --------
    >>> readable("café \\ud800")
    'café ?'
    """
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
