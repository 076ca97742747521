"""Cards are well-formed, self-contained, and show text as text."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.card import answer_card, check_card, choice_card, ranking_card
from wherefrom.indexes.records import MENTION, PathStep
from wherefrom.pipeline.records import Answer

ALLOWED = {"div", "span", "mark", "a", "b", "ol", "li"}


class Reader(HTMLParser):
    """Collect the text, tags, links and marked text of a page, and check the nesting."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags, self.links, self.marked = "", set(), [], []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]
        assert not [name for name, _ in attributes if name.startswith("on")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if self.open and self.open[-1] == "mark":
            self.marked.append(data)


def test_an_answer_shows_its_warrant(answer, citation):
    page = Reader(answer_card(answer))
    assert page.tags <= ALLOWED
    assert page.marked == [citation.quote]
    assert page.links == [citation.url]
    for wanted in (answer.question, answer.answer, citation.title, "supported", "0.93", "0.87"):
        assert wanted in page.text
    assert citation.sentence in page.text


def test_an_abstention_says_so(answer):
    page = Reader(answer_card(replace(answer, answer="", abstained=True, citations=())))
    assert "No answer" in page.text


def test_a_check_and_a_choice_show_probabilities(check, choice):
    assert "supported 0.90 · undecided 0.06 · refuted 0.04" in Reader(check_card(check)).text
    assert "<A> 0.80 · B 0.20" in Reader(choice_card(choice)).text


def test_passages_show_text_and_no_unsafe_link(evidence):
    page = Reader(ranking_card([evidence]))
    assert evidence.text in page.text
    assert page.links == []


def test_an_empty_ranking_says_so():
    assert "No passage found" in Reader(ranking_card([])).text


def test_a_draft_is_shown_sentence_by_sentence_and_as_text(drafted):
    page = Reader(answer_card(drafted))
    assert page.tags <= ALLOWED
    assert "Henri <b>Bergson</b> named it." in page.text
    assert "He was [bold]old[/]. undecided" in page.text
    assert "No answer" not in page.text
    draft = replace(drafted.draft, sentences=(), abstention="said")
    said = Reader(answer_card(replace(drafted, answer="", abstained=True, draft=draft)))
    assert "No answer the generator says that the passages do not hold it" in said.text


@given(st.text(), st.text())
def test_any_text_stays_text(question, answer):
    page = Reader(answer_card(Answer(question, answer, False, 0.5)))
    assert page.tags <= {"div", "span"}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc", ""])
def test_only_web_links_are_links(answer, citation, url):
    page = Reader(answer_card(replace(answer, citations=(replace(citation, url=url),))))
    assert page.links == []


def test_paths_are_shown_with_receipts_and_as_text(answer, choice, evidence):
    path = (
        PathStep("Film", MENTION, "<script>", "film&#0", 22, 25),
        PathStep("<script>", "born in", "Ulm", source="triples:'f'.tsv", place="line 7"),
    )
    for card in (
        answer_card(replace(answer, paths=(path,))),
        choice_card(replace(choice, paths=(path,))),
        ranking_card([replace(evidence, path=path), evidence]),
    ):
        page = Reader(card)
        assert page.tags <= ALLOWED
        assert page.text.count("path: ") == 1
        assert "path: Film → mention → <script>; <script> → born in → Ulm" in page.text
        assert "Film → <script>: film&#0, characters 22 to 25" in page.text
        assert "<script> → Ulm: triples:'f'.tsv, line 7" in page.text
    assert "path" not in Reader(answer_card(answer)).text


@given(st.text(), st.text(), st.text())
def test_any_path_stays_text(head, relation, source):
    path = (PathStep(head, relation, "Ulm", source=source, place="line 7"),)
    page = Reader(answer_card(Answer("Who?", "Ada", False, 0.5, paths=(path,))))
    assert page.tags <= {"div", "span"}
