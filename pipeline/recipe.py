"""Read a training recipe: one TOML file that says what a reader learns from, and how."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.augment_table import Augment, augment_table
from wherefrom.pipeline.card_notes import failures_list, licences_table
from wherefrom.pipeline.consistency import require_consistent
from wherefrom.pipeline.earlier import Earlier, earlier_recipe
from wherefrom.pipeline.leakage import LEAKS
from wherefrom.pipeline.recipe_kind import (
    check_choice,
    check_values,
    read_table,
    require_kind,
    tables_of,
)
from wherefrom.pipeline.sources import (
    ENDLESS,
    Evaluation,
    JudgedSource,
    PairSource,
    PlainSource,
    SpanSource,
    calibration,
    check_keys,
    columns_table,
    evaluation,
    judged_source,
    pair_source,
    plain_source,
    span_source,
)

ADVERSARIES = ("none", "fgm", "freelb")
ADAPTERS = ("lora", "adalora", "svd")
REPORTS = ("none", "tensorboard", "wandb")
LEARNT = ("spans", "pairs", "yes_no", "choices", "claims", "texts")  # tables of files to learn from
_TABLES: dict[str, Callable[[dict[str, Any], str], Any]] = {
    "spans": span_source,
    "pairs": pair_source,
    "yes_no": plain_source,
    "choices": judged_source,
    "claims": judged_source,
    "texts": plain_source,
    "evaluate": evaluation,
    "calibrate": calibration,
}
RANGES: dict[str, tuple[float, float]] = {  # both ends allowed
    "seed": (0, 2**32 - 1),
    "negatives": (0, ENDLESS),
    "unanswerable": (0, ENDLESS),
    "statements": (0, ENDLESS),
    "overlap_pairs": (0, ENDLESS),
    "probe": (0, ENDLESS),
    "max_tokens": (32, ENDLESS),
    "span_batch": (1, ENDLESS),
    "pair_batch": (1, ENDLESS),
    "choice_batch": (1, ENDLESS),
    "accumulate": (1, ENDLESS),
    "learning_rate": (0, 1),
    "weight_decay": (0, 1),
    "dropout": (0, 1),
    "label_smoothing": (0, 1),
    "adversary_size": (0, 1),
    "adversary_steps": (1, ENDLESS),
    "frozen_layers": (0, ENDLESS),
    "adapter_rank": (0, ENDLESS),
    "calibration_share": (0, 0.5),
    "kept": (0, 1),
    "stopping_share": (0, 0.5),
    "patience": (1, ENDLESS),
    "consolidation": (0, ENDLESS),
    "fisher_examples": (1, ENDLESS),
    "averaged": (0, ENDLESS),
    "r_drop": (0, ENDLESS),
    "warmup_share": (0, 1),
    "decay_share": (0, 1),
    "max_steps": (0, ENDLESS),
    "save_steps": (1, ENDLESS),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train a reader.

    `negatives` is the number of examples beside another paragraph for each answerable one,
    `unanswerable` that of questions changed so that their own does not answer them
    (`wherefrom.pipeline.unanswerable`); `statements` the number of question-and-answer statements
    made from the span data for the inference head, `overlap_pairs` that of pairs whose words
    overlap (`wherefrom.pipeline.overlap_pairs`). After training, so many examples as `probe` says
    are drawn of the span data, to learn by them whether a passage answers
    (`wherefrom.pipeline.probe`). The learning rate rises over the first
    `warmup_share` of the steps, stays, and falls to 0 over the last `decay_share`. `dropout` is
    that of the encoder's layers; on a CPU drawing its masks takes half of a step's time, and
    examples seen once or twice are hardly learnt by heart. `leaks` says what becomes of training
    examples that stand in an evaluation file too: ``refuse`` stops, ``drop`` leaves them out. Of an
    inference label the share `label_smoothing` goes to all labels alike. `adversary`, its size and
    its steps are told in `wherefrom.pipeline.adversary`. With `frozen_layers` the embeddings and so
    many of the lower layers keep the encoder's weights: a large encoder learns in two thirds of the
    time. With `adapter_rank` the whole encoder keeps its weights, and inference alone learns, in an
    adapter of that rank (`wherefrom.pipeline.adapter`), or of that rank in the mean where `adapter`
    is ``adalora``; with ``svd`` copies of its matrices learn whole and are cut to the rank.
    With `keeps_judging` spans alone are learnt by a reader that has adapters, and what it judges
    stays nearly as it is (`wherefrom.pipeline.reading_alone`).
    `teacher` are the folders of readers that label what is `taught`. At the end the
    share `kept` of the weights is that of the reader `kept_from`, an ancestor of this one: what it
    knew comes back, for little of what was learnt (Wortsman et al., "Robust fine-tuning of
    zero-shot models", CVPR 2022, arXiv:2109.01903).

    Of what is drawn the share `stopping_share` is not learnt from; the loss over it is measured
    at each checkpoint, the best of which counts in the end, and after `patience` that are no
    better the run stops (`wherefrom.pipeline.early_stopping`). `earlier` are recipes that the
    encoder, a reader, has learnt by before; `consolidation` is how much their weights are held,
    which `fisher_examples` examples tell (`wherefrom.pipeline.consolidation`). At the end the
    weights are the mean of those of the last `averaged` checkpoints. `r_drop` is the weight of the
    difference between two passes (`wherefrom.pipeline.two_passes`).

    Of each task the share `calibration_share` of the examples is not learnt, so that its
    probabilities can be fitted on them; of a head for which `calibrate` names files they
    are fitted on those. `augment` says which changed copies of examples are learnt, too. `columns`
    says of files that are data sets (`hf:`) what their columns are called in the file's format.
    `licences` and `known_failures` are for the model card.
    """

    encoder: str
    spans: tuple[SpanSource, ...]
    pairs: tuple[PairSource, ...]
    yes_no: tuple[PlainSource, ...] = ()
    choices: tuple[JudgedSource, ...] = ()
    claims: tuple[JudgedSource, ...] = ()
    texts: tuple[PlainSource, ...] = ()
    evaluate: tuple[Evaluation, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    calibrate: tuple[Evaluation, ...] = ()
    augment: Augment = field(default_factory=Augment)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)
    known_failures: tuple[str, ...] = ()
    teacher: tuple[str, ...] = ()
    seed: int = 7
    negatives: float = 0.3
    unanswerable: float = 0.0
    statements: int = 0
    overlap_pairs: int = 0
    probe: int = 0
    max_tokens: int = 256
    span_batch: int = 16
    pair_batch: int = 32
    choice_batch: int = 8
    accumulate: int = 1
    learning_rate: float = 1.5e-4
    weight_decay: float = 0.01
    dropout: float = 0.0
    label_smoothing: float = 0.0
    leaks: str = "refuse"
    adversary: str = "none"
    adversary_size: float = 0.1
    adversary_steps: int = 3
    frozen_layers: int = 0
    adapter_rank: int = 0
    adapter: str = "lora"
    keeps_judging: bool = False
    kept: float = 0.0
    kept_from: str = ""
    stopping_share: float = 0.0
    patience: int = 3
    consolidation: float = 0.0
    fisher_examples: int = 500
    averaged: int = 0
    r_drop: float = 0.0
    warmup_share: float = 0.05
    decay_share: float = 0.3
    calibration_share: float = 0.02
    max_steps: int = 0
    save_steps: int = 500
    packed: bool = False
    report_to: str = "none"


