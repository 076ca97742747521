"""WordNet: a dictionary of a few synsets written here, and the real one where it is installed."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.records import Triple
from wherefrom.kb.skipped import SkippedRecords
from wherefrom.kb.wordnet import RELATIONS, read_wordnet

REAL = Path("/usr/share/wordnet")  # Debian's package wordnet-base
WN18RR = Path(__file__).parents[3] / "shared" / "data" / "kg" / "wn18rr_text_test.tsv"
HEAD = "  1 This licence is set in by two spaces.  \n"
FILES = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}
LETTERS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
# key: part of speech, lemmas, pointers (symbol, key, numbers of the two lemmas or 0), gloss
SYNSETS = {
    "animal": ("n", "animal beast", "~ dog 0 0", 'a living being; "animals live"'),
    "dog": (
        "n",
        "dog domestic_dog Canis_familiaris",
        "@ animal 0 0, %p tail 0 0, ~i Fido 0 0, + chase 1 2, + chase 2 2",
        'a friend of man; barks; "the dog barked"',
    ),
    "Fido": ("n", "Fido", "@i dog 0 0, ;u euphemism 1 1", '"only an example"'),
    "tail": ("n", "tail", "#p dog 0 0", "what wags"),
    "wag": ("n", "dog", "", "an amusing man"),
    "euphemism": ("n", "euphemism", "-u Fido 1 1", "a kind word"),
    "chase": ("v", "chase dog", "+ dog 2 1, + dog 2 2, * go 0 0, $ go 0 0", "go after"),
    "go": ("v", "go", "> dead 0 0", "move"),
    "dead": ("a", "dead(p)", "! alive 1 1, & asleep 0 0", "not living"),
    "alive": ("a", "alive", "! dead 1 1, = animal 0 0", "living"),
    "asleep": ("a", "asleep", "^ dead 0 0", "sleeping"),
    "at rest": ("s", "asleep at_rest", "& dead 0 0, ;c animal 0 0", "kindly for dead"),
    "dully": ("r", "dully", "\\ dead 1 1, ;r animal 0 0", "without life"),
}
VERB_FRAMES = " 01 + 08 00"


def write_dictionary(folder, synsets=SYNSETS):
    """Write the data and index files of some synsets; return where each begins."""
    folder.mkdir(exist_ok=True)
    places = dict.fromkeys(synsets, 0)
    places = {key: place for key, place, _ in placed_lines(synsets, places)}
    contents = dict.fromkeys(FILES.values(), HEAD)
    senses = defaultdict(list)
    for key, place, line in placed_lines(synsets, places):
        pos, lemmas, _, _ = synsets[key]
        contents[FILES[pos]] += line
        for lemma in lemmas.split():
            senses[FILES[pos], lemma.partition("(")[0].lower()].append(place)
    for part, content in contents.items():
        index = HEAD
        for (of, lemma), found in sorted(senses.items()):
            if of == part:
                offsets = " ".join(f"{place:08d}" for place in found)
                index += f"{lemma} {LETTERS[part]} {len(found)} 1 @ {len(found)} 0 {offsets}  \n"
        (folder / f"data.{part}").write_text(content)
        (folder / f"index.{part}").write_text(index)
    return places


def placed_lines(synsets, places):
    ends = dict.fromkeys(FILES.values(), len(HEAD))
    for key, (pos, lemmas, pointers, gloss) in synsets.items():
        words = "".join(f"{lemma} 0 " for lemma in lemmas.split())
        links = [pointer.split() for pointer in pointers.split(", ") if pointer]
        shown = "".join(
            f" {symbol} {places[to]:08d} {LETTERS[FILES[synsets[to][0]]]} {int(a):02x}{int(b):02x}"
            for symbol, to, a, b in links
        )
        frames = VERB_FRAMES if pos == "v" else ""
        place = ends[FILES[pos]]
        count = len(lemmas.split())
        line = (
            f"{place:08d} 03 {pos} {count:02x} {words}{len(links):03d}{shown}{frames} | {gloss}  \n"
        )
        ends[FILES[pos]] += len(line)
        yield key, place, line


@pytest.fixture
def folder(tmp_path):
    """Give the folder of a small dictionary."""
    write_dictionary(tmp_path / "wn")
    return tmp_path / "wn"


def facts(folder, skipped=None):
    return [
        (fact.head, fact.relation, fact.tail)
        for fact in read_wordnet(folder, "wordnet:x", skipped=skipped)
    ]


def test_a_synset_is_an_entity_with_names_and_a_definition(folder):
    place = f"data.noun, synset {write_dictionary(folder)['dog']:08d}"
    found = [fact for fact in read_wordnet(folder, "wordnet:x") if fact.head == "dog.n.01"]
    stated = [
        ("label", "dog", True),
        ("alias", "domestic dog", True),
        ("alias", "Canis familiaris", True),
        ("definition", "a friend of man; barks", True),
        ("hypernym", "animal.n.01", False),
        ("part_meronym", "tail.n.01", False),
        ("derivationally_related_form", "chase.v.01", False),
    ]
    assert found == [
        Triple("dog.n.01", relation, tail, literal=literal, source="wordnet:x", place=place)
        for relation, tail, literal in stated
    ]


def test_every_relation_is_read_in_one_direction(folder):
    found = [fact for fact in facts(folder) if fact[1] in RELATIONS]
    assert found == [
        ("dog.n.01", "hypernym", "animal.n.01"),
        ("dog.n.01", "part_meronym", "tail.n.01"),
        ("dog.n.01", "derivationally_related_form", "chase.v.01"),
        ("fido.n.01", "instance_hypernym", "dog.n.01"),
        ("fido.n.01", "domain_usage", "euphemism.n.01"),
        ("chase.v.01", "entailment", "go.v.01"),
        ("chase.v.01", "verb_group", "go.v.01"),
        ("chase.v.01", "derivationally_related_form", "dog.n.01"),
        ("go.v.01", "cause", "dead.a.01"),
        ("dead.a.01", "similar_to", "asleep.a.01"),
        ("dead.a.01", "antonym", "alive.a.01"),
        ("alive.a.01", "attribute", "animal.n.01"),
        ("alive.a.01", "antonym", "dead.a.01"),
        ("asleep.a.01", "also_see", "dead.a.01"),
        ("asleep.s.02", "similar_to", "dead.a.01"),
        ("asleep.s.02", "domain_topic", "animal.n.01"),
        ("dully.r.01", "pertainym", "dead.a.01"),
        ("dully.r.01", "domain_region", "animal.n.01"),
    ]


def test_a_synset_without_a_definition_has_none(folder):
    found = [fact for fact in facts(folder) if fact[0] == "fido.n.01"]
    assert "definition" not in {relation for _, relation, _ in found}


def test_nltk_is_left_as_it_was_and_downloads_nothing(folder, monkeypatch):
    import nltk

    def fail(*arguments, **options):
        raise AssertionError("nothing may be downloaded or looked for")

    monkeypatch.setattr(nltk, "download", fail)
    monkeypatch.setattr(nltk.data, "find", fail)
    before = list(nltk.data.path)
    reading = read_wordnet(folder, "wordnet:x")
    next(reading)
    assert nltk.data.path == before
    reading.close()


def test_importing_the_reader_does_not_import_nltk():
    code = "import sys, wherefrom.kb.wordnet; sys.exit('nltk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_relative_folder_a_link_and_odd_names_are_read(folder, monkeypatch):
    expected = facts(folder)
    monkeypatch.chdir(folder.parent)
    Path("link").symlink_to("wn")
    Path("a.zip").mkdir()
    odd = Path("a.zip/wörter 1")
    folder.rename(odd)
    assert facts(odd) == expected
    Path("link").unlink()
    Path("link").symlink_to(odd)
    assert facts(Path("link")) == expected


def replaced(folder, part, old, new):
    path = folder / f"data.{part}"
    content = path.read_bytes()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new))


def test_an_edited_line_puts_all_after_it_out_of_place(folder):
    replaced(folder, "noun", b"what wags", b"what wags, or is wagged")
    skipped = SkippedRecords(report=(reported := []).append)
    found = {head for head, *_ in facts(folder, skipped)}
    assert "tail.n.01" in found and "dog.n.02" not in found
    moved = "the line does not begin with its place in the file"
    messages = ["usage_domains cannot be followed: ", moved, moved]  # Fido, wag, euphemism
    assert all(wanted in str(error) for wanted, error in zip(messages, reported, strict=True))
    with pytest.raises(RecordError, match=messages[0]):
        facts(folder)


def test_a_pointer_of_another_kind_is_passed_over(folder):
    expected = facts(folder)
    replaced(folder, "noun", b"001 #p", b"001 ?p")
    assert facts(folder) == expected


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"| what wags", b"  what wags", "cannot be understood: not enough values"),
        (b"001 #p", b"009 #p", "cannot be understood: the line ends early"),
        (b"01 tail 0", b"01 tail g", "cannot be understood: invalid literal"),
        (b"03 n 01 tail", b"03 n 01 tael", "index.noun does not list it by its first lemma"),
        (b"what wags", b"what w\xe4gs", "byte 0xe4 at byte 55 is not UTF-8"),
        (b"what wags", b"what w\x07gs", '"definition" holds the control character U+0007'),
    ],
)
def test_a_bad_line_is_named_or_skipped(folder, old, new, message):
    place = write_dictionary(folder)["tail"]
    replaced(folder, "noun", old, new)
    skipped = SkippedRecords(report=(reported := []).append)
    found = {head for head, *_ in facts(folder, skipped)}
    assert "tail.n.01" not in found and "animal.n.01" in found
    start = f"{folder}/data.noun, synset {place:08d}: "
    (own,) = (str(error) for error in reported if str(error).startswith(start))
    assert message in own
    with pytest.raises(RecordError, match=r"data\.noun, synset \d{8}: "):
        facts(folder)


def test_a_pointer_that_leads_nowhere_is_named(folder):
    places = write_dictionary(folder)
    old = f"%p {places['tail']:08d}".encode()
    replaced(folder, "noun", old, f"%p {places['tail'] + 1:08d}".encode())
    with pytest.raises(RecordError) as caught:
        facts(folder)
    assert f"synset {places['dog']:08d}: part_meronyms cannot be followed" in str(caught.value)
    assert f"there is no synset {places['tail'] + 1:08d} in data.noun" in str(caught.value)


def test_a_folder_that_is_no_dictionary_is_refused(folder, tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        facts(tmp_path / "none")
    with pytest.raises(SourceError, match="is a file; a folder is needed"):
        facts(folder / "data.noun")
    (tmp_path / "outer").mkdir()
    with pytest.raises(
        SourceError, match=r"no WordNet dictionary: it lacks data\.noun, data\.verb"
    ):
        facts(tmp_path / "outer")
    folder.rename(tmp_path / "outer" / "dict")
    with pytest.raises(SourceError, match=r"index\.adv \(did you mean .*outer/dict\?\)$"):
        facts(tmp_path / "outer")
    (tmp_path / "outer" / "dict" / "index.verb").unlink()
    with pytest.raises(SourceError, match=r"it lacks index\.verb$"):
        facts(tmp_path / "outer" / "dict")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("data.adv", b"", r"data\.adv is empty \(0 bytes\)"),
        ("data.adv", b"\x7fELF\x00", r"data\.adv is binary"),
        ("index.noun", b"dog n 1\n", "NLTK cannot read its index files: the line ends early"),
        ("index.noun", b"dog n one 0 1 0 00000042\n", r"index\.noun, line 1"),
    ],
)
def test_a_damaged_file_is_refused_even_when_skipping(folder, name, content, message):
    (folder / name).write_bytes(content)
    with pytest.raises(SourceError, match=message):
        facts(folder, SkippedRecords())


@given(st.data())
def test_damage_of_any_kind_is_an_error_of_the_tree(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("wn") / "wn"
    write_dictionary(folder)
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = path.read_bytes()
    start = data.draw(st.integers(len(HEAD), len(content)))
    end = data.draw(st.integers(start, min(start + 12, len(content))))
    path.write_bytes(content[:start] + data.draw(st.binary(max_size=12)) + content[end:])
    try:
        facts(folder, SkippedRecords())
    except SourceError as error:
        assert str(folder) in str(error)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(folder):
    (folder / "index.noun").chmod(0)
    with pytest.raises(SourceError, match=r"index\.noun"):
        facts(folder)


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="Debian's package wordnet-base is not installed")
def test_reads_wordnet_whole():
    found = list(read_wordnet(REAL, "wordnet:x"))
    counts = Counter(fact.relation for fact in found)
    assert counts["label"] == counts["definition"] == 117_659
    assert counts["hypernym"] == 89_089
    assert counts["member_meronym"] == 12_293
    heads = {fact.head for fact in found}
    assert len(heads) == 117_659
    assert {fact.tail for fact in found if not fact.literal} <= heads
    if WN18RR.exists():  # published data call the synsets so
        rows = [line.split("\t") for line in WN18RR.read_text().splitlines()[1:]]
        assert {name for head, _, tail in rows for name in (head, tail)} <= heads
        stated = {(fact.head, fact.relation, fact.tail) for fact in found}
        hypernyms = [(head, "hypernym", tail) for head, kind, tail in rows if kind == "_hypernym"]
        assert hypernyms and set(hypernyms) <= stated
