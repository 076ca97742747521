"""Say what training changed: a measure before and after it, on the same examples."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wherefrom.pipeline.interval import mean_with_interval

Change = dict[str, float]  # n, before, after, difference, low, high
Gains = Mapping[str, Mapping[str, Change]]  # of each file, of each measure


def paired_change(
    before: Sequence[float] | NDArray[np.float64], after: Sequence[float] | NDArray[np.float64]
) -> Change:
    """Return a measure before and after, and the difference with its interval.

    The differences are paired: the resamples draw examples, each with both of its values.

    Parameters
    ----------
    before, after
        Shape (N,): a value for each example, in the same order.

    Examples
    --------
    >>> found = paired_change([0, 1, 0], [1, 1, 1])
    >>> found["n"], round(found["before"], 2), found["after"], round(found["difference"], 2)
    (3, 0.33, 1.0, 0.67)
    """
    one, other = (np.asarray(values, dtype=np.float64) for values in (before, after))
    difference = mean_with_interval((other - one).tolist())
    return {
        "n": difference["n"],
        "before": float(one.mean()),
        "after": float(other.mean()),
        "difference": difference["value"],
        "low": difference["low"],
        "high": difference["high"],
    }


def change_in_words(change: Change) -> str:
    """Put one measure into words.

    Examples
    --------
    >>> change_in_words({"n": 9, "before": 0.5, "after": 0.61, "difference": 0.11,
    ...                  "low": 0.02, "high": 0.2})
    '0.500 → 0.610 (+0.110 [+0.020, +0.200])'
    """
    low, high = change["low"], change["high"]
    return (
        f"{change['before']:.3f} → {change['after']:.3f} "
        f"({change['difference']:+.3f} [{low:+.3f}, {high:+.3f}])"
    )


def in_short(decisive: Mapping[str, tuple[str, Change]]) -> str:
    """Say where a measure rose, where it fell, and where it may be as it was.

    A difference counts where 0 lies outside its interval.

    Parameters
    ----------
    decisive
        Of each set of examples the measure that decides, and its change.

    Examples
    --------
    >>> up = {"n": 9, "before": 0.5, "after": 0.6, "difference": 0.1, "low": 0.02, "high": 0.2}
    >>> down = {"n": 9, "before": 0.5, "after": 0.4, "difference": -0.1, "low": -0.2, "high": -0.02}
    >>> print(in_short({"law": ("nDCG@10", up), "news": ("nDCG@10", down)}))
    better on law (nDCG@10 +0.100), at the cost of news (-0.100)
    >>> print(in_short({"news": ("f1", down)}))
    worse on news (f1 -0.100)
    >>> print(in_short({"law": ("f1", up | {"low": -0.1})}))
    no sure difference on law
    """
    rose = [name for name, (_, found) in decisive.items() if found["low"] > 0]
    fell = [name for name, (_, found) in decisive.items() if found["high"] < 0]
    same = [name for name in decisive if name not in rose and name not in fell]
    said = ""  # the measure that was named last

    def named(names: Sequence[str]) -> str:
        nonlocal said
        told = []
        for name in names:
            measure, found = decisive[name]
            shown = f"{measure.replace('_', ' ')} " if measure != said else ""
            told.append(f"{name} ({shown}{found['difference']:+.3f})")
            said = measure
        return " and ".join(told)

    parts: list[str] = []
    if rose:
        parts.append(f"better on {named(rose)}")
    if fell:
        parts.append(f"{'at the cost of' if rose else 'worse on'} {named(fell)}")
    if same:
        parts.append(f"no sure difference on {' and '.join(same)}")
    return ", ".join(parts) or "not measured: the recipe names no [[evaluate]]"


def gains_in_words(found: Mapping[str, Change]) -> str:
    """Put the changes of one file into words.

    Examples
    --------
    >>> change = {"n": 9, "before": 0.5, "after": 0.6, "difference": 0.1, "low": 0, "high": 0.2}
    >>> gains_in_words({"exact_match": change})
    'exact match 0.500 → 0.600 (+0.100 [+0.000, +0.200])'
    """
    return ", ".join(
        f"{name.replace('_', ' ')} {change_in_words(change)}" for name, change in found.items()
    )


def gains_in_short(found: Gains) -> str:
    """Say which files the new reader is better on, and which worse; the last measure decides."""
    return in_short({file: list(changes.items())[-1] for file, changes in found.items()})
