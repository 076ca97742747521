"""Take documents out of a knowledge base."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from wherefrom.indexes.commit import all_files, commit
from wherefrom.indexes.publish import parts_of, sparse_of, with_mask
from wherefrom.indexes.reports import DeleteReport
from wherefrom.indexes.writing import changing
from wherefrom.kb.errors import MissingError, UsageError
from wherefrom.kb.generation import Generation, Mask, Place


def delete(path: Path | str, document_ids: Sequence[str]) -> DeleteReport:
    """Delete documents: none of their passages is found from the moment this returns.

    Readers that are open see it too. The text still lies on disk until `compact`.

    Parameters
    ----------
    path
        The directory of the knowledge base.
    document_ids
        At least one; an id that is given twice counts once.

    Raises
    ------
    MissingError
        If there is no knowledge base, or one of the documents is not in it; then none is deleted.
    LockedError
        If another process is writing.
    StorageError
        If the disk refuses; then none is deleted.
    """
    folder = Path(path)
    if isinstance(document_ids, str) or not document_ids:
        raise UsageError(f"give a list of at least one document id, got {document_ids!r}")
    with changing(folder) as generation:
        places = _places(generation, document_ids)
        masks = _extended_masks(generation, places)
        parts = [
            with_mask(folder, part, masks[number]) if number in masks else part
            for number, part in enumerate(parts_of(generation.manifest))
        ]
        segments = generation.segments
        passages = sum(len(segments[place.segment].span(place.row)) for place in places)
        contents = [segments[place.segment].content(place.row) for place in places]
        old = generation.manifest
        manifest = replace(
            old,
            generation=old.generation + 1,
            digest=old.digest.minus(contents),
            documents=old.documents - len(places),
            passages=old.passages - passages,
            segments=tuple(part.record for part in parts),
            files=all_files(parts, sparse_of(old)),
        )
        commit(folder, manifest)
    return DeleteReport(len(places), passages, manifest.generation)


def _places(generation: Generation, document_ids: Sequence[str]) -> list[Place]:
    """Find every document, or say which is missing."""
    wanted = list(dict.fromkeys(document_ids))
    found = [generation.find(name) for name in wanted]
    missing = [name for name, place in zip(wanted, found, strict=True) if place is None]
    if missing:
        more = f", and {len(missing) - 1} more of those named" if len(missing) > 1 else ""
        raise MissingError(f"{generation.no_document(missing[0])}{more}; nothing was deleted")
    return [place for place in found if place is not None]


def _extended_masks(generation: Generation, places: Sequence[Place]) -> dict[int, Mask]:
    """Return the new masks, by number, of the segments that lose documents."""
    masks: dict[int, Mask] = {}
    for place in places:
        if place.segment not in masks:
            masks[place.segment] = generation.writable_mask(place.segment)
        span = generation.segments[place.segment].span(place.row)
        masks[place.segment][span.start : span.stop] = True
    return masks
