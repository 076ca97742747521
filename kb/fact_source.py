"""Read facts from a SOURCE as it is written on the command line; see `kb.source`.

A new kind of source is a module with a function that yields `Triple`, and one line here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.kb.opening import UTF8_BOM, not_utf8, open_bytes, refuse_binary
from wherefrom.kb.records import Triple
from wherefrom.kb.source import Source, SourceOptions, parse_sources


def read_facts(
    spec: str,
    options: SourceOptions = SourceOptions(),  # noqa: B008
) -> Iterator[Triple]:
    """Yield the facts of one SOURCE in its order.

    Raises
    ------
    UsageError
        At once, if the SOURCE is malformed, holds documents, the options do not fit it, or its
        syntax, address or query is not one that can be read.
    RecordError
        While reading, if a record is malformed and ``options.skipped`` is None.
    SourceError
        While reading, if a file is missing, empty, binary, truncated or not UTF-8, or an endpoint
        does not answer; at once, if the file of the query is so.
    """
    (source,) = parse_sources([spec], options)
    return read_parsed_facts(source, options)


def read_parsed_facts(source: Source, options: SourceOptions) -> Iterator[Triple]:
    """Yield the facts of one SOURCE of several that share their options; see `read_facts`."""
    spec, skipped = source.spec, options.skipped
    path = Path(source.location).expanduser()
    match source.scheme:
        case "triples":
            from wherefrom.kb.triples import read_triples

            return read_triples(path, spec, skipped=skipped)
        case "conceptnet":
            return _conceptnet(path, spec, options)
        case "wordnet":
            from wherefrom.kb.wordnet import read_wordnet

            return read_wordnet(path, spec, skipped=skipped)
        case "rdf":
            from wherefrom.kb.rdf import read_rdf

            return read_rdf(path, spec, skipped=skipped)
        case "sparql":
            return _sparql(source, options)
        case "starter" | "jsonl" | "beir" | "files" | "wikipedia" | "hf":
            raise UsageError(f"the source {spec!r} holds documents, not facts")
        case _:
            assert_never(source.scheme)


def _conceptnet(path: Path, spec: str, options: SourceOptions) -> Iterator[Triple]:
    from wherefrom.kb.conceptnet import read_conceptnet

    return read_conceptnet(
        path,
        spec,
        languages=("en",) if options.languages is None else options.languages,
        minimum_weight=0.0 if options.minimum_weight is None else options.minimum_weight,
        skipped=options.skipped,
    )


def _sparql(source: Source, options: SourceOptions) -> Iterator[Triple]:
    if options.construct is None:
        raise UsageError(f"the source {source.spec!r} needs a query (--construct FILE.rq)")
    query = _query(options.construct.expanduser())
    from wherefrom.kb.sparql_endpoint import MOST_TRIPLES, PAGE_TRIPLES, read_sparql

    return read_sparql(
        source.location,
        source.spec,
        construct=query,
        page_triples=PAGE_TRIPLES if options.page_size is None else options.page_size,
        most_triples=MOST_TRIPLES if options.most_facts is None else options.most_facts,
        skipped=options.skipped,
    )


def _query(path: Path) -> str:
    with open_bytes(path) as stream:
        content = stream.read().removeprefix(UTF8_BOM)
    refuse_binary(path, content)
    try:
        query = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: {not_utf8(error)}; save the file as UTF-8") from error
    if not query.strip():
        raise SourceError(f"{path} holds only white space; a CONSTRUCT query is needed")
    return query
