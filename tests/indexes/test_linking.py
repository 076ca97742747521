"""Passages are linked to what they mention: by name, by the links of their authors, by context."""

from pathlib import Path

import numpy as np
import pytest

from wherefrom.indexes.delete import delete
from wherefrom.indexes.graph import Graph
from wherefrom.indexes.linking import _with_links, first_passages
from wherefrom.indexes.mention_choice import NO_PASSAGE
from wherefrom.kb.digest import content_digest, document_digest
from wherefrom.kb.entities import NO_ENTITY
from wherefrom.kb.generation import Generation
from wherefrom.kb.passages import PassageRules, cut_passages
from wherefrom.kb.records import Document, Link
from wherefrom.kb.scratch import CutDocument, write_segments

DUMP = Path(__file__).parents[1] / "kb" / "dump.xml"


def mentions(graph: Graph) -> list[tuple[str, str, str]]:
    """Return passage id, surface in the document and name of the entity of all mentions."""
    found = []
    for passage, entity, start, end in np.asarray(graph.arrays.mentions).T.tolist():
        held = graph.generation.passage_at(int(graph.arrays.passages[passage]))
        text = graph.generation.document(held.document_id).text
        assert held.start <= start < end <= held.end
        found.append((held.id, text[start:end], graph.name(entity)))
    return found


def test_names_are_found_in_passages_but_not_what_they_are_about(open_graph):
    documents = {
        "Film": "The Film is old. It was directed by Ada. Ada lives in Rome.",
        "Ada": "Ada lives in Rome, not in Paris.",
        "Rome": "A city.",
    }
    assert mentions(open_graph(documents)) == [
        ("Ada#0", "Rome", "Rome"),
        ("Film#0", "Ada", "Ada"),
        ("Film#1", "Ada", "Ada"),
        ("Film#1", "Rome", "Rome"),
    ]


def test_offsets_count_code_points_of_the_document(open_graph):
    long = "🗽 İstanbul is far. " * 5 + "Then she saw Rome."
    graph = open_graph({"Way": long, "Rome": "A city."})
    ((passage, surface, _),) = mentions(graph)
    assert surface == "Rome"
    assert passage != "Way#0"
    assert int(graph.arrays.mentions[2][0]) == long.index("Rome")


def test_facts_name_what_passages_mention(open_graph):
    graph = open_graph({"Dog": "A dog is a mammal."}, ["mammal\tis an\tanimal"])
    assert mentions(graph) == [("Dog#0", "mammal", "mammal")]


def test_links_of_a_dump_are_mentions_and_redirects_lead_to_their_entity(open_graph):
    graph = open_graph(
        {"Poem": "By the Countess of Lovelace, not by Ada."}, specs=[f"wikipedia:{DUMP}"]
    )
    assert mentions(graph) == [
        ("C++ & C?#0", "Ada", "Ada Lovelace"),  # the text of a link to "ada Lovelace"
        ("Poem#0", "Countess of Lovelace", "Ada Lovelace"),
    ]
    (entity,) = graph.table.linked("Ada Byron")
    assert graph.name(entity) == "Ada Lovelace"


def test_untitled_documents_are_named_by_their_lead_sentence(open_graph):
    documents = {
        "1": "Lothair II (835 – 869) was a king. His mother was Ermengarde of Tours.",
        "2": "Ermengarde of Tours (died 851) was the wife of Lothair I.",
        "3": "She was born in Ulm.",
    }
    graph = open_graph(documents, untitled=True)
    assert graph.names == ["Ermengarde of Tours", "Lothair II"]
    assert mentions(graph) == [("1#1", "Ermengarde of Tours", "Ermengarde of Tours")]
    assert graph.owners.tolist() == [1, 1, 0, NO_ENTITY]


def test_untitled_documents_share_single_words_and_have_other_names(open_graph):
    documents = {
        "1": "Pearl Jam is a band of Seattle. They play United hymns.",
        "2": "Seattle typically receives some snow. A fan is Ed Vedder.",
        "3": "Edward Louis Vedder (born 1964), known as Ed Vedder, sings.",
        "4": "United is a song. The United States heard it.",
    }
    graph = open_graph(documents, untitled=True)
    assert graph.names == ["Edward Louis Vedder", "Pearl Jam", "United", "Seattle"]
    assert mentions(graph) == [
        ("1#0", "Seattle", "Seattle"),
        ("1#0", "United", "United"),
        ("2#0", "Seattle", "Seattle"),
        ("2#0", "Ed Vedder", "Edward Louis Vedder"),
    ]


