"""ConceptNet's assertions: languages, weights, addresses; every malformed line named."""

import gzip
import json

import pytest

from wherefrom.kb.conceptnet import ANY_URI, read_conceptnet
from wherefrom.kb.errors import RecordError, SourceError, UsageError
from wherefrom.kb.records import Triple
from wherefrom.kb.skipped import SkippedRecords


def line(relation, start, end, weight=1.0):
    about = {"dataset": "/d/conceptnet/4/en", "license": "cc:by/4.0", "weight": weight}
    return f"/a/[{relation}/,{start}/,{end}/]\t{relation}\t{start}\t{end}\t{json.dumps(about)}\n"


GOOD = line("/r/IsA", "/c/en/ice_cream/n/wn/food", "/c/en/dessert")
ALSO_GOOD = line("/r/UsedFor", "/c/en/spoon", "/c/en/eat_ice_cream", 2.828)
GERMAN = line("/r/IsA", "/c/de/eis/n", "/c/de/nachtisch", 0.5)
ABOUT = '{"weight": 1.0}'
BAD_LINES = {
    "found 1 column; a line is /a/[…], /r/RELATION": "hello",
    "found 4 columns": "/a/1\t/r/IsA\t/c/en/a\t/c/en/b",
    "found 6 columns": f"/a/1\t/r/IsA\t/c/en/a\t/c/en/b\t{ABOUT}\t",
    "the assertion is a string ('uri')": f"uri\t/r/IsA\t/c/en/a\t/c/en/b\t{ABOUT}",
    "the relation is a string ('IsA')": f"/a/1\tIsA\t/c/en/a\t/c/en/b\t{ABOUT}",
    '"relation" is empty': f"/a/1\t/r/\t/c/en/a\t/c/en/b\t{ABOUT}",
    "the start is a string ('bee')": f"/a/1\t/r/IsA\tbee\t/c/en/b\t{ABOUT}",
    "the start is a string ('/c/en')": f"/a/1\t/r/IsA\t/c/en\t/c/en/b\t{ABOUT}",
    "the end is a string ('/c/en/')": f"/a/1\t/r/IsA\t/c/en/a\t/c/en/\t{ABOUT}",
    "the end is a string ('http://b.org')": f"/a/1\t/r/IsA\t/c/en/a\thttp://b.org\t{ABOUT}",
    "the end of /r/ExternalURL is": f"/a/1\t/r/ExternalURL\t/c/en/a\t/c/en/b\t{ABOUT}",
    '"end" is empty': f"/a/1\t/r/IsA\t/c/en/a\t/c/en/_\t{ABOUT}",
    "the start 'caf%E9' is not UTF-8": f"/a/1\t/r/IsA\t/c/en/caf%E9\t/c/en/b\t{ABOUT}",
    '"start" holds the control character U+0007': f"/a/1\t/r/IsA\t/c/en/a%07\t/c/en/b\t{ABOUT}",
    "the last column is not JSON": '/a/1\t/r/IsA\t/c/en/a\t/c/en/b\t{"weight":',
    "recursion": "/a/1\t/r/IsA\t/c/en/a\t/c/en/b\t" + "[" * 100_000,
    "the last column is a list ([1.0])": "/a/1\t/r/IsA\t/c/en/a\t/c/en/b\t[1]",
    'no "weight" (found dataset)': '/a/1\t/r/IsA\t/c/en/a\t/c/en/b\t{"dataset": "x"}',
    '"weight" is a string': '/a/1\t/r/IsA\t/c/en/a\t/c/en/b\t{"weight": "1"}',
    '"weight" is a boolean': '/a/1\t/r/IsA\t/c/en/a\t/c/en/b\t{"weight": true}',
    '"weight" is a number (-1.0)': '/a/1\t/r/IsA\t/c/en/a\t/c/en/b\t{"weight": -1}',
    '"weight" is a number (nan)': '/a/1\t/r/IsA\t/c/en/a\t/c/en/b\t{"weight": NaN}',
    '"weight" is a number (inf)': f'/a/1\t/r/IsA\t/c/en/a\t/c/en/b\t{{"weight": {"9" * 5000}}}',
}


