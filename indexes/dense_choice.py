"""Choose the kind of dense index of a knowledge base: one kind for all its life."""

from dataclasses import asdict, fields
from pathlib import Path

from wherefrom.indexes.dense_kind import KINDS, DenseKind, Flat, kind_name
from wherefrom.kb.errors import DamagedError, FormatError, UsageError
from wherefrom.kb.manifest import Manifest, Settings


def chosen_kind(choice: DenseKind | None, manifest: Manifest | None, folder: Path) -> DenseKind:
    """Return the kind that the caller chose, or else that of the knowledge base.

    Raises
    ------
    UsageError
        If the knowledge base was made with another, or with other sizes.
    """
    if manifest is None:
        return Flat() if choice is None else choice
    made_with = read_kind(manifest.dense, folder)
    if choice is not None and choice != made_with:
        raise UsageError(
            f"{folder} was made with the dense index {made_with}, this build asks for {choice}: "
            "leave the dense index out to take the one it has, or build a new knowledge base"
        )
    return made_with


def write_kind(kind: DenseKind) -> Settings:
    """Return the name and the sizes of a kind for the manifest.

    Examples
    --------
    >>> write_kind(Flat())
    {'kind': 'flat'}
    """
    return {"kind": kind_name(kind), **asdict(kind)}


def read_kind(settings: Settings, folder: Path) -> DenseKind:
    """Make the kind from its fields in the manifest of the knowledge base in `folder`.

    Raises
    ------
    FormatError
        If this release does not know such a kind.
    DamagedError
        If its fields are not those of the kind.
    """
    name = settings.get("kind")
    if name not in KINDS:
        raise FormatError(
            f"{folder} has a dense index of the kind {name!r}; this release of wherefrom knows "
            f"{', '.join(KINDS)}: use the release that wrote it, or build it again"
        )
    kind = KINDS[str(name)]
    sizes = {field: value for field, value in settings.items() if field != "kind"}
    names = {field.name for field in fields(kind)}
    if sizes.keys() != names:
        raise DamagedError(
            f"{folder}: the manifest's dense index has the sizes {sorted(sizes)}, "
            f"expected {sorted(names)}"
        )
    return kind(**sizes)  # type: ignore[arg-type]  # the manifest's sha256 vouches