def test_titled_documents_share_no_single_words(open_graph):
    graph = open_graph({"Pearl Jam": "A band of Seattle.", "Rain": "It rains in Seattle."})
    assert graph.names == ["Pearl Jam", "Rain"]


def test_names_that_documents_share_are_entities_though_nobody_wrote_of_them(open_graph):
    documents = {
        "Red Film": "It was directed by Ann Lee.",
        "Blue Film": "In it Ann Lee plays Red Film's Eve Gray.",
        "Rome": "Eve Grey was seen with Ben Bit.",
    }
    graph = open_graph(documents)
    assert graph.names == ["Blue Film", "Red Film", "Rome", "Ann Lee"]
    assert mentions(graph) == [
        ("Blue Film#0", "Ann Lee", "Ann Lee"),
        ("Blue Film#0", "Red Film", "Red Film"),
        ("Red Film#0", "Ann Lee", "Ann Lee"),
    ]
    assert graph.about(3).tolist() == []


def test_the_context_of_a_passage_settles_an_ambiguous_name(open_graph):
    documents = {
        "Mercury (planet)": "It is a planet near the sun, small and hot.",
        "Mercury (god)": "He is a god of trade and of thieves.",
        "Orbits": "A planet near the sun is hot: Mercury is a small planet.",
        "Temples": "A god of trade, as is Mercury, a god of thieves.",
    }
    assert mentions(open_graph(documents)) == [
        ("Orbits#0", "Mercury", "Mercury (planet)"),
        ("Temples#0", "Mercury", "Mercury (god)"),
    ]


def test_single_words_in_longer_names_are_let_go(open_graph):
    documents = {
        "Rosa (film)": "A film.",
        "Ann": "She met Archduchess Rosa and saw Rosa.",
    }
    assert mentions(open_graph(documents)) == [("Ann#0", "Rosa", "Rosa (film)")]


def test_deleted_passages_are_not_linked_and_their_names_are_gone(open_graph, tmp_path):
    open_graph({"Ada": "Ada lives in Rome.", "Rome": "A city."})
    open_graph({"Ben": "Ben lives in Rome with Ada."})
    delete(tmp_path / "my.kb", ["Ada"])
    graph = Graph(Generation.open(tmp_path / "my.kb"))
    assert graph.names == ["Ben", "Rome"]
    assert mentions(graph) == [("Ben#0", "Rome", "Rome")]
    delete(tmp_path / "my.kb", ["Rome"])
    graph = Graph(Generation.open(tmp_path / "my.kb"))
    assert (graph.names, mentions(graph)) == (["Ben"], [])


def test_first_passages_of_entities():
    about = np.array([[0, 0, 2, 2], [1, 3, 0, 2]], dtype=np.int32)
    rows = np.array([7, 5, 6, 4])
    assert first_passages(about, 4, rows).tolist() == [5, NO_PASSAGE, 7, NO_PASSAGE]
    nothing = np.empty((2, 0), dtype=np.int32)
    assert first_passages(nothing, 1, rows).tolist() == [NO_PASSAGE]


@pytest.mark.parametrize("linked", [[], [0], [1, 2], [0, 1, 2, 3], [3], [0, 2], [1]])
def test_passages_come_with_the_links_of_their_document(tmp_path, linked):
    rules = PassageRules(max_words=3, overlap_sentences=0)
    documents = [
        Document(
            f"d{n}",
            "",
            "One two three. " * (n % 3 + 1),
            links=(Link(0, 3, f"Target {n}"),) if n in linked else (),
        )
        for n in range(4)
    ]
    cut = [
        CutDocument(document, cut_passages(document, rules), digest, content_digest(digest, ()))
        for document in documents
        for digest in [document_digest(document)]
    ]
    (scratch,) = write_segments(tmp_path, iter(cut))
    found = [(passage.id, links) for passage, links in _with_links(scratch.open())]
    assert found == [(passage.id, one.document.links) for one in cut for passage in one.passages]
