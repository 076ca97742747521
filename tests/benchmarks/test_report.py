"""The page of a run, in a real browser where there is one."""

import html
import re

import pytest

from wherefrom.benchmarks.example import Example, marked_evidence
from wherefrom.benchmarks.prediction import Prediction
from wherefrom.benchmarks.report import kind_of, report
from wherefrom.benchmarks.run import measure_run
from wherefrom.benchmarks.tasks import TASKS

# Presses the heading of the probabilities, then the button of wrong examples, and notes what shows.
PRESSED = """<script>
const table = document.querySelector('#examples');
const heading = [...table.tHead.rows[0].cells].find(c => c.textContent === 'probability');
heading.querySelector('button').click();
const order = [...table.tBodies[0].rows].map(r => r.cells[4].textContent).join(' ');
document.querySelector('[data-kind="wrong"]').click();
const seen = [...table.tBodies[0].rows].filter(r => !r.hidden).map(r => r.cells[2].textContent);
document.body.dataset.order = order;
document.body.dataset.seen = seen.join(' | ');
document.body.dataset.wide = document.documentElement.scrollWidth <= window.innerWidth;
</script>"""
CITATION = {"passage_id": "p#0", "start": 0, "end": 4, "quote": "<b>P</b>", "verdict": "refuted"}


def said(name: str, arm: str, answer: str, chance: float, **scores: float) -> Prediction:
    scores = {"exact_match": float(answer == "Paris"), "f1": float(answer == "Paris"), **scores}
    cited = (CITATION,) if "citation_recall" in scores else ()
    return Prediction(name, arm, answer, chance, ("Paris",), scores, citations=cited)


@pytest.fixture
def page() -> str:
    predictions = [
        said("1", "retrieved", "Paris", 0.9),
        said("2", "retrieved", "Rome", 0.2),
        said("3", "retrieved", "Bonn", 0.4, citation_recall=0.0),
        said("1", "shuffled", "Rome", 0.3),
        said("2", "shuffled", "Rome", 0.8),
        said("3", "shuffled", "", 0.1),
    ]
    marked = marked_evidence("1", "Paris & " * 200)
    examples = [Example("1", "Capital <1>?", ("Paris",), evidence=(marked,))]
    examples += [Example(str(n), f"Capital <{n}>?", ("Paris",)) for n in (2, 3)]
    manifest = {"task": "squad", "shape": "question", "examples": 3, "reader": "tiny & small"}
    return report(manifest, measure_run(TASKS["squad"], predictions), predictions, examples)


def test_what_is_cited_without_support_is_a_kind_of_its_own():
    assert kind_of(said("1", "gold", "Paris", 0.5, citation_recall=0.0)) == "unsupported"
    assert kind_of(said("1", "gold", "Paris", 0.5, citation_recall=1.0)) == "right"
    assert kind_of(said("1", "gold", "Rome", 0.5)) == "wrong"


def test_the_page_needs_nothing_from_elsewhere_and_escapes_what_it_shows(page):
    assert not re.search(r'(src|href)="', page)
    assert "Capital &lt;1&gt;?" in page
    assert "&lt;b&gt;P&lt;/b&gt;" in page
    assert "<b>P</b>" not in page
    assert "nan" not in page.lower()
    shown = re.findall("<details><summary>marked</summary>(.*?)</details>", page)
    assert shown == [html.escape(("Paris & " * 200)[:600]) + "…"] * 2  # in each of two arms
    assert page.count("<svg") == page.count("<figure>") == 3


def test_a_browser_sorts_the_table_and_shows_one_kind(page, browse):
    shown = browse(page, PRESSED)
    assert 'data-order="0.10 0.20 0.30 0.40 0.80 0.90"' in shown
    assert 'data-seen="(abstained) | Rome | Rome | Rome"' in shown  # neither Paris nor Bonn
    assert 'data-wide="true"' in shown
