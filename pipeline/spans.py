"""Find the best answer spans in the span head's logits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wherefrom.pipeline.prompt import NO_OFFSET, Prompt

LONGEST_TOKENS = 30  # no answer is longer


@dataclass(frozen=True, slots=True)
class Span:
    """A span of one prompt's text in code points; `margin` is its logit less no answer's."""

    start: int
    end: int
    margin: float


def best_spans(
    prompt: Prompt,
    start_logits: NDArray[np.float32],
    end_logits: NDArray[np.float32],
    *,
    count: int = 3,
    longest_tokens: int = LONGEST_TOKENS,
) -> list[Span]:
    """Return up to `count` spans of a prompt, best first; no two of them overlap.

    Parameters
    ----------
    prompt
        The prompt; spans start and end on tokens of its text.
    start_logits, end_logits
        Shape (T,), at least as long as the prompt.
    """
    inside = np.flatnonzero(prompt.starts != NO_OFFSET)
    if not len(inside):
        return []
    first, last = int(inside[0]), int(inside[-1]) + 1
    size = last - first
    scores = start_logits[first:last, None] + end_logits[None, first:last]
    rows, columns = np.indices((size, size))
    barred = (columns < rows) | (columns - rows >= longest_tokens)
    scores = np.where(barred, -np.inf, scores)
    nothing = float(start_logits[0] + end_logits[0])
    found: list[Span] = []
    for _ in range(count):
        row, column = divmod(int(np.argmax(scores)), size)
        best = float(scores[row, column])
        if best == -np.inf:
            break
        start, end = int(prompt.starts[first + row]), int(prompt.ends[first + column])
        span = Span(start, end, best - nothing)
        found.append(span)
        scores = np.where((rows <= column) & (columns >= row), -np.inf, scores)
    return found


def join_windows(spans: Sequence[Span], *, count: int) -> list[Span]:
    """Return up to `count` spans of one text's windows, best first; no two of them overlap.

    Windows of a text share tokens, so the same words can be found in two of them.
    """
    kept: list[Span] = []
    for span in sorted(spans, key=lambda found: (-found.margin, found.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return kept[:count]
