"""Read facts from ConceptNet's assertions, plain or gzipped (`conceptnet-assertions-5.7.0.csv.gz`).

Source: Speer, Chin and Havasi, "ConceptNet 5.5: An Open Multilingual Graph of General Knowledge",
AAAI 2017, arXiv:1612.03975; https://github.com/commonsense/conceptnet5/wiki/Downloads.

A line holds, separated by tabs, the URI of the assertion, of its relation, of its start and of its
end, and a JSON object with its weight. `/c/en/ice_cream/n/wn/food` reads "ice cream"; the whole URI
stays beside it as an IRI. Most of the lines join languages that nobody asked for: these are passed
over once their ends are known, so that nothing else is checked in them.
"""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from wherefrom.kb.errors import RecordError, UsageError
from wherefrom.kb.found import Place, checked, shown
from wherefrom.kb.opening import not_utf8, read_lines
from wherefrom.kb.records import Triple
from wherefrom.kb.skipped import SkippedRecords, refuse
from wherefrom.kb.triples import is_negated

SITE = "http://conceptnet.io"
ANY_URI = "http://www.w3.org/2001/XMLSchema#anyURI"
_EXTERNAL = "/r/ExternalURL"  # its end is a page elsewhere (DBpedia, Wiktionary, …), not a concept
_COLUMNS = 5
_ALLOWED = (
    "a line is /a/[…], /r/RELATION, /c/LANGUAGE/TERM, /c/LANGUAGE/TERM and "
    '{"weight": …}, separated by tabs'
)
_CONCEPT = re.compile("/c/([^/]+)/([^/]+)(?:/.*)?")
_LANGUAGE = re.compile("[a-z]{2,3}")
_LANGUAGES = "en, fr, de, it, es, ru, pt, ja, zh or nl"  # ConceptNet's core languages


def read_conceptnet(
    path: Path,
    source: str,
    *,
    languages: tuple[str, ...] = ("en",),
    minimum_weight: float = 0.0,
    skipped: SkippedRecords | None = None,
) -> Iterator[Triple]:
    """Yield the assertions between concepts of some languages, in the order of the file.

    An assertion of `/r/ExternalURL` becomes a literal, the address of a page about its start.

    Parameters
    ----------
    languages
        ISO 639 codes, as ConceptNet writes them. Both ends must be in one of these languages, not
        necessarily the same one.
    minimum_weight
        Assertions of less weight are left out. What one source states mostly has the weight 1, and
        what several state a greater one. Dimensionless.

    Raises
    ------
    UsageError
        At once, if a language is not two or three letters, none is given, or the weight is not a
        finite number of at least 0.
    RecordError
        While reading, if a line is not UTF-8 or no assertion, and `skipped` is None.
    SourceError
        While reading, if the file is missing, empty, binary or truncated.
    """
    if not languages:
        raise UsageError(f"no language was given; name at least one, such as {_LANGUAGES}")
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            raise _malformed_language(language)
    if not (math.isfinite(minimum_weight) and minimum_weight >= 0):
        raise UsageError(
            f"the least weight is {minimum_weight}; it must be a finite number of at least 0"
        )
    return _assertions(path, source, frozenset(languages), minimum_weight, skipped)


def _assertions(
    path: Path,
    source: str,
    languages: frozenset[str],
    minimum_weight: float,
    skipped: SkippedRecords | None,
) -> Iterator[Triple]:
    for number, line in read_lines(path):
        if line.isspace():
            continue
        place = Place(str(path), f"line {number}")
        try:
            triple = _triple(place, line, source, languages)
        except RecordError as error:
            refuse(error, skipped)
            continue
        if triple is not None and triple.weight >= minimum_weight:
            yield triple


