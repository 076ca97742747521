"""What tells one encoder from another: two encoders with one fingerprint make the same vectors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The weights of an encoder and everything else that its vectors depend on.

    `reference` is where the weights were found and is not compared: the same weights may lie in
    the hub's cache on one machine and in a package on another.
    """

    reference: str
    weights_sha256: str
    pooling: str
    normalised: bool
    query_prefix: str
    passage_prefix: str
    dimensions: int
    max_tokens: int

    def same_vectors(self, other: "Fingerprint") -> bool:
        """Tell whether vectors of both encoders may be compared."""
        return self._compared() == other._compared()

    def _compared(self) -> tuple[str, str, bool, str, str, int, int]:
        return (
            self.weights_sha256,
            self.pooling,
            self.normalised,
            self.query_prefix,
            self.passage_prefix,
            self.dimensions,
            self.max_tokens,
        )
