"""Say how a knowledge base is built."""

from dataclasses import dataclass, field

from wherefrom.indexes.dense_kind import DenseKind
from wherefrom.indexes.encoder import Encoder
from wherefrom.kb.errors import UsageError
from wherefrom.kb.passages import PassageRules
from wherefrom.kb.source import SourceOptions

BLOCK_PASSAGES = 2_048  # what a killed build loses at most: twenty seconds on two cores


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How a build reads, cuts, encodes and indexes.

    Parameters
    ----------
    encoder
        A hub name, a folder or an encoder. None takes the one that the knowledge base was made
        with, for a new one the default.
    rules
        How documents are cut. None takes the rules that the knowledge base was made with, for a
        new one the default.
    dense
        The kind of dense index, as a value: `Flat()`, `Hnsw()`, `IvfFlat()` or `IvfPq()`. None
        takes the one that the knowledge base was made with, for a new one `Flat()`.
    sources
        How sources are read.
    licence
        Of the sources that do not tell their licence themselves.
    block_passages
        How many passages are encoded before they are written to disk; at least 1.
    device
        Where the encoder runs, as torch names it; None chooses.
    """

    encoder: str | Encoder | None = None
    rules: PassageRules | None = None
    dense: DenseKind | None = None
    sources: SourceOptions = field(default_factory=SourceOptions)
    licence: str | None = None
    block_passages: int = BLOCK_PASSAGES
    device: str | None = None

    def __post_init__(self) -> None:
        if self.block_passages < 1:
            raise UsageError(f"block_passages must be at least 1, got {self.block_passages}")
