"""Say under which licence the content of a source stands."""

from collections.abc import Iterable

from wherefrom.kb.manifest import SourceRecord

WIKIPEDIA = "CC BY-SA 4.0"
UNKNOWN = "unknown"
_KNOWN = {  # by scheme
    "starter": WIKIPEDIA,
    "wikipedia": WIKIPEDIA,
    "conceptnet": "CC BY-SA 4.0",
    "wordnet": "WordNet licence",
}


def described_sources(
    specs: Iterable[str], known: Iterable[SourceRecord], licence: str | None
) -> tuple[SourceRecord, ...]:
    """Return the sources of a knowledge base with those of a build, each once.

    Parameters
    ----------
    specs
        The sources of the build, as written on the command line.
    known
        What the knowledge base says of its sources so far.
    licence
        Of the sources of the build that do not tell it themselves, as the caller gave it.

    Examples
    --------
    >>> described_sources(["starter", "jsonl:a.jsonl"], [], "MIT")[1]
    SourceRecord(spec='jsonl:a.jsonl', licence='MIT')
    """
    licences = {record.spec: record.licence for record in known}
    for spec in specs:
        given = _KNOWN.get(spec.partition(":")[0], licence)
        if given is not None or spec not in licences:
            licences[spec] = given or UNKNOWN
    return tuple(SourceRecord(spec, text) for spec, text in licences.items())
