"""Tables of facts: columns in any order, every bad line named; the real tables where at hand."""

import bz2
import gzip
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.records import Triple
from wherefrom.kb.skipped import SkippedRecords
from wherefrom.kb.triples import is_negated, read_triples

SHARED = Path(__file__).parents[3] / "shared" / "data" / "kg"
GOOD = b"bee\tIsA\tinsect\n"
ALSO_GOOD = b"Rome\tcapital of\tItaly\t0.5\n"
BAD_LINES = {
    "found 1 column; a line is head, relation, tail and perhaps weight": b"hello\n",
    "found 1 column (is it separated by commas?)": b"bee,IsA,insect\n",
    "found 2 columns": b"bee\tIsA\n",
    "found 5 columns": b"bee\tIsA\tinsect\t1\t2\n",
    '"head" is empty': b"\tIsA\tinsect\n",
    '"relation" is only white space': b"bee\t \tinsect\n",
    '"tail" is empty': b"bee\tIsA\t\n",
    '"head" is empty; it must hold text': b"\t\t\n",
    '"tail" holds the control character U+0007 at character 6': b"bee\tIsA\tinsect\x07\n",
    "control character U+000D": b"bee\tIsA\tinsect\rwasp\tIsA\n",
    "control character U+0000": b"bee\tIsA\tin\0sect\n",
    "control character U+2028": "bee\tIsA\tin\u2028sect\n".encode(),
    "byte 0xe9 at byte 3 is not UTF-8; save the file as UTF-8": b"caf\xe9\tIsA\tplace\n",
    "\"weight\" is ''; it must be a finite number of at least 0": b"bee\tIsA\tinsect\t\n",
    "\"weight\" is 'much'": b"bee\tIsA\tinsect\tmuch\n",
    "\"weight\" is '-1'": b"bee\tIsA\tinsect\t-1\n",
    "\"weight\" is 'nan'": b"bee\tIsA\tinsect\tnan\n",
    "\"weight\" is 'inf'": b"bee\tIsA\tinsect\tinf\n",
    "\"weight\" is '1e999'": b"bee\tIsA\tinsect\t1e999\n",
    "\"weight\" is '1_0'": b"bee\tIsA\tinsect\t1_0\n",
    "\"weight\" is '1-2'": b"bee\tIsA\tinsect\t1-2\n",
    "\"weight\" is '\u0661'": "bee\tIsA\tinsect\t\u0661\n".encode(),
}


@pytest.fixture
def table(tmp_path):
    """Give a function that writes a table and returns its path."""

    def write(content, name="facts.tsv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def facts(path, skipped=None):
    return [
        (fact.head, fact.relation, fact.tail, fact.weight)
        for fact in read_triples(path, "triples:x", skipped=skipped)
    ]


def test_reads_facts_in_order(table):
    content = b"\xef\xbb\xbf" + GOOD + b"\n \r\n" + ALSO_GOOD.replace(b"\n", b"\r\n")
    path = table(content + b" bee \t NotDesires\tbee")
    assert list(read_triples(path, "triples:x")) == [
        Triple("bee", "IsA", "insect", source="triples:x", place="line 1"),
        Triple("Rome", "capital of", "Italy", 0.5, source="triples:x", place="line 4"),
        Triple("bee", "NotDesires", "bee", negated=True, source="triples:x", place="line 5"),
    ]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress])
def test_a_table_may_be_compressed(table, compress):
    assert facts(table(compress(GOOD), "facts.tsv.gz")) == [("bee", "IsA", "insect", 1.0)]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("head\trelation\ttail", "bee\tIsA\tinsect"),
        ("Head\tRELATION\t Tail ", "bee\tIsA\tinsect"),
        ("subject\tpredicate\tobject", "bee\tIsA\tinsect"),
        ("event\trelation\tinference", "bee\tIsA\tinsect"),
        ("tail\tweight\thead\trelation", "insect\t1\tbee\tIsA"),
        ("property\trelation\tsubject\tobject", "P31\tIsA\tbee\tinsect"),
        ("property\tsubject\tobject", "IsA\tbee\tinsect"),
        ("id\thead\tnote\trelation\ttail\tid", "\tbee\t\x07\tIsA\tinsect\t"),
        ("Gr\xf6\xdfe\thead\trelation\ttail", "7\tbee\tIsA\tinsect"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_first_line_may_name_the_columns(table, header, line, end):
    path = table(end.join(["", header, line, ""]).encode("latin-1"))
    assert facts(path) == [("bee", "IsA", "insect", 1.0)]


def test_a_table_that_only_names_columns_holds_no_facts(table):
    assert facts(table(b"head\trelation\ttail\n")) == []


def test_what_looks_like_names_later_is_a_fact(table):
    path = table(GOOD + b"head\trelation\ttail\n")
    assert facts(path) == [("bee", "IsA", "insect", 1.0), ("head", "relation", "tail", 1.0)]


def test_a_line_must_have_the_columns_that_are_named(table):
    path = table(b"subject\trelation\tobject\tnote\nbee\tIsA\tinsect\n")
    with pytest.raises(
        RecordError,
        match=r"line 2: found 3 columns; the file names 4: subject, relation, object, note$",
    ):
        facts(path)
    path = table(b"subject\trelation\tobject\n\tIsA\tinsect\n")
    with pytest.raises(RecordError, match='line 2: "subject" is empty'):
        facts(path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"head\trelation\tanswer", r"none for the tail; call it tail, object or inference"),
        (b"name\trelation\ttail", r"none for the head; call it head, subject or event"),
        (b"head\trelation\ttail\tTail", "names the column 'tail' more than once"),
        (b"head\thead\trelation\ttail", "names the column 'head' more than once"),
    ],
)
def test_unclear_names_of_columns_are_refused_even_when_skipping(table, header, message):
    path = table(header + b"\n" + GOOD)
    with pytest.raises(RecordError, match=rf"facts\.tsv, line 1 .*{message}"):
        facts(path, SkippedRecords())