def read_recipe(path: Path, *, encoder: str = "", teacher: str = "") -> Recipe:
    """Read and check a recipe, and those that it names as earlier ones.

    `encoder` and `teacher` are taken where it names none. What earlier recipes evaluate on is
    evaluated too.

    Raises
    ------
    SourceError
        If the file is missing or is not TOML.
    UsageError
        If a key is unknown, of the wrong type, or out of range, or contradicts another.
    """
    table = read_table(path)
    for key, default in (("encoder", encoder), ("teacher", teacher)):
        if default:
            table.setdefault(key, default)
    earlier = tuple(earlier_recipe(*each) for each in tables_of(table, "earlier", path))
    recipe = replace(_checked(table, earlier, path), earlier=earlier)
    files = [each.file for each in recipe.evaluate]
    more = [each for one in earlier_recipes(recipe) for each in one.evaluate]
    missing = {each.file: each for each in more if each.file not in files}
    return replace(recipe, evaluate=(*recipe.evaluate, *missing.values()))


def earlier_recipes(recipe: Recipe) -> tuple[Recipe, ...]:
    """Read the earlier recipes that a recipe names, without those that they name themselves."""
    found = []
    for each in recipe.earlier:
        path = Path(each.recipe)
        table = read_table(path)
        table.pop("earlier", None)
        table.pop("consolidation", None)  # which needs them
        table.pop("fisher_examples", None)
        found.append(_checked(table, (), path))
    return tuple(found)


