"""Read the table [augment] of a recipe: which changed copies of examples are learnt, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.sources import check_keys, check_range

# Each way to change examples, and the tables of files whose examples it changes.
WAYS: Mapping[str, tuple[str, ...]] = {
    "synonyms": ("spans", "pairs", "yes_no", "claims", "texts"),
    "entities": ("spans", "pairs", "yes_no"),
    "typos": ("spans", "pairs", "yes_no", "claims", "texts"),
    "negation": ("pairs",),
    "distractors": ("spans",),
    "back_translation": ("spans", "pairs", "yes_no", "claims", "texts"),
}


@dataclass(frozen=True, slots=True)
class Augment:
    """Of the examples that a way changes, the share that is shown changed as well, from 0 to 1.

    `wordnet` is the folder of a WordNet dictionary, for synonyms. `translators` are two translation
    models, there and back, each a folder or a name on the Hugging Face hub.
    """

    synonyms: float = 0.0
    entities: float = 0.0
    typos: float = 0.0
    negation: float = 0.0
    distractors: float = 0.0
    back_translation: float = 0.0
    wordnet: str = ""
    translators: tuple[str, ...] = ()


def augment_table(entry: object, learnt: Sequence[str], where: str) -> Augment:
    """Check the table [augment] of a recipe.

    Parameters
    ----------
    entry
        The table.
    learnt
        The tables of files to learn from that the recipe has: ``spans``, ``pairs`` and so on.
    where
        Names the table in messages.

    Raises
    ------
    UsageError
        If a key is unknown, a share out of range or of no use, or what a way needs is not named.
    """
    if not isinstance(entry, dict):
        raise UsageError(f"{where} must be a table, found {entry!r}")
    check_keys(entry, [field.name for field in fields(Augment)], where)
    for way in WAYS:
        _check_way(entry, way, learnt, where)
    wordnet, translators = entry.get("wordnet", ""), entry.get("translators", [])
    if not isinstance(wordnet, str):
        raise UsageError(f"{where}: wordnet must be a folder, found {wordnet!r}")
    if wordnet and not Path(wordnet).is_dir():
        raise UsageError(f"{where}: wordnet names {wordnet}, where there is no folder")
    if not isinstance(translators, list) or not all(isinstance(one, str) for one in translators):
        raise UsageError(f"{where}: translators must be two names or folders, found {translators}")
    if entry.get("synonyms") and not wordnet:
        raise UsageError(f"{where}: synonyms need wordnet, the folder of a WordNet dictionary")
    if (entry.get("back_translation") or translators) and len(translators) != 2:
        raise UsageError(
            f"{where}: back_translation needs two translators, there and back, found "
            f"{len(translators)}"
        )
    return Augment(**{**entry, "translators": tuple(translators)})


def _check_way(entry: dict[str, Any], way: str, learnt: Sequence[str], where: str) -> None:
    share = entry.get(way, 0.0)
    if isinstance(share, bool) or not isinstance(share, int | float):
        raise UsageError(f"{where}: {way} must be a number, found {share!r}")
    check_range(share, (0, 1), f"{where}: {way}")
    if share and not set(WAYS[way]).intersection(learnt):
        listed = " or ".join(f"[[{name}]]" for name in WAYS[way])
        raise UsageError(f"{where}: {way} changes examples of {listed}, which the recipe lacks")