@pytest.fixture
def assertions(tmp_path):
    """Give a function that writes assertions and returns their path."""

    def write(content, name="assertions.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def facts(path, **options):
    return [
        (fact.head, fact.relation, fact.tail, fact.weight)
        for fact in read_conceptnet(path, "conceptnet:x", **options)
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_reads_assertions_in_order(assertions, packed):
    content = (GOOD + GERMAN + "\n" + ALSO_GOOD.replace("\n", "\r\n")).encode()
    path = assertions(gzip.compress(content) if packed else content)
    assert list(read_conceptnet(path, "conceptnet:x")) == [
        Triple(
            "ice cream",
            "IsA",
            "dessert",
            head_iri="http://conceptnet.io/c/en/ice_cream/n/wn/food",
            relation_iri="http://conceptnet.io/r/IsA",
            tail_iri="http://conceptnet.io/c/en/dessert",
            source="conceptnet:x",
            place="line 1",
        ),
        Triple(
            "spoon",
            "UsedFor",
            "eat ice cream",
            2.828,
            head_iri="http://conceptnet.io/c/en/spoon",
            relation_iri="http://conceptnet.io/r/UsedFor",
            tail_iri="http://conceptnet.io/c/en/eat_ice_cream",
            source="conceptnet:x",
            place="line 4",
        ),
    ]


def test_both_ends_must_be_in_the_languages(assertions):
    across = line("/r/Synonym", "/c/de/eis/n", "/c/en/ice_cream")
    path = assertions(GOOD + GERMAN + across + line("/r/IsA", "/c/roa-opt/gato", "/c/roa-opt/a"))
    german = ("eis", "IsA", "nachtisch", 0.5)
    assert facts(path, languages=("de",)) == [german]
    assert facts(path, languages=("en", "de")) == [
        ("ice cream", "IsA", "dessert", 1.0),
        german,
        ("eis", "Synonym", "ice cream", 1.0),
    ]
    assert facts(path, languages=("tlh",)) == []


def test_light_assertions_are_left_out(assertions):
    path = assertions(GOOD + ALSO_GOOD)
    assert [weight for *_, weight in facts(path, minimum_weight=1.0)] == [1.0, 2.828]
    assert [weight for *_, weight in facts(path, minimum_weight=1.1)] == [2.828]


def test_an_address_elsewhere_is_a_literal(assertions):
    address = "http://dbpedia.org/resource/Ice_cream"
    (fact,) = read_conceptnet(
        assertions(
            line("/r/ExternalURL", "/c/en/ice_cream", address)
            + line("/r/ExternalURL", "/c/de/eis", "http://de.dbpedia.org/resource/Eis")
        ),
        "conceptnet:x",
    )
    assert (fact.head, fact.relation, fact.tail) == ("ice cream", "ExternalURL", address)
    assert (fact.literal, fact.datatype, fact.tail_iri) == (True, ANY_URI, "")


def test_relations_of_dbpedia_keep_their_local_name(assertions):
    path = assertions(line("/r/dbpedia/genre", "/c/en/abba/n", "/c/en/pop_music"))
    (fact,) = read_conceptnet(path, "conceptnet:x")
    assert (fact.head, fact.relation, fact.tail) == ("abba", "genre", "pop music")
    assert fact.relation_iri == "http://conceptnet.io/r/dbpedia/genre"


def test_negated_relations_percent_signs_and_loops(assertions):
    path = assertions(
        line("/r/NotDesires", "/c/en/person", "/c/en/100%25_tax")
        + line("/r/RelatedTo", "/c/en/a", "/c/en/a")
        + line("/r/RelatedTo", "/c/en/café", "/c/en/caf%C3%A9")
    )
    found = list(read_conceptnet(path, "conceptnet:x"))
    assert [(fact.head, fact.tail, fact.negated) for fact in found] == [
        ("person", "100% tax", True),
        ("a", "a", False),
        ("café", "café", False),
    ]


@pytest.mark.parametrize(("message", "bad"), BAD_LINES.items(), ids=range(len(BAD_LINES)))
def test_a_bad_line_is_named_or_skipped(assertions, message, bad):
    path = assertions(GOOD + bad)
    with pytest.raises(RecordError) as caught:
        facts(path)
    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert message in str(caught.value)
    skipped = SkippedRecords()
    assert len(facts(assertions(GOOD + bad + "\n" + ALSO_GOOD), skipped=skipped)) == 2
    assert skipped.count == 1


def test_a_line_in_another_encoding_is_named(assertions):
    path = assertions(GOOD.encode() + line("/r/IsA", "/c/en/café", "/c/en/b").encode("latin-1"))
    with pytest.raises(RecordError, match="line 2: byte 0xe9 at byte 21 is not UTF-8"):
        facts(path)


@pytest.mark.parametrize(
    ("languages", "message"),
    [
        ((), "no language was given; name at least one, such as en, fr, de"),
        (("english",), r"'english' is no code of two or three small letters, such as en, fr,"),
        (("en", "EN"), r"'EN' .* \(did you mean en\?\)"),
        (("zh-cn",), r"'zh-cn' .* \(did you mean zh\?\)"),
        (("",), "the language '' is no code"),
    ],
)
def test_a_malformed_language_is_refused_at_once(tmp_path, languages, message):
    with pytest.raises(UsageError, match=message):
        read_conceptnet(tmp_path / "none", "conceptnet:x", languages=languages)


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_least_weight_that_is_none_is_refused_at_once(tmp_path, weight):
    with pytest.raises(UsageError, match=rf"the least weight is {weight}; it must be a finite"):
        read_conceptnet(tmp_path / "none", "conceptnet:x", minimum_weight=weight)


def test_what_is_no_text_file_is_refused(assertions, tmp_path):
    with pytest.raises(SourceError, match="is truncated"):
        facts(assertions(gzip.compress(GOOD.encode() * 9999)[:-20]), skipped=SkippedRecords())
    with pytest.raises(SourceError, match="does not exist"):
        facts(tmp_path / "none.csv")
