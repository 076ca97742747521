"""Made documents are varied, repeatable, and one passage each."""

import json

import pytest

from wherefrom.benchmarks.made_text import made_documents, write_made_documents
from wherefrom.kb.passages import count_words, cut_passages
from wherefrom.kb.source import read_source

SENTENCE = "Bees dance (in the hive) to tell where flowers are; the U.S. has 4,000 – 5,000 kinds"
TEXT = f"{SENTENCE} (蜜蜂飞舞). " * 30


@pytest.fixture
def source(write_jsonl):
    return write_jsonl([{"id": "a", "title": "A", "text": TEXT}])


def test_each_document_is_one_passage(source, tmp_path):
    file = tmp_path / "made.jsonl"
    write_made_documents(file, source, 40)
    documents = list(read_source(f"jsonl:{file}"))
    assert len(documents) == 40
    for document in documents:
        (passage,) = cut_passages(document)
        assert 98 <= count_words(passage.text) <= 100
        assert passage.text == document.text


def test_documents_differ_and_repeat_by_seed(source):
    first = [json.dumps(document) for document in made_documents(source, 20)]
    assert len(set(first)) == 20
    assert first == [json.dumps(document) for document in made_documents(source, 20)]
    assert first != [json.dumps(document) for document in made_documents(source, 20, seed=1)]
    words = set(TEXT.replace(";", "").replace("(", "").replace(")", "").split())
    drawn = {word.strip(".") for line in first for word in json.loads(line)["text"].split()[1:]}
    assert {word for word in drawn if word[0].islower()} <= {word.strip(".") for word in words}