def test_names_of_columns_are_found_after_bad_lines(table):
    path = table(b"# made by hand\ntail\trelation\thead\ninsect\tIsA\tbee\n")
    with pytest.raises(RecordError, match="line 1: found 1 column"):
        facts(path)
    skipped = SkippedRecords()
    assert facts(path, skipped) == [("bee", "IsA", "insect", 1.0)]
    assert skipped.count == 1


@pytest.mark.parametrize(("message", "line"), BAD_LINES.items(), ids=range(len(BAD_LINES)))
def test_a_bad_line_is_named_or_skipped(table, message, line):
    path = table(GOOD + line)
    with pytest.raises(RecordError) as caught:
        facts(path)
    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert message in str(caught.value)
    for content in (GOOD + line + ALSO_GOOD, line + GOOD + ALSO_GOOD):
        if b"\0" in content.partition(b"\n")[0]:
            continue  # a zero byte in the first line is a binary file
        reported = []
        skipped = SkippedRecords(report=reported.append)
        read = [("bee", "IsA", "insect", 1.0), ("Rome", "capital of", "Italy", 0.5)]
        assert facts(table(content), skipped) == read
        assert skipped.count == len(reported) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"is empty \(0 bytes\)"),
        ("bee\tIsA".encode("utf-16"), "is UTF-16 text"),
        (b"bee\0", "is binary"),
        (gzip.compress(GOOD * 9999, mtime=0)[:-20], "is truncated"),
    ],
)
def test_what_is_no_text_file_is_refused(table, content, message):
    with pytest.raises(SourceError, match=message):
        facts(table(content), SkippedRecords())


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        facts(tmp_path / "none.tsv")


@pytest.mark.parametrize(
    ("relation", "negated"),
    [
        ("NotCapableOf", True),
        ("/r/NotHasProperty", True),
        ("http://x.org/r#NotIsA", True),
        ("Not", False),
        ("not a", False),
        ("Notify", False),
        ("KNotA", False),
    ],
)
def test_a_relation_may_be_negated(relation, negated):
    assert is_negated(relation) is negated


NAME = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(
    lambda text: text == text.strip()
)


@given(st.lists(st.tuples(NAME, NAME, NAME, st.floats(0, 1e300))), st.permutations(range(4)))
def test_what_was_written_is_read(tmp_path_factory, rows, order):
    names = ("head", "relation", "tail", "weight")
    path = tmp_path_factory.mktemp("facts") / "facts.tsv"
    lines = ["\t".join(str(row[at]) for at in order) for row in [names, *rows]]
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    assert facts(path) == rows


@given(st.lists(st.sampled_from([b"\t", b"\n", b"\r", b"head", b"relation", b"tail", b"weight"])))
def test_whatever_is_in_a_line_is_read_or_refused(tmp_path_factory, pieces):
    path = tmp_path_factory.mktemp("facts") / "facts.tsv"
    path.write_bytes(b"".join(pieces))
    try:
        read = facts(path, SkippedRecords())
    except SourceError as error:
        assert str(path) in str(error)
    else:
        assert all(part.strip() for *parts, _ in read for part in parts)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
@pytest.mark.parametrize(
    ("name", "count", "first", "negated"),
    [
        ("conceptnet100k.tsv", 100_000, ("hockey", "ReceivesAction", "play on ice", 1.0), 3_293),
        (
            "atomic_valid.tsv",
            66_493,
            ("personx plays a ___ in the war", "xintent", "to participate", 1.0),
            0,
        ),
        (
            "trex_facts.tsv",
            29_411,
            (
                "president of the French Republic",
                "applies to jurisdiction",
                "France",
                1.0,
            ),
            0,
        ),
        ("wn18rr_text.tsv.gz", 86_835, ("land_reform.n.01", "_hypernym", "reform.n.01", 1.0), 0),
    ],
)
def test_reads_published_tables_whole(name, count, first, negated):
    started = time.process_time()
    found = list(read_triples(SHARED / name, "triples:x"))
    assert time.process_time() - started < 3
    assert len(found) == count
    assert sum(fact.negated for fact in found) == negated
    fact = found[0]
    assert (fact.head, fact.relation, fact.tail, fact.weight) == first


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
@pytest.mark.parametrize("name", ["fb15k237_entities.tsv", "fb15k237_relations.tsv"])
def test_a_table_of_something_else_is_refused(name):
    with pytest.raises(RecordError, match=r"line 1: found \d columns; a line is head"):
        facts(SHARED / name)
