"""The commands that show and hand on the graph; each calls one method of the opened one."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from wherefrom.options import AsJson, KnowledgeBasePath, decimal_number, whole_number
from wherefrom.printing import message, print_fields, print_json, print_text


def graph(
    kb: KnowledgeBasePath,
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Its name, or its IRI.")],
    depth: Annotated[
        int,
        typer.Option(metavar="N", parser=whole_number, help="How far from it to go."),
    ] = 1,
    most: Annotated[
        int,
        typer.Option(metavar="N", parser=whole_number, help="How many of each kind to show."),
    ] = 30,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw it as well, into FILE.svg or FILE.html."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what stands around an entity: what names it, what it names, and facts."""
    from wherefrom.drawing import drawing_of
    from wherefrom.graph_text import neighbourhood_json, neighbourhood_text
    from wherefrom.opened import KnowledgeBase
    from wherefrom.svg import check_drawing_name, write_drawing

    if out is not None:
        check_drawing_name(out)
    found = KnowledgeBase.open(kb).neighbourhood(entity, depth=depth, most=most)
    if found.others:
        meant, others = found.entities[0].name, ", ".join(found.others)
        message(f"{entity!r} is taken for {meant}; it may also mean {others}")
    if out is not None:
        write_drawing(drawing_of(found), out)
        message(f"drawn in {out}")
    if as_json:
        print_json(neighbourhood_json(found))
    else:
        print_text(neighbourhood_text(found))


def export(
    kb: KnowledgeBasePath,
    rdf: Annotated[
        Path, typer.Option(metavar="FILE", help="N-Quads: its name ends in .nq or .nq.gz.")
    ],
    as_json: AsJson = False,
) -> None:
    """Write entities, passages, mentions and facts with their provenance as RDF."""
    from wherefrom.bars import ProgressBars
    from wherefrom.opened import KnowledgeBase

    with ProgressBars() as bars:
        report = KnowledgeBase.open(kb).export_rdf(rdf, progress=bars)
    if as_json:
        print_json(asdict(report))
        return
    print_fields(f"{rdf} ({report.seconds:.1f} s)", {"quads": report.quads, "bytes": report.bytes})


def sparql(
    kb: KnowledgeBasePath,
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help="SPARQL, or @FILE for what is in a file.")
    ],
    timeout_seconds: Annotated[
        float,
        typer.Option(metavar="X", parser=decimal_number, help="How long the query may take."),
    ] = 60.0,
    as_json: AsJson = False,
) -> None:
    """Answer a SPARQL query over entities, passages, mentions and facts."""
    from wherefrom.bars import ProgressBars
    from wherefrom.opened import KnowledgeBase
    from wherefrom.sparql_text import sparql_json, sparql_text

    asked = _written(query)
    with ProgressBars() as bars:
        found = KnowledgeBase.open(kb).sparql(asked, seconds=timeout_seconds, progress=bars)
    if as_json:
        print_json(sparql_json(found))
    else:
        sys.stdout.write(sparql_text(found))


def _written(query: str) -> str:
    """Return the query itself, or what stands in the file that is named after an @.

    Raises
    ------
    UsageError
        If the file cannot be read, or is no text in UTF-8.
    """
    from wherefrom.kb.errors import UsageError

    if not query.startswith("@"):
        return query
    path = Path(query[1:])
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the query in {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the query in {path} is no text in UTF-8: {error}") from error
