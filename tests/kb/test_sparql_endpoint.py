"""An endpoint is read to its end, or the reading stops and says why; it never goes on for ever."""

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import rdflib

from wherefrom.kb.errors import RecordError, SourceError, UsageError
from wherefrom.kb.skipped import SkippedRecords
from wherefrom.kb.sparql_endpoint import read_sparql

E = "http://example.org/"
QUERY = "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c } ORDER BY ?c ?a"
LINE = f'<{E}owl_%d> <{E}number> "%d" .\n'


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr("wherefrom.kb.web_attempts.FIRST_WAIT_SECONDS", 0.01)


@pytest.fixture
def graph():
    made = rdflib.Graph()
    for number in range(25):
        owl = rdflib.URIRef(f"{E}owl_{number}")
        made.add((owl, rdflib.URIRef(f"{E}number"), rdflib.Literal(f"{number:02}")))
    return made


def facts(url, **options):
    options = {"page_triples": 10, "timeout_seconds": 5.0} | options
    return list(read_sparql(url, "sparql:x", construct=options.pop("construct", QUERY), **options))


def window(asked):
    """Return the LIMIT and the OFFSET of the query that was asked."""
    words = asked.form["query"][0].split()
    return int(words[words.index("LIMIT") + 1]), int(words[words.index("OFFSET") + 1])


def pages(*bodies, **reply):
    """Answer with a body for each page, and with an empty one after them."""

    def answer(asked):
        limit, offset = window(asked)
        page = offset // limit
        asked.reply(bodies[page] if page < len(bodies) else "", **reply)

    return answer


@pytest.mark.parametrize(
    ("media_type", "syntax"),
    [
        ("application/n-triples", "nt"),
        ("text/plain;charset=utf-8", "nt"),
        ("text/turtle", "turtle"),
        ("application/rdf+xml", "xml"),
    ],
)
def test_all_pages_of_a_real_query_are_read(serve, graph, media_type, syntax):
    windows = []

    def answer(asked):
        windows.append(window(asked))
        found = graph.query(asked.form["query"][0]).graph
        asked.reply(found.serialize(format=syntax, encoding="utf-8"), media_type)

    url = serve(answer)
    found = facts(url)
    assert {(one.head, one.relation, one.tail) for one in found} == {
        (f"owl {number}", "number", f"{number:02}") for number in range(25)
    }
    assert len(found) == 25
    assert windows == [(10, 0), (10, 10), (10, 20), (10, 30), (10, 21)]  # the last: is it all?
    assert found[0].source == "sparql:x"
    assert found[0].place == found[0].head_iri
    assert facts(url, construct=f"CONSTRUCT {{ ?a ?b 1 }} WHERE {{ ?a ?b ?c . ?c ?b {E!r} }}") == []


def test_a_label_means_a_node_of_its_page_only(serve):
    first, second = (f'_:b <{E}number> "{number}" .\n' for number in (1, 2))
    found = facts(serve(pages(first, second)))
    assert [one.head for one in found] == ["_:page1.1", "_:page2.1"]


def test_negative_assertions_come_at_the_end(serve):
    owl = "http://www.w3.org/2002/07/owl#"
    turtle = (
        f"[] a <{owl}NegativePropertyAssertion> ; <{owl}sourceIndividual> <{E}owl> ; "
        f"<{owl}assertionProperty> <{E}eats> ; <{owl}targetIndividual> <{E}bread> ."
    )
    found = facts(serve(pages(turtle, f"<{E}owl> <{E}eats> <mouse> .", media_type="text/turtle")))
    assert [(one.tail, one.negated) for one in found] == [("mouse", False), ("bread", True)]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(serve, status):
    asked_so_far = []

    def answer(asked):
        asked_so_far.append(window(asked))
        if len(asked_so_far) <= 2:
            asked.reply("come back", "text/plain", status, Retry_After="0")
        else:
            pages(LINE % (1, 1))(asked)

    assert [one.tail for one in facts(serve(answer))] == ["1"]
    assert asked_so_far == [(10, 0), (10, 0), (10, 0), (10, 10), (10, 1)]


