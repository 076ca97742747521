"""Say what training did to a retriever: where it is better, and at what cost elsewhere."""

from collections.abc import Mapping

from wherefrom.pipeline.interval import mean_with_interval
from wherefrom.pipeline.ranking_measures import MEASURES, NDCG, Values

Change = dict[str, float]  # n, before, after, difference, low, high
Changes = Mapping[str, Mapping[str, Change]]  # of each set of queries, of each measure


def changes(before: Values, after: Values) -> dict[str, Change]:
    """Return each measure before and after, and the difference with its interval.

    The differences are paired: the resamples draw queries, each with both of its values.
    """
    found: dict[str, Change] = {}
    for name in MEASURES:
        difference = mean_with_interval((after[name] - before[name]).tolist())
        found[name] = {
            "n": difference["n"],
            "before": float(before[name].mean()),
            "after": float(after[name].mean()),
            "difference": difference["value"],
            "low": difference["low"],
            "high": difference["high"],
        }
    return found


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


def in_words(found: Mapping[str, Change]) -> str:
    """Put the measures of one set of queries into words, each before and after."""
    told = ", ".join(f"{name} {change_in_words(found[name])}" for name in MEASURES)
    return f"{told} (n = {found[NDCG]['n']:,})"


def verdict(measured: Changes) -> str:
    """Say on which sets nDCG@10 rose, on which it fell, and on which it may be as it was.

    A difference counts where 0 lies outside its interval.

    Examples
    --------
    >>> up = {"n": 9, "before": 0.5, "after": 0.6, "difference": 0.1, "low": 0.02, "high": 0.2}
    >>> down = {"n": 9, "before": 0.5, "after": 0.4, "difference": -0.1, "low": -0.2, "high": -0.02}
    >>> print(verdict({"law": {"nDCG@10": up}, "news": {"nDCG@10": down}}))
    better on law (nDCG@10 +0.100), at the cost of news (-0.100)
    >>> print(verdict({"news": {"nDCG@10": down}}))
    worse on news (-0.100)
    >>> print(verdict({"law": {"nDCG@10": up | {"low": -0.1}}}))
    no sure difference on law
    """
    rose = [name for name, found in measured.items() if found[NDCG]["low"] > 0]
    fell = [name for name, found in measured.items() if found[NDCG]["high"] < 0]
    same = [name for name in measured if name not in rose and name not in fell]
    parts: list[str] = []
    if rose:
        first, *more = (f"{name} ({{}}{measured[name][NDCG]['difference']:+.3f})" for name in rose)
        named = [first.format(f"{NDCG} "), *(each.format("") for each in more)]
        parts.append(f"better on {' and '.join(named)}")
    if fell:
        named = [f"{name} ({measured[name][NDCG]['difference']:+.3f})" for name in fell]
        parts.append(f"{'at the cost of' if rose else 'worse on'} {' and '.join(named)}")
    if same:
        parts.append(f"no sure difference on {' and '.join(same)}")
    return ", ".join(parts) or "not measured: the recipe names no [[evaluate]]"
