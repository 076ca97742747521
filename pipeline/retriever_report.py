"""Say what training did to a retriever: where it is better, and at what cost elsewhere."""

from collections.abc import Mapping

from wherefrom.pipeline.change import Change, change_in_words, in_short, paired_change
from wherefrom.pipeline.ranking_measures import MEASURES, NDCG, Values

Changes = Mapping[str, Mapping[str, Change]]  # of each set of queries, of each measure


def changes(before: Values, after: Values) -> dict[str, Change]:
    """Return each measure before and after, and the difference with its interval."""
    return {name: paired_change(before[name], after[name]) for name in MEASURES}


def in_words(found: Mapping[str, Change]) -> str:
    """Put the measures of one set of queries into words, each before and after."""
    told = ", ".join(f"{name} {change_in_words(found[name])}" for name in MEASURES)
    return f"{told} (n = {found[NDCG]['n']:,})"


def verdict(measured: Changes) -> str:
    """Say on which sets nDCG@10 rose, on which it fell, and on which it may be as it was."""
    return in_short({name: (NDCG, found[NDCG]) for name, found in measured.items()})