def test_a_server_is_waited_for_as_long_as_it_asks_but_not_for_ever(serve, monkeypatch):
    waits = []
    monkeypatch.setattr("wherefrom.kb.web_attempts.time.sleep", waits.append)
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    late = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    for wanted in ("7", soon, "soon", "", "-5"):
        url = serve(lambda asked, after=wanted: asked.reply("busy", status=503, Retry_After=after))
        with pytest.raises(SourceError, match="did not give page 1 in 2 attempts: status 503"):
            facts(url, attempts=2)
    assert waits == [7.0, pytest.approx(29, abs=3), 0.01, 0.01, 0.01]
    for wanted in ("3600", late):
        url = serve(lambda asked, after=wanted: asked.reply("busy", status=429, Retry_After=after))
        with pytest.raises(SourceError, match=r"asks to come back in 3[56]\d\d seconds"):
            facts(url)
    assert len(waits) == 5


def test_waits_double(serve, monkeypatch):
    waits = []
    monkeypatch.setattr("wherefrom.kb.web_attempts.time.sleep", waits.append)
    with pytest.raises(SourceError, match="in 4 attempts"):
        facts(serve(lambda asked: asked.reply(status=500)), attempts=4)
    assert waits == [0.01, 0.02, 0.04]


@pytest.mark.parametrize("status", [204, 206, 304, 400, 401, 404, 405])
def test_a_refusal_is_told_with_the_first_line_and_not_repeated(serve, status):
    seen = []

    def answer(asked):
        seen.append(status)
        asked.reply("\n  Virtuoso 37000 Error: syntax \nmore", "text/plain", status)

    message = "" if status in (204, 304) else "'Virtuoso 37000 Error: syntax'"
    with pytest.raises(SourceError, match=f"refused page 1: status {status}, {message}"):
        facts(serve(answer))
    assert len(seen) == 1


def test_a_server_that_hangs_is_given_up(serve):
    began = time.monotonic()
    url = serve(lambda asked: asked.stopped.wait(10))
    with pytest.raises(SourceError, match=r"2 attempts: no complete answer within 0\.2 seconds"):
        facts(url, timeout_seconds=0.2, attempts=2)
    assert time.monotonic() - began < 2


def test_a_server_that_drips_for_ever_is_given_up(serve):
    def answer(asked):
        asked.send_response(200)
        asked.send_header("Content-Type", "application/n-triples")
        asked.end_headers()
        try:
            while not asked.stopped.wait(0.02):
                asked.wfile.write((LINE % (1, 1)).encode())
        except OSError:  # the other side has gone
            pass

    began = time.monotonic()
    with pytest.raises(SourceError, match="1 attempt: no complete answer within"):
        facts(serve(answer), timeout_seconds=0.3, attempts=1)
    assert time.monotonic() - began < 2


def test_an_answer_that_ends_early_is_asked_for_again(serve):
    seen = []

    def answer(asked):
        seen.append(window(asked))
        more = {"Content_Length": "1000"} if len(seen) == 1 else {}
        pages(LINE % (1, 1), **more)(asked)

    assert len(facts(serve(answer))) == 1
    assert seen == [(10, 0), (10, 0), (10, 10), (10, 1)]


