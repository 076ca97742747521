"""Refuse keys of a recipe that contradict each other, or say nothing without one another."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.earlier import Earlier

NEEDED = {  # a key, and the one without which it means nothing
    "patience": "stopping_share",
    "adapter": "adapter_rank",
    "fisher_examples": "consolidation",
}
APART = (  # keys that do not go together, and why
    ("consolidation", "adapter_rank", "no weight of the encoder changes"),
    ("keeps_judging", "adapter_rank", "the one learns to read, the other to judge"),
    ("keeps_judging", "consolidation", "no weight of the heads that judge changes"),
    ("keeps_judging", "frozen_layers", "what is judged is kept of all layers"),
    ("averaged", "stopping_share", "the best checkpoint alone counts"),
    ("r_drop", "adversary", "each shows a batch more than once in its own way"),
)


def require_consistent(
    table: Mapping[str, Any],
    tables: Collection[str],
    shares: tuple[float, float],
    earlier: Sequence[Earlier],
    path: Path,
) -> None:
    """Check keys of a recipe that are right each by itself.

    Parameters
    ----------
    table
        The keys that the recipe names.
    tables
        The tables of files to learn from that it has.
    shares
        Which share of the steps the learning rate rises over, and over which it falls.
    earlier
        The recipe's [[earlier]].
    path
        The recipe.

    Raises
    ------
    UsageError
        If two keys contradict each other, or one needs another that is not there.
    """
    for key, needed in NEEDED.items():
        if key in table and not table.get(needed):
            raise UsageError(f"{path}: {key} means nothing without {needed}")
    for one, other, reason in APART:
        if _on(table, one) and _on(table, other):
            raise UsageError(f"{path}: {one} does not go with {other}: {reason}")
    for key in ("averaged", "kept"):
        if table.get("adapter") != "svd" and _on(table, key) and _on(table, "adapter_rank"):
            raise UsageError(
                f"{path}: {key} goes with adapter_rank only where adapter is svd: the mean of two "
                "products is not that of their factors"
            )
    if table.get("adapter") == "adalora":
        _require_schedule(table, shares, path)
    _require_earlier(table, earlier, path)
    if _on(table, "keeps_judging"):
        judges = [key for key in ("statements", "overlap_pairs") if _on(table, key)]
        judges += [f"[[{name}]]" for name in tables if name != "spans"]
        judges += ["[[earlier]]"] if earlier else []
        if judges or "spans" not in tables:
            found = f"found {judges[0]}" if judges else "found none"
            raise UsageError(f"{path}: with keeps_judging [[spans]] alone are learnt, {found}")
    if _on(table, "probe") and "spans" not in tables:
        raise UsageError(f"{path}: probe needs [[spans]], of whose questions it learns")


def _on(table: Mapping[str, Any], key: str) -> bool:
    return table.get(key) not in (None, 0, "none")


def _require_schedule(table: Mapping[str, Any], shares: tuple[float, float], path: Path) -> None:
    """Refuse a run in which AdaLoRA has no step to take ranks away in."""
    if table.get("stopping_share"):
        raise UsageError(
            f"{path}: stopping_share does not go with adalora: ranks are final only as the run ends"
        )
    if sum(shares) >= 1:
        raise UsageError(
            f"{path}: adalora takes ranks away after warmup_share and before decay_share of the "
            f"steps: they must be below 1 together, found {sum(shares):g}"
        )


def _require_earlier(table: Mapping[str, Any], earlier: Sequence[Earlier], path: Path) -> None:
    if table.get("consolidation") and not earlier:
        raise UsageError(
            f"{path}: consolidation needs [[earlier]]: the recipes whose data tell which weights "
            "count"
        )
    replayed = sum(each.replay for each in earlier)
    if replayed >= 1:
        raise UsageError(
            f"{path}: replay leaves no batch for what is new: the shares must be below 1 together, "
            f"found {replayed:g}"
        )
    for each in earlier:
        if not (each.replay or table.get("consolidation")):
            raise UsageError(
                f"{path}: [[earlier]] {each.recipe} is of no use: give it a share of the batches "
                "(replay), or set consolidation"
            )
