"""The commands that make and keep a knowledge base; each calls one function of the library."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wherefrom.options import (
    AsJson,
    Device,
    Encoder,
    KnowledgeBasePath,
    decimal_number,
    whole_number,
)
from wherefrom.printing import message, print_fields, print_json

if TYPE_CHECKING:
    from wherefrom.kb.passages import PassageRules

Column = Annotated[str, typer.Option(metavar="NAME", help="Its name in a data set read with hf.")]


def build(
    kb: KnowledgeBasePath,
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE", help="starter, jsonl:FILE, files:DIR, triples:FILE, …"),
    ],
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Count malformed records and go on.")
    ] = False,
    encoder: Encoder = None,
    max_words: Annotated[
        int | None,
        typer.Option(metavar="N", parser=whole_number, help="Words in a passage at most (100)."),
    ] = None,
    overlap_sentences: Annotated[
        int | None,
        typer.Option(metavar="N", parser=whole_number, help="Sentences neighbours share (1)."),
    ] = None,
    dense: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Dense index: flat (exact), hnsw, ivf-flat or ivf-pq."),
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Licence of sources that do not say theirs."),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Language to read from conceptnet (en); repeatable."),
    ] = None,
    minimum_weight: Annotated[
        float | None,
        typer.Option(
            metavar="X", parser=decimal_number, help="Least weight of a fact of conceptnet (0)."
        ),
    ] = None,
    construct: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CONSTRUCT query that sparql is asked; needed there."),
    ] = None,
    page_size: Annotated[
        int | None,
        typer.Option(metavar="N", parser=whole_number, help="Solutions in a page of sparql."),
    ] = None,
    most_facts: Annotated[
        int | None,
        typer.Option(metavar="N", parser=whole_number, help="Facts read from sparql at most."),
    ] = None,
    id_column: Column = "id",
    title_column: Column = "title",
    text_column: Column = "text",
    url_column: Column = "url",
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Make or extend a knowledge base; run it again to resume."""
    from wherefrom.bars import ProgressBars
    from wherefrom.indexes.build import build as build_knowledge_base
    from wherefrom.indexes.dense_kind import parse_dense_kind
    from wherefrom.indexes.options import BuildOptions
    from wherefrom.kb.source import Columns, SkippedRecords, SourceOptions

    skipped = SkippedRecords(report=lambda error: message(f"skipped: {error}"))
    options = BuildOptions(
        encoder=encoder,
        rules=_rules(max_words, overlap_sentences),
        dense=None if dense is None else parse_dense_kind(dense),
        sources=SourceOptions(
            skipped=skipped if skip_bad else None,
            columns=Columns(id_column, title_column, text_column, url_column),
            notice=message,
            languages=tuple(language) if language else None,
            minimum_weight=minimum_weight,
            construct=construct,
            page_size=page_size,
            most_facts=most_facts,
        ),
        licence=licence,
        device=device,
    )
    with ProgressBars() as bars:
        report = build_knowledge_base(kb, sources, options=options, progress=bars)
    if as_json:
        print_json(asdict(report))
        return
    print_fields(
        f"{kb} (generation {report.generation}, {report.seconds:.1f} s)",
        {
            "documents added": report.added,
            "documents replaced": report.replaced,
            "documents unchanged": report.unchanged,
            "records skipped": report.skipped,
            "passages encoded": report.passages,
            "facts added": report.triples,
            "facts unchanged": report.triples_unchanged,
        },
    )


def delete(
    kb: KnowledgeBasePath,
    documents: Annotated[
        list[str],
        typer.Argument(metavar="DOCUMENT_ID", help="Ids of documents, or SOURCEs of facts."),
    ],
    as_json: AsJson = False,
) -> None:
    """Delete documents, or all facts of a SOURCE; nothing of them is found from then on."""
    from wherefrom.indexes.delete import delete as delete_documents

    report = delete_documents(kb, documents)
    if as_json:
        print_json(asdict(report))
        return
    print_fields(
        f"{kb} (generation {report.generation})",
        {
            "documents deleted": report.documents,
            "passages deleted": report.passages,
            "facts deleted": report.triples,
        },
    )


def compact(kb: KnowledgeBasePath, as_json: AsJson = False) -> None:
    """Free the space of what was deleted."""
    from wherefrom.bars import ProgressBars
    from wherefrom.indexes.compact import compact as compact_knowledge_base

    with ProgressBars() as bars:
        report = compact_knowledge_base(kb, progress=bars)
    if as_json:
        print_json(asdict(report))
        return
    freed = {"passages removed": report.removed_passages, "bytes freed": report.freed_bytes}
    print_fields(f"{kb} (generation {report.generation}, {report.seconds:.1f} s)", freed)


def info(kb: KnowledgeBasePath, as_json: AsJson = False) -> None:
    """Say what a knowledge base holds and what it was made with."""
    from wherefrom.indexes.info import info as describe

    found = describe(kb)
    if as_json:
        print_json(asdict(found))
        return
    print_fields(
        found.path,
        {
            "documents": found.documents,
            "passages": found.passages,
            "deleted passages": found.deleted_passages,
            "facts": found.triples,
            "bytes": found.bytes,
            "unfinished bytes": found.unfinished_bytes,
            "generation": found.generation,
            "segments": found.segments,
            "dense index": found.dense,
            "encoder": f"{found.encoder.reference}, sha256 {found.encoder.weights_sha256[:12]}…",
            "passage": f"{found.max_words} words, {found.overlap_sentences} sentence(s) shared",
            "digest": found.digest,
        }
        | {f"facts of {facts.source}": facts.triples for facts in found.facts}
        | {f"source {source.spec}": source.licence for source in found.sources},
    )


def verify(kb: KnowledgeBasePath, as_json: AsJson = False) -> None:
    """Hash every file and check every law of a knowledge base."""
    from wherefrom.bars import ProgressBars
    from wherefrom.indexes.verify import verify as verify_knowledge_base

    with ProgressBars() as bars:
        report = verify_knowledge_base(kb, progress=bars)
    if as_json:
        print_json(asdict(report))
        return
    looked_at = {
        "files": report.files,
        "bytes": report.bytes,
        "documents": report.documents,
        "passages": report.passages,
        "facts": report.triples,
    }
    print_fields(f"{kb}: nothing wrong ({report.seconds:.1f} s)", looked_at)


def _rules(max_words: int | None, overlap_sentences: int | None) -> "PassageRules | None":
    """Return the rules asked for, None where none were: then the knowledge base's own apply."""
    from wherefrom.kb.passages import PassageRules

    if max_words is None and overlap_sentences is None:
        return None
    default = PassageRules()
    return PassageRules(
        max_words=default.max_words if max_words is None else max_words,
        overlap_sentences=(
            default.overlap_sentences if overlap_sentences is None else overlap_sentences
        ),
    )