def _triple(place: Place, line: bytes, source: str, languages: frozenset[str]) -> Triple | None:
    """Make the triple of a line, or None where an end is in no language that was asked for."""
    relation_uri, start, end, about = _columns(place, line)
    external = relation_uri == _EXTERNAL
    head_language, head = _concept(place, "start", start)
    tail_language, tail = (head_language, end) if external else _concept(place, "end", end)
    if head_language not in languages or tail_language not in languages:
        return None
    relation = relation_uri.rpartition("/")[2]  # "/r/dbpedia/genre" says "genre"
    return Triple(
        head=_term(place, "start", head),
        relation=checked(place, "relation", relation, blank_allowed=False),
        tail=_address(place, tail) if external else _term(place, "end", tail),
        weight=_weight(place, about),
        negated=is_negated(relation),
        literal=external,
        head_iri=SITE + start,
        relation_iri=SITE + relation_uri,
        tail_iri="" if external else SITE + end,
        datatype=ANY_URI if external else "",
        source=source,
        place=place.spot,
    )


def _columns(place: Place, line: bytes) -> tuple[str, str, str, str]:
    """Return the relation, start, end and JSON of a line."""
    try:
        columns = line.decode("utf-8").removesuffix("\n").removesuffix("\r").split("\t")
    except UnicodeDecodeError as error:
        raise RecordError(f"{place}: {not_utf8(error)}; is the file damaged?") from error
    if len(columns) != _COLUMNS:
        found = f"{len(columns)} column{'s' if len(columns) != 1 else ''}"
        raise RecordError(f"{place}: found {found}; {_ALLOWED}")
    assertion, relation, start, end, about = columns
    if not assertion.startswith("/a/"):
        raise RecordError(f"{place}: the assertion is {shown(assertion)}; {_ALLOWED}")
    if not relation.startswith("/r/"):
        raise RecordError(f"{place}: the relation is {shown(relation)}; {_ALLOWED}")
    return relation, start, end, about


def _concept(place: Place, which: str, uri: str) -> tuple[str, str]:
    """Return the language and the term of a concept's URI, the term as it is written there."""
    match = _CONCEPT.fullmatch(uri)
    if match is None:
        raise RecordError(f"{place}: the {which} is {shown(uri)}; {_ALLOWED}")
    return match[1], match[2]


def _term(place: Place, which: str, written: str) -> str:
    """Return a term as people write it."""
    text = written
    if "%" in text:
        try:
            text = unquote(text, errors="strict")
        except UnicodeDecodeError as error:
            raise RecordError(f"{place}: the {which} {written!r} is not UTF-8") from error
    return checked(place, which, text.replace("_", " ").strip(), blank_allowed=False)


def _address(place: Place, end: str) -> str:
    if "://" not in end:
        raise RecordError(f"{place}: the end of {_EXTERNAL} is {shown(end)}; it must be an address")
    return checked(place, "end", end, blank_allowed=False)


def _weight(place: Place, about: str) -> float:
    try:
        found = json.loads(about, parse_int=float)  # a whole number may be too long for an int
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{place}: the last column is not JSON: {error}; {_ALLOWED}") from error
    if not isinstance(found, dict):
        raise RecordError(f"{place}: the last column is {shown(found)}; {_ALLOWED}")
    if "weight" not in found:
        keys = ", ".join(sorted(found)[:10]) or "no keys"
        raise RecordError(f'{place}: there is no "weight" (found {keys}); {_ALLOWED}')
    weight = found["weight"]
    if not isinstance(weight, float) or not math.isfinite(weight) or weight < 0:
        raise RecordError(
            f'{place}: "weight" is {shown(weight)}; it must be a finite number of at least 0'
        )
    return weight


def _malformed_language(language: str) -> UsageError:
    near = re.split("[-_]", language.strip().lower())[0]
    hint = f" (did you mean {near}?)" if _LANGUAGE.fullmatch(near) else ""
    return UsageError(
        f"the language {language!r} is no code of two or three small letters, "
        f"such as {_LANGUAGES}{hint}"
    )
