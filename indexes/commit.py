"""Make a change visible: write the manifest that names the new generation, then tidy up."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from wherefrom.indexes.publish import FactsPart, FolderPart, Part
from wherefrom.kb.layout import remove_rubbish
from wherefrom.kb.manifest import FileRecord, Manifest, write_manifest


def commit(folder: Path, manifest: Manifest) -> None:
    """Write the manifest; from here on readers see the new generation, and the old one's files go.

    Raises
    ------
    StorageError
        If the disk refuses; then readers still see the old generation.
    """
    write_manifest(folder, manifest)
    remove_rubbish(folder, manifest.files)


def all_files(
    parts: Sequence[Part], sparse: FolderPart, facts: Sequence[FactsPart]
) -> Mapping[str, FileRecord]:
    """Return every file of a generation, in order of name."""
    found = {name: record for part in parts for name, record in part.files.items()}
    found |= {part.path: part.file for part in facts}
    return dict(sorted({**found, **sparse.files}.items()))
