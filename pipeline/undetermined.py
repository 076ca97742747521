"""Tell choices that say that the question cannot be answered ("Unknown", "Not enough info").

No sentence supports such a choice: it is right as far as the evidence bears out none of the others.
"""

import re

import numpy as np
from numpy.typing import NDArray

_SAYS = re.compile(
    r"""(?:it\s+|this\s+|that\s+|the\s+answer\s+)?
    (?:(?:is|was)\s+)?
    (?:
        (?:can\s?not|can['’]?t|could\s+not|couldn['’]?t)\s+(?:be\s+)?
            (?:answer|determine|know|tell|say|infer|decide)(?:e?d|n)?
      | (?:can\s?not|can['’]?t|could\s+not|couldn['’]?t)\s+be\s+(?:said|told)
      | (?:not|un|un-)\s*(?:known|determined|determinable|answerable|certain|clear|decided)
      | (?:not|un|un-)\s*(?:stated|specified)
      | indeterminable | indeterminate
      | (?:not\s+enough|insufficient|too\s+little)\s+(?:info|information|evidence|context|data)
      | impossible\s+to\s+(?:tell|say|know|determine|answer)
      | (?:nobody|no\s+one)\s+(?:knows|can\s+(?:tell|say|know))
      | (?:i|we)\s+(?:do\s+not|don['’]?t|can\s?not|can['’]?t)\s+(?:know|tell|say)
    )
    (?:\s+from\s+(?:the|this)\s+(?:text|passage|context|information|evidence))?""",
    re.IGNORECASE | re.VERBOSE,
)


def says_undetermined(choice: str) -> bool:
    """Tell whether a choice says that the question cannot be answered.

    Examples
    --------
    >>> [says_undetermined(text) for text in ("Can't be determined", "Not known", "An unknown man")]
    [True, True, False]
    """
    return _SAYS.fullmatch(choice.strip().rstrip(".!")) is not None


def with_undetermined(
    chances: NDArray[np.float64], supports: NDArray[np.float64], undetermined: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Give choices that say that nothing can be told the chance that no other is borne out.

    Parameters
    ----------
    chances
        Of the choices, shape (C,), as if one of them had to be right.
    supports
        How probable it is that the evidence supports each, taken as independent, shape (C,).
    undetermined
        Which say that nothing can be told. Where none or all do, the chances stay.

    Returns
    -------
    ndarray
        Shape (C,): the others share what is left as they did before.
    """
    if undetermined.all() or not undetermined.any():
        return chances
    none = float(np.prod(1 - supports[~undetermined]))
    others = chances[~undetermined]
    found = np.empty_like(chances)
    found[undetermined] = none / undetermined.sum()
    found[~undetermined] = (1 - none) * others / others.sum()
    return found
