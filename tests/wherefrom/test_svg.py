"""A drawing is well-formed, shows every name in full on request, and asks for nothing elsewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.drawing import Box, Drawing, Kind, Line, drawing_of
from wherefrom.drawing_layout import places_of
from wherefrom.kb.errors import StorageError, UsageError
from wherefrom.svg import html_page, svg, write_drawing

SPACE = "{http://www.w3.org/2000/svg}"


class Tags(HTMLParser):
    """Note the names of tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.attributes.update(name for name, _ in attrs)


@pytest.fixture
def picture(neighbourhood) -> ElementTree.Element:
    drawing = drawing_of(neighbourhood)
    return ElementTree.fromstring(svg(drawing, places_of(drawing)))


def texts(element, name):
    return ["".join(one.itertext()) for one in element.iter(f"{SPACE}{name}")]


def test_names_are_shown_and_tell_all_when_pointed_at(picture):
    assert {"Paris <&>", "France", "NotIsA", "2,102,650", "mentions"} <= set(texts(picture, "text"))
    tooltips = texts(picture, "title")
    assert "Paris <&> · passage p#0" in tooltips
    assert "Paris <&> → NotIsA → village (triples:f.tsv, line 2)" in tooltips


def test_kinds_look_different_and_lines_have_heads(picture):
    groups = [one.get("class") for one in picture.iter(f"{SPACE}g")]
    for kind in ("entity centre", "entity", "passage", "value", "relation", "relation negated"):
        assert kind in groups
    lines = [one for one in picture.iter(f"{SPACE}path") if "line" in (one.get("class") or "")]
    markers = {one.get("id") for one in picture.iter(f"{SPACE}marker")}
    for line in lines:
        kind = (line.get("class") or "").split()[1]
        assert line.get("marker-end") == f"url(#{kind}-arrow)"
        assert f"{kind}-arrow" in markers


def test_everything_lies_within_the_picture(picture):
    left, top, width, height = map(float, (picture.get("viewBox") or "").split())
    for text in picture.iter(f"{SPACE}text"):
        assert left <= float(text.get("x") or "nan") <= left + width
        assert top <= float(text.get("y") or "nan") <= top + height


@given(st.text(min_size=1), st.text())
def test_any_name_gives_well_formed_xml(name, tooltip):
    box = Box(Kind.ENTITY, name, tooltip)
    drawing = Drawing(name, {"a": box, "b": box}, [Line(Kind.MENTION, "a", "b", tooltip)])
    found = ElementTree.fromstring(svg(drawing, {"a": (0.0, 0.0), "b": (9.0, 90.0)}))
    assert len(list(found.iter(f"{SPACE}g"))) > 2


def test_boxes_on_one_another_and_loops_have_lines():
    boxes = {name: Box(Kind.ENTITY, name, name) for name in "abr"}
    lines = [Line(Kind.MENTION, "a", "b", ""), Line(Kind.FACT, "a", "a", "", through="r")]
    places = {"a": (0.0, 0.0), "b": (0.0, 0.0), "r": (0.0, 40.0)}
    found = svg(Drawing("x", boxes, lines), places)
    drawn = [one.get("d") or "" for one in ElementTree.fromstring(found).iter(f"{SPACE}path")]
    assert [path for path in drawn if "nan" in path] == []


def test_a_page_holds_the_drawing_and_needs_nothing_else(neighbourhood):
    drawing = drawing_of(neighbourhood)
    page = html_page(drawing, svg(drawing, places_of(drawing)))
    assert set(re.findall(r"https?://[^\"\s]*", page)) == {"http://www.w3.org/2000/svg"}
    found = Tags()
    found.feed(page)
    assert found.names.count("script") == 1
    assert {"src", "href"} & found.attributes == set()
    assert "default-src 'none'" in page
    assert "<title>Paris &lt;&amp;&gt;</title>" in page


@pytest.mark.parametrize("name", ["out.svg", "out.html", "OUT.SVG"])
def test_a_file_is_written_by_its_suffix(neighbourhood, tmp_path: Path, name):
    write_drawing(drawing_of(neighbourhood), tmp_path / name)
    begins = "<!DOCTYPE html>" if name.endswith("html") else "<svg "
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_other_files_are_refused(neighbourhood, tmp_path):
    drawing = drawing_of(neighbourhood)
    with pytest.raises(UsageError, match=r"out\.png: a drawing is written as \.svg or \.html"):
        write_drawing(drawing, tmp_path / "out.png")
    with pytest.raises(StorageError, match="cannot write"):
        write_drawing(drawing, tmp_path / "none" / "out.svg")