def test_a_server_that_is_not_there_is_an_error(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        with pytest.raises(SourceError, match="in 3 attempts: Connection refused"):
            facts(url)


def test_an_endpoint_that_ignores_offset_is_found_out(serve):
    def answer(asked):  # the order and the labels of nodes change
        lines = [LINE % (number, number) for number in range(10)]
        lines.append(f"_:b{window(asked)[1]} <{E}p> <{E}q> .\n")
        asked.reply("".join(lines if window(asked)[1] else reversed(lines)))

    reading = read_sparql(serve(answer), "sparql:x", construct=QUERY, page_triples=10)
    assert len([next(reading) for _ in range(11)]) == 11
    with pytest.raises(SourceError, match=r"page 2 of http.* repeats page 1: the endpoint ignores"):
        next(reading)


def test_pages_that_come_back_later_are_found_out(serve):
    bodies = [LINE % (1, 1), LINE % (2, 2)] * 3
    with pytest.raises(SourceError, match=r"page 3 of .* repeats page 1"):
        facts(serve(pages(*bodies)))


def test_an_endpoint_that_cuts_its_pages_without_saying_so_is_found_out(serve, graph):
    def answer(asked):  # four rows a page, whatever was asked for
        limit, _ = window(asked)
        query = asked.form["query"][0].replace(f"LIMIT {limit}", "LIMIT 4")
        asked.reply(graph.query(query).graph.serialize(format="nt", encoding="utf-8"))

    url = serve(answer)
    with pytest.raises(
        SourceError,
        match=r"gives 4 facts a page, though asked for 10 .*smaller pages \(--page-size 4\)",
    ):
        facts(url)
    assert len(facts(url, page_triples=4)) == 25


def test_an_endpoint_with_new_facts_for_ever_is_given_up(serve):
    def answer(asked):
        limit, offset = window(asked)
        asked.reply("".join(LINE % (at, at) for at in range(offset, offset + limit)))

    with pytest.raises(
        SourceError, match=r"has more than 50 facts, and goes on; .*allow more with --most-facts"
    ):
        facts(serve(answer), most_triples=50)


def test_an_endpoint_that_never_ends_is_given_up(serve, monkeypatch):
    monkeypatch.setattr("wherefrom.kb.sparql_endpoint.MOST_PAGES", 5)
    seen = []

    def answer(asked):
        seen.append(window(asked))
        asked.reply(LINE % (len(seen), len(seen)))

    with pytest.raises(
        SourceError, match=r"has more than 5 pages of 10; ask for larger pages \(--page-size\)"
    ):
        facts(serve(answer))
    assert len(seen) == 5


@pytest.mark.parametrize(
    ("media_type", "message"),
    [
        ("text/html; charset=utf-8", "is text/html, not RDF .*it begins '<!DOCTYPE html>'"),
        ("", "is of no named type, not RDF"),
        ("application/sparql-results+json", r"is application/sparql-results\+json, not RDF"),
    ],
)
def test_an_answer_that_is_no_rdf_is_refused(serve, media_type, message):
    with pytest.raises(SourceError, match=message):
        facts(serve(pages("\n<!DOCTYPE html>\n<p>Log in", media_type=media_type)))


def test_html_that_is_called_rdf_is_refused_with_its_line(serve):
    page = "<!DOCTYPE html>\n<p>Log in"
    for media_type in ("text/turtle", "application/rdf+xml", "application/n-triples"):
        with pytest.raises(SourceError, match=r"page 1 of http://.*, line [12]: "):
            facts(serve(pages(page, media_type=media_type)))


def test_bad_lines_are_named_or_skipped(serve):
    url = serve(pages("nonsense\n" + LINE % (1, 1), "nonsense\n", LINE % (2, 2)))
    with pytest.raises(RecordError, match=r"page 1 of http://.*, line 1: "):
        facts(url)
    skipped = SkippedRecords()
    assert [one.tail for one in facts(url, skipped=skipped)] == ["1", "2"]  # page 2 is not the end
    assert skipped.count == 2


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"X_SPARQL_MaxRows": "5"}, "cuts its answers at 5 rows, but was asked for 10"),
        ({"X_SQL_State": "S1TAT", "X_SQL_Message": "timed out"}, "only in part: timed out"),
    ],
)
def test_an_answer_that_leaves_something_out_is_refused(serve, headers, message):
    with pytest.raises(SourceError, match=message):
        facts(serve(pages(LINE % (1, 1), **headers)))


def test_a_limit_above_the_page_leaves_nothing_out(serve):
    assert len(facts(serve(pages(LINE % (1, 1), X_SPARQL_MaxRows="10")))) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"endpoint": "example.org/sparql"}, "did you mean https://example.org/sparql"),
        ({"construct": "SELECT * { ?a ?b ?c }"}, "the query is SELECT"),
        ({"construct": QUERY + " LIMIT 5"}, "LIMIT or OFFSET"),
        ({"page_triples": 0}, "page_triples must be at least 1, got 0"),
        ({"timeout_seconds": 0.0}, "timeout_seconds must be positive, got 0"),
        ({"timeout_seconds": float("nan")}, "timeout_seconds must be positive, got nan"),
        ({"attempts": 0}, "attempts must be at least 1, got 0"),
    ],
)
def test_wrong_use_is_refused_at_once(options, message):
    given = {"endpoint": "http://127.0.0.1:9/", "construct": QUERY} | options
    endpoint = given.pop("endpoint")
    with pytest.raises(UsageError, match=message):
        read_sparql(endpoint, "sparql:x", **given)
