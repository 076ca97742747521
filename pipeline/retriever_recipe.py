"""Read a recipe for a retriever: which queries its encoder learns from, and how."""

from dataclasses import dataclass, field, fields
from pathlib import Path

from wherefrom.indexes.model_folder import DEFAULT_ENCODER
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.leakage import LEAKS
from wherefrom.pipeline.query_sources import (
    QueryEvaluation,
    QuerySource,
    query_evaluation,
    query_source,
)
from wherefrom.pipeline.recipe_kind import (
    check_choice,
    check_values,
    read_table,
    require_kind,
    tables_of,
)
from wherefrom.pipeline.sources import ENDLESS, check_keys, columns_table

RANGES: dict[str, tuple[float, float]] = {  # both ends allowed
    "seed": (0, 2**32 - 1),
    "batch": (2, ENDLESS),
    "mini_batch": (0, ENDLESS),
    "max_tokens": (8, ENDLESS),
    "learning_rate": (0, 1),
    "weight_decay": (0, 1),
    "warmup_share": (0, 1),
    "temperature": (0.001, 10),
    "hard_negatives": (0, 64),
    "positive_share": (0, 1),
    "adapter_rank": (0, ENDLESS),
    "max_steps": (0, ENDLESS),
    "save_steps": (1, ENDLESS),
}


@dataclass(frozen=True, slots=True)
class RetrieverRecipe:
    """How to train the encoder of a retriever.

    Each step shows `batch` queries, each with a relevant passage and `hard_negatives` others; all
    passages of the batch but its own are negatives of a query. With a `mini_batch` above 0 only so
    many texts are computed at once, so that a batch may be larger than the memory would allow (Gao
    et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", RepL4NLP
    2021, arXiv:2101.06983). `positive_share` says how near a mined negative may be
    (`wherefrom.pipeline.hard_negatives`). Cosines are divided by `temperature`. The learning rate
    rises over the first `warmup_share` of the steps and then falls to 0. Texts are cut at
    `max_tokens` while training; what is stored reads as much as the encoder did before. With
    `adapter_rank` only matrices of that rank learn, which are added to the encoder's at the end
    (Hu et al., "LoRA", ICLR 2022, arXiv:2106.09685). `leaks` says what becomes of training queries
    that are evaluated on too: ``refuse`` stops, ``drop`` leaves them out. `columns` says of files
    that are data sets (`hf:`) which of their columns are `query`, `positive` and `negatives`.
    """

    queries: tuple[QuerySource, ...]
    evaluate: tuple[QueryEvaluation, ...] = ()
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    encoder: str = DEFAULT_ENCODER
    seed: int = 7
    batch: int = 32
    mini_batch: int = 0
    max_tokens: int = 256
    learning_rate: float = 2e-5
    weight_decay: float = 0.01
    warmup_share: float = 0.1
    temperature: float = 0.05
    hard_negatives: int = 1
    positive_share: float = 0.95
    adapter_rank: int = 0
    leaks: str = "refuse"
    max_steps: int = 0
    save_steps: int = 500


def read_retriever_recipe(path: Path) -> RetrieverRecipe:
    """Read and check a recipe for a retriever.

    Raises
    ------
    SourceError
        If the file is missing or is not TOML.
    UsageError
        If it is a recipe for a reader, or a key is unknown, of the wrong type, or out of range.
    """
    table = read_table(path)
    require_kind(table, "retriever", path)
    check_keys(table, [each.name for each in fields(RetrieverRecipe)], str(path))
    queries = tuple(query_source(*each) for each in tables_of(table, "queries", path))
    evaluate = tuple(query_evaluation(*each) for each in tables_of(table, "evaluate", path))
    if not queries:
        raise UsageError(f"{path}: a recipe for a retriever needs at least one of [[queries]]")
    sources: tuple[QuerySource | QueryEvaluation, ...] = (*queries, *evaluate)
    names = [each.file for each in sources]
    columns = columns_table(table.pop("columns", {}), names, f"{path}, [columns]")
    kinds = {each.name: type(each.default) for each in fields(RetrieverRecipe)}
    check_values(table, kinds, RANGES, path)
    if not table.get("encoder", DEFAULT_ENCODER):
        raise UsageError(f"{path}: encoder is empty; leave it out for {DEFAULT_ENCODER}")
    check_choice(table, "leaks", LEAKS, path)
    return RetrieverRecipe(queries=queries, evaluate=evaluate, columns=columns, **table)
