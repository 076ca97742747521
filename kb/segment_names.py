"""Name the files of segments and of facts, relative to the knowledge base."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SegmentNames:
    """The paths of a segment's files; `name` is the beginning of a sha256 over their content."""

    name: str

    @property
    def documents(self) -> str:
        """The documents, an Arrow IPC file."""
        return f"documents/{self.name}.arrow"

    @property
    def ids(self) -> str:
        """The rows of the documents by the hash of their id."""
        return f"documents/{self.name}.ids.npy"

    @property
    def passages(self) -> str:
        """The passages, an Arrow IPC file."""
        return f"passages/{self.name}.arrow"

    @property
    def dense(self) -> str:
        """The exact vector index, a FAISS file."""
        return f"dense/{self.name}.faiss"

    def approximate(self, kind: str) -> str:
        """Return the path of the approximate vector index of a kind, a FAISS file."""
        return f"dense/{self.name}.{kind}.faiss"

    def mask(self, digest: str) -> str:
        """Return the path of a mask of deleted passages, whose content has this sha256."""
        return f"deleted/{self.name}-{digest[:12]}.npy"


def facts_path(name: str) -> str:
    """Return the path of a file of facts; `name` is the beginning of its sha256."""
    return f"facts/{name}.arrow"
