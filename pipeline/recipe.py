"""Read a training recipe: one TOML file that says what a reader learns from, and how."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from wherefrom.kb.errors import SourceError, UsageError, unknown_value
from wherefrom.pipeline.examples import INFERENCE_LABELS

ADVERSARIES = ("none", "fgm", "freelb")
EVALUATION_TASKS = ("spans", "pairs")
ENDLESS = float("inf")
RANGES: dict[str, tuple[float, float]] = {  # both ends allowed
    "seed": (0, 2**32 - 1),
    "negatives": (0, ENDLESS),
    "statements": (0, ENDLESS),
    "overlap_pairs": (0, ENDLESS),
    "max_tokens": (32, ENDLESS),
    "span_batch": (1, ENDLESS),
    "pair_batch": (1, ENDLESS),
    "learning_rate": (0, 1),
    "weight_decay": (0, 1),
    "dropout": (0, 1),
    "label_smoothing": (0, 1),
    "adversary_size": (0, 1),
    "adversary_steps": (1, ENDLESS),
    "frozen_layers": (0, ENDLESS),
    "adapter_rank": (0, ENDLESS),
    "kept": (0, 1),
    "warmup_share": (0, 1),
    "decay_share": (0, 1),
    "max_steps": (0, ENDLESS),
    "save_steps": (1, ENDLESS),
}


@dataclass(frozen=True, slots=True)
class SpanSource:
    """A SQuAD-format file: how often each epoch shows it, and whether its text is tokenised."""

    file: str
    share: float = 1.0
    tokenised: bool = False


@dataclass(frozen=True, slots=True)
class PairSource:
    """A JSONL file of premise, hypothesis, label and source.

    `shares` says how often each `source` of the file is shown; a source that it does not name is
    left out, and an empty mapping means the whole file once. `label_shares` multiplies by label.
    With `taught` the recipe's teacher labels the pairs in place of the file, and, for each pair,
    `exchanges` more of its premise with hypotheses of premises like it.
    """

    file: str
    shares: dict[str, float]
    label_shares: dict[str, float]
    taught: bool = False
    exchanges: int = 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A file of development data and what is measured on it.

    `spans` finds answers in their gold paragraph (SQuAD format), `pairs` is inference.
    """

    file: str
    task: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train a reader.

    `negatives` is the number of unanswerable examples for each answerable one; `statements` the
    number of question-and-answer statements made from the span data for the inference head,
    `overlap_pairs` that of pairs whose words overlap (`wherefrom.pipeline.overlap_pairs`). The
    learning rate rises over the first `warmup_share` of the steps, stays, and falls to 0 over the
    last `decay_share`. `dropout` is that of the encoder's layers; on a CPU drawing its masks takes
    half of a step's time, and examples seen once or twice are hardly learnt by heart. Of an
    inference label the share `label_smoothing` goes to all labels alike. `adversary`, its size and
    its steps are told in `wherefrom.pipeline.adversary`. With `frozen_layers` the embeddings and so
    many of the lower layers keep the encoder's weights: a
    large encoder learns in two thirds of the time. With `adapter_rank` the whole encoder keeps its
    weights, and inference alone learns, in an adapter of that rank
    (`wherefrom.pipeline.adapter`). `teacher` is the folder of a reader that labels
    the pairs that are `taught`. At the end the share `kept` of the weights is that of the reader
    `kept_from`, an ancestor of this one: what it knew comes back, for little of what was learnt
    (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022, arXiv:2109.01903).
    """

    encoder: str
    spans: tuple[SpanSource, ...]
    pairs: tuple[PairSource, ...]
    evaluate: tuple[Evaluation, ...] = ()
    teacher: str = ""
    seed: int = 7
    negatives: float = 0.3
    statements: int = 0
    overlap_pairs: int = 0
    max_tokens: int = 256
    span_batch: int = 16
    pair_batch: int = 32
    learning_rate: float = 1.5e-4
    weight_decay: float = 0.01
    dropout: float = 0.0
    label_smoothing: float = 0.0
    adversary: str = "none"
    adversary_size: float = 0.1
    adversary_steps: int = 3
    frozen_layers: int = 0
    adapter_rank: int = 0
    kept: float = 0.0
    kept_from: str = ""
    warmup_share: float = 0.05
    decay_share: float = 0.3
    max_steps: int = 0
    save_steps: int = 500


def read_recipe(path: Path) -> Recipe:
    """Read and check a recipe.

    Raises
    ------
    SourceError
        If the file is missing or is not TOML.
    UsageError
        If a key is unknown, of the wrong type, or out of range.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"cannot read the recipe {path}: {error}") from error
    _known(table, [field.name for field in fields(Recipe)], str(path))
    spans = tuple(_span(entry, path) for entry in _tables(table, "spans", path))
    pairs = tuple(_pair(entry, path) for entry in _tables(table, "pairs", path))
    evaluate = tuple(_evaluation(entry, path) for entry in _tables(table, "evaluate", path))
    if not spans and not pairs:
        raise UsageError(f"{path}: a recipe needs at least one [[spans]] or [[pairs]]")
    defaults = {f.name: f.default for f in fields(Recipe) if f.name not in ("encoder",)}
    for key, value in table.items():
        wanted = str if key == "encoder" else type(defaults[key])
        allowed = (float, int) if wanted is float else wanted
        if not isinstance(value, allowed) or isinstance(value, bool):
            raise UsageError(f"{path}: {key} must be {wanted.__name__}, found {value!r}")
        if key in RANGES and isinstance(value, float | int):
            _in_range(value, RANGES[key], f"{path}: {key}")
    taught = [source.file for source in pairs if source.taught]
    if taught and not table.get("teacher"):
        raise UsageError(f"{path}: {taught[0]} is taught, but the recipe names no teacher")
    if "adversary" in table and table["adversary"] not in ADVERSARIES:
        raise UsageError(f"{path}: {unknown_value('adversary', table['adversary'], ADVERSARIES)}")
    if table.get("kept") and not table.get("kept_from"):
        raise UsageError(f"{path}: kept needs kept_from, the folder of a reader")
    if table.get("adapter_rank"):
        _require_inference_alone(table, spans, path)
    if "encoder" not in table:
        raise UsageError(f"{path}: the key encoder is missing (a model's name or folder)")
    return Recipe(spans=spans, pairs=pairs, evaluate=evaluate, **table)


