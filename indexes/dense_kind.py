"""The kinds of dense index, as values, and the sizes that they take from a corpus.

Sources: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using
Hierarchical Navigable Small World graphs", TPAMI 2020, arXiv:1603.09320; Jégou, Douze and Schmid,
"Product Quantization for Nearest Neighbor Search", TPAMI 2011, doi:10.1109/TPAMI.2010.57; for the
number of lists, FAISS's "Guidelines to choose an index".
"""

from dataclasses import dataclass

from wherefrom.kb.errors import UsageError, unknown_value

TRAINING_VECTORS = 39  # that FAISS wants for each centroid at least
CODEBOOK = 256  # centroids of a one-byte code
LONGEST_CODE_BYTES = 64  # unless more are asked for: a sixth of MiniLM's 384 dimensions


@dataclass(frozen=True, slots=True)
class Flat:
    """Compare the query with every vector: exact, and the default."""


@dataclass(frozen=True, slots=True)
class Hnsw:
    """Walk a graph of near neighbours.

    `links` of each vector (the paper's M), the width of the walk that finds them
    (efConstruction), and that of a search (ef).
    """

    links: int = 32
    build_effort: int = 200
    search_effort: int = 128

    def __post_init__(self) -> None:
        _at_least_one(
            links=self.links, build_effort=self.build_effort, search_effort=self.search_effort
        )


@dataclass(frozen=True, slots=True)
class IvfFlat:
    """Compare the query with the vectors of the `probes` nearest of `lists` clusters.

    None takes the number from the corpus.
    """

    lists: int | None = None
    probes: int | None = None

    def __post_init__(self) -> None:
        _at_least_one(lists=self.lists, probes=self.probes)


@dataclass(frozen=True, slots=True)
class IvfPq:
    """Do as `IvfFlat` does on codes of `bytes_per_vector`, and score the best by the whole vectors.

    None takes the numbers from the corpus. With fewer vectors than train the codes (39 for each of
    256 centroids) it keeps whole vectors.
    """

    lists: int | None = None
    bytes_per_vector: int | None = None
    probes: int | None = None

    def __post_init__(self) -> None:
        _at_least_one(lists=self.lists, bytes=self.bytes_per_vector, probes=self.probes)


ApproximateKind = Hnsw | IvfFlat | IvfPq
DenseKind = Flat | ApproximateKind

KINDS: dict[str, type[DenseKind]] = {
    "flat": Flat,
    "hnsw": Hnsw,
    "ivf-flat": IvfFlat,
    "ivf-pq": IvfPq,
}


def parse_dense_kind(name: str) -> DenseKind:
    """Return the kind of dense index that a command line names, at its defaults.

    Raises
    ------
    UsageError
        If there is no such kind; the nearest is named.

    Examples
    --------
    >>> parse_dense_kind("hnsw")
    Hnsw(links=32, build_effort=200, search_effort=128)
    """
    if name not in KINDS:
        raise unknown_value("dense index", name, KINDS)
    return KINDS[name]()


def kind_name(kind: DenseKind) -> str:
    """Return the name of a kind, as the command line and the files have it.

    Examples
    --------
    >>> kind_name(IvfPq(bytes_per_vector=32))
    'ivf-pq'
    """
    return next(name for name, usual in KINDS.items() if usual is type(kind))


def check_dimensions(kind: DenseKind, dimensions: int) -> None:
    """Refuse a product quantiser whose bytes do not divide the dimensions.

    Raises
    ------
    UsageError
        With the numbers of bytes that do.
    """
    size = kind.bytes_per_vector if isinstance(kind, IvfPq) else None
    if size is not None and dimensions % size:
        raise UsageError(
            f"bytes_per_vector {size} does not divide {dimensions} dimensions; "
            f"choose one of {', '.join(map(str, _divisors(dimensions)))}"
        )


def code_bytes(kind: IvfPq, dimensions: int) -> int:
    """Return the bytes of a code: as asked, else as many as divide the dimensions, 64 at most.

    Examples
    --------
    >>> code_bytes(IvfPq(), 384), code_bytes(IvfPq(), 100)
    (64, 50)
    """
    if kind.bytes_per_vector is not None:
        return kind.bytes_per_vector
    return max(size for size in _divisors(dimensions) if size <= LONGEST_CODE_BYTES)


def list_count(kind: IvfFlat | IvfPq, vectors: int) -> int:
    """Return how many lists to make: as asked, else 4·√N, never more than can be trained."""
    trainable = max(1, vectors // TRAINING_VECTORS)
    wanted = kind.lists if kind.lists is not None else round(4 * vectors**0.5)
    return max(1, min(wanted, trainable))


def probe_count(kind: IvfFlat | IvfPq, lists: int) -> int:
    """Return how many lists to search: as asked, else an eighth of them and 8 at least."""
    wanted = kind.probes if kind.probes is not None else max(8, lists // 8)
    return min(wanted, lists)


def _divisors(number: int) -> list[int]:
    return [size for size in range(1, number + 1) if number % size == 0]


def _at_least_one(**sizes: int | None) -> None:
    for name, size in sizes.items():
        if size is not None and size < 1:
            raise UsageError(f"{name} must be at least 1, got {size}")
