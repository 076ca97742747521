"""Take documents and the facts of whole sources out of a knowledge base."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from wherefrom.indexes.commit import all_files, commit
from wherefrom.indexes.fact_intake import facts_digest
from wherefrom.indexes.graph_build import with_graph
from wherefrom.indexes.publish import Part, facts_of, parts_of, sparse_of, with_mask
from wherefrom.indexes.reports import DeleteReport
from wherefrom.indexes.writing import changing
from wherefrom.kb.errors import MissingError, UsageError
from wherefrom.kb.generation import Generation, Mask, Place
from wherefrom.kb.progress import NoProgress


def delete(path: Path | str, names: Sequence[str]) -> DeleteReport:
    """Delete documents, and the facts of sources: nothing of them is found once this returns.

    Readers that are open see it too. The text of documents still lies on disk until `compact`.

    Parameters
    ----------
    path
        The directory of the knowledge base.
    names
        At least one id of a document, or SOURCE whose facts are in the knowledge base; where both
        have a name, the document is meant. One that is given twice counts once.

    Raises
    ------
    MissingError
        If there is no knowledge base, or one of the names is not in it; then nothing is deleted.
    LockedError
        If another process is writing.
    StorageError
        If the disk refuses; then nothing is deleted.
    """
    folder = Path(path)
    if isinstance(names, str) or not names:
        raise UsageError(
            f"give a list of at least one document id or SOURCE of facts, got {names!r}"
        )
    with changing(folder) as generation:
        old = generation.manifest
        places, specs = _found(generation, names)
        parts = _masked(folder, generation, places)
        gone = [part for part in facts_of(old) if part.record.source in specs]
        facts = [part for part in facts_of(old) if part.record.source not in specs]
        segments = generation.segments
        report = DeleteReport(
            documents=len(places),
            passages=sum(len(segments[place.segment].span(place.row)) for place in places),
            triples=sum(part.record.triples for part in gone),
            generation=old.generation + 1,
        )
        contents = [segments[place.segment].content(place.row) for place in places]
        manifest = replace(
            old,
            generation=report.generation,
            digest=old.digest.minus(contents) - facts_digest(gone),
            documents=old.documents - report.documents,
            passages=old.passages - report.passages,
            triples=old.triples - report.triples,
            segments=tuple(part.record for part in parts),
            facts=tuple(part.record for part in facts),
            sources=tuple(source for source in old.sources if source.spec not in specs),
            files=all_files(parts, sparse_of(old), facts),
        )
        commit(folder, with_graph(folder, manifest, NoProgress()) if old.graph else manifest)
    return report


def _found(generation: Generation, names: Sequence[str]) -> tuple[list[Place], set[str]]:
    """Find every document and every SOURCE of facts, or say what is missing."""
    sources = {record.source for record in generation.manifest.facts}
    places, specs, missing = [], set(), []
    for name in dict.fromkeys(names):
        place = generation.find(name)
        if place is not None:
            places.append(place)
        elif name in sources:
            specs.add(name)
        else:
            missing.append(name)
    if missing:
        more = f", and {len(missing) - 1} more of those named" if len(missing) > 1 else ""
        raise MissingError(f"{generation.nothing_called(missing[0])}{more}; nothing was deleted")
    return places, specs


def _masked(folder: Path, generation: Generation, places: Sequence[Place]) -> list[Part]:
    """Return the segments with the documents at `places` deleted as well."""
    masks = _extended_masks(generation, places)
    return [
        with_mask(folder, part, masks[number]) if number in masks else part
        for number, part in enumerate(parts_of(generation.manifest))
    ]


def _extended_masks(generation: Generation, places: Sequence[Place]) -> dict[int, Mask]:
    """Return the new masks, by number, of the segments that lose documents."""
    masks: dict[int, Mask] = {}
    for place in places:
        if place.segment not in masks:
            masks[place.segment] = generation.writable_mask(place.segment)
        span = generation.segments[place.segment].span(place.row)
        masks[place.segment][span.start : span.stop] = True
    return masks