def _require_inference_alone(
    table: dict[str, Any], spans: tuple[SpanSource, ...], path: Path
) -> None:
    """Refuse what an adapter cannot learn or be combined with."""
    for key in ("frozen_layers", "kept"):
        if table.get(key):
            raise UsageError(f"{path}: {key} does not go with adapter_rank: no other weight learns")
    for source in spans:
        if source.share:
            raise UsageError(
                f"{path}: an adapter learns inference alone, found [[spans]] {source.file}; with "
                "share = 0 its questions still become statements"
            )


def _span(entry: dict[str, Any], path: Path) -> SpanSource:
    _known(entry, [field.name for field in fields(SpanSource)], f"{path}, [[spans]]")
    if not isinstance(entry.get("file"), str):
        raise UsageError(f"{path}, [[spans]]: file must be a string, found {entry.get('file')!r}")
    _share(entry.get("share", 1.0), f"{path}, [[spans]]: share")
    if not isinstance(entry.get("tokenised", False), bool):
        found = entry["tokenised"]
        raise UsageError(f"{path}, [[spans]]: tokenised must be true or false, found {found!r}")
    return SpanSource(**entry)


def _pair(entry: dict[str, Any], path: Path) -> PairSource:
    _known(entry, [field.name for field in fields(PairSource)], f"{path}, [[pairs]]")
    if not isinstance(entry.get("file"), str):
        raise UsageError(f"{path}, [[pairs]]: file must be a string, found {entry.get('file')!r}")
    shares, label_shares = entry.get("shares", {}), entry.get("label_shares", {})
    for key, table in (("shares", shares), ("label_shares", label_shares)):
        if not isinstance(table, dict):
            raise UsageError(f"{path}, [[pairs]]: {key} must be a table, found {table!r}")
        for name, share in table.items():
            _share(share, f"{path}, [[pairs]]: {key}, {name}")
    for name in label_shares:
        label = name.rpartition("/")[2]
        if label not in INFERENCE_LABELS:
            error = unknown_value("label", label, INFERENCE_LABELS)
            raise UsageError(f"{path}, [[pairs]]: label_shares, {name}: {error}")
    taught, exchanges = entry.get("taught", False), entry.get("exchanges", 0)
    if not isinstance(taught, bool):
        raise UsageError(f"{path}, [[pairs]]: taught must be true or false, found {taught!r}")
    if not isinstance(exchanges, int) or isinstance(exchanges, bool) or exchanges < 0:
        raise UsageError(
            f"{path}, [[pairs]]: exchanges must be a whole number, 0 or more, found {exchanges!r}"
        )
    if exchanges and not taught:
        raise UsageError(f"{path}, [[pairs]]: exchanges are labelled by the teacher: taught = true")
    return PairSource(entry["file"], shares, label_shares, taught, exchanges)


def _evaluation(entry: dict[str, Any], path: Path) -> Evaluation:
    _known(entry, [field.name for field in fields(Evaluation)], f"{path}, [[evaluate]]")
    if not isinstance(entry.get("file"), str):
        found = entry.get("file")
        raise UsageError(f"{path}, [[evaluate]]: file must be a string, found {found!r}")
    if entry.get("task") not in EVALUATION_TASKS:
        error = unknown_value("task", str(entry.get("task")), EVALUATION_TASKS)
        raise UsageError(f"{path}, [[evaluate]]: {error}")
    return Evaluation(**entry)


def _tables(table: dict[str, Any], key: str, path: Path) -> list[dict[str, Any]]:
    """Take the list of tables under a key; TOML writes them with double brackets."""
    found = table.pop(key, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise UsageError(f"{path}: {key} must be tables [[{key}]], found {found!r}")
    return found


def _share(value: object, where: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{where} must be a number, found {value!r}")
    _in_range(value, (0, ENDLESS), where)


def _in_range(value: float, limits: tuple[float, float], where: str) -> None:
    low, high = limits
    if not low <= value <= high or value == ENDLESS:
        allowed = f"at least {low:g}" if high == ENDLESS else f"from {low:g} to {high:g}"
        raise UsageError(f"{where} must be {allowed}, found {value!r}")


def _known(table: dict[str, Any], allowed: list[str], where: str) -> None:
    for key in table:
        if key not in allowed:
            raise UsageError(f"{where}: {unknown_value('key', key, allowed)}")