def _checked(table: dict[str, Any], earlier: tuple[Earlier, ...], path: Path) -> Recipe:
    """Make a recipe of what its file says; `earlier` is not in the table any more."""
    require_kind(table, "reader", path)
    check_keys(table, [field.name for field in fields(Recipe)], str(path))
    sources: dict[str, Any] = {  # of each table of files, what its entries say
        key: tuple(checked(*each) for each in tables_of(table, key, path))
        for key, checked in _TABLES.items()
    }
    if not any(sources[key] for key in LEARNT):
        listed = ", ".join(f"[[{name}]]" for name in LEARNT)
        raise UsageError(f"{path}: a recipe needs at least one of {listed}")
    _require_different(sources["evaluate"], path)
    learnt = [name for name in LEARNT if sources[name]]
    augment = augment_table(table.pop("augment", {}), learnt, f"{path}, [augment]")
    teacher = _teacher(table.pop("teacher", ()), path)
    names = [entry.file for entries in sources.values() for entry in entries]
    columns = columns_table(table.pop("columns", {}), names, f"{path}, [columns]")
    licences = licences_table(table.pop("licences", {}), f"{path}, [licences]")
    failures = failures_list(table.pop("known_failures", ()), f"{path}: known_failures")
    kinds = {f.name: str if f.name == "encoder" else type(f.default) for f in fields(Recipe)}
    check_values(table, kinds, RANGES, path)
    taught = taught_files(*(sources[key] for key in ("spans", "pairs", "choices", "claims")))
    if taught and not teacher:
        raise UsageError(f"{path}: {taught[0]} is taught, but the recipe names no teacher")
    check_choice(table, "adversary", ADVERSARIES, path)
    check_choice(table, "adapter", ADAPTERS, path)
    check_choice(table, "leaks", LEAKS, path)
    check_choice(table, "report_to", REPORTS, path)
    if table.get("kept") and not table.get("kept_from"):
        raise UsageError(f"{path}: kept needs kept_from, the folder of a reader")
    if table.get("adapter_rank"):
        _require_inference_alone(table, sources["spans"], path)
    if "encoder" not in table:
        raise UsageError(f"{path}: the key encoder is missing (a model's name or folder)")
    recipe = Recipe(
        **sources,
        augment=augment,
        teacher=teacher,
        columns=columns,
        licences=licences,
        known_failures=failures,
        **table,
    )
    require_consistent(table, learnt, (recipe.warmup_share, recipe.decay_share), earlier, path)
    return recipe


def taught_files(*tables: Sequence[SpanSource | PairSource | JudgedSource]) -> list[str]:
    """Return the files of a recipe's tables whose examples a teacher labels."""
    return [source.file for table in tables for source in table if source.taught]


def _teacher(found: Any, path: Path) -> tuple[str, ...]:
    """Return the readers that a recipe calls its teacher: one, or a list of several."""
    readers = [found] if isinstance(found, str) else found
    if not isinstance(readers, list | tuple) or not all(isinstance(one, str) for one in readers):
        raise UsageError(f"{path}: teacher must be a folder or a list of folders, found {found!r}")
    if len(set(readers)) < len(readers):
        raise UsageError(f"{path}: teacher names a reader twice, found {found!r}")
    return tuple(readers)


def _require_different(evaluate: tuple[Evaluation, ...], path: Path) -> None:
    """Refuse two measurements that would be told under one name."""
    names = [entry.name for entry in evaluate]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{path}: two [[evaluate]] would both be told as {name}")


def _require_inference_alone(
    table: dict[str, Any], spans: tuple[SpanSource, ...], path: Path
) -> None:
    """Refuse what an adapter cannot learn or be combined with."""
    if table.get("frozen_layers"):
        raise UsageError(
            f"{path}: frozen_layers does not go with adapter_rank: no other weight learns"
        )
    for source in spans:
        if source.share:
            raise UsageError(
                f"{path}: an adapter learns inference alone, found [[spans]] {source.file}; with "
                "share = 0 its questions still become statements"
            )
