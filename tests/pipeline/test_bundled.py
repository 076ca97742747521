"""Test the reader that comes with wherefrom: that it is whole, and that it can read."""

import hashlib
import json
from pathlib import Path

import pytest

from wherefrom.indexes.build import build
from wherefrom.kb.errors import ModelError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.evaluation import count, in_words
from wherefrom.pipeline.reader_manifest import read_manifest
from wherefrom.pipeline.records import Option

LARGEST_BYTES = 30_000_000
DOCUMENTS = [
    {
        "id": "paris",
        "title": "Paris",
        "text": "Paris (pronounced [paʁi]) is the capital and largest city of France. With about "
        "two million residents it lies on the river Seine. It has been a centre of finance, "
        "fashion and gastronomy since the 17th century.",
    },
    {
        "id": "eiffel-tower",
        "title": "Eiffel Tower",
        "text": "The Eiffel Tower is a wrought-iron lattice tower on the Champ de Mars. It is "
        "named after the engineer Gustave Eiffel, whose company designed and built it from 1887 to "
        "1889. It is 330 metres tall.",
    },
    {
        "id": "marie-curie",
        "title": "Marie Curie",
        "text": "Marie Curie was a Polish and French physicist and chemist. She was born in Warsaw "
        "in 1867. In 1898 she discovered polonium and radium together with her husband Pierre.",
    },
    {
        "id": "owl",
        "title": "Owl",
        "text": "Owls are birds of prey with a broad head and binocular vision. Most of them hunt "
        "at night. They eat small mammals, insects and other birds.",
    },
    {
        "id": "danube",
        "title": "Danube",
        "text": "The Danube is the second-longest river in Europe. It rises in Germany and flows "
        "into the Black Sea after 2,850 kilometres.",
    },
    {
        "id": "tokyo",
        "title": "Tokyo",
        "text": "Tokyo (東京) is the capital of Japan. Its metropolitan area is the most populous "
        "in the world.",
    },
]


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return bundled_reader()
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def answerer(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """Give the bundled reader over six short documents and the default encoder."""
    place = tmp_path_factory.mktemp("bundled")
    source = place / "documents.jsonl"
    source.write_text("".join(json.dumps(document) + "\n" for document in DOCUMENTS))
    build(place / "my.kb", [f"jsonl:{source}"])
    return Answerer.open(place / "my.kb", reader=folder, device="cpu")


def test_the_folder_is_complete_and_small(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {
        *("model.safetensors.gz", "config.json", "tokenizer.json", "reader.json", "README.md")
    }
    assert sum(path.stat().st_size for path in files) <= LARGEST_BYTES


def test_the_weights_match_their_sha256(folder: Path) -> None:
    content = (folder / "model.safetensors.gz").read_bytes()
    assert read_manifest(folder).weights_sha256 == hashlib.sha256(content).hexdigest()


def test_the_manifest_says_how_it_was_made(folder: Path) -> None:
    record = read_manifest(folder).training
    assert len(record["recipe_sha256"]) == len(record["encoder_sha256"]) == 64
    assert record["data_sha256"]
    assert isinstance(record["seed"], int)
    assert record["steps"] > 0


def test_the_metrics_are_there_and_on_the_card(folder: Path) -> None:
    metrics = read_manifest(folder).training["metrics"]
    measures = {name for found in metrics.values() for name in found}
    assert measures >= {"exact_match", "f1", "accuracy"}
    card = (folder / "README.md").read_text(encoding="utf-8")
    for name, found in metrics.items():
        assert count(found) > 0
        assert all(0 <= each["value"] <= 1 for each in found.values())
        assert f"| `{name}` | {count(found):,} | {in_words(found)} |" in card


@pytest.mark.parametrize(
    ("question", "answer", "document", "sentence"),
    [
        ("What is the capital of France?", "Paris", "paris", "largest city of France."),
        ("Where was Marie Curie born?", "Warsaw", "marie-curie", "born in Warsaw in 1867."),
        ("Into which sea does the Danube flow?", "Black Sea", "danube", "after 2,850 kilometres."),
    ],
)
def test_it_answers_with_the_exact_words(
    answerer: Answerer, question: str, answer: str, document: str, sentence: str
) -> None:
    found = answerer.ask(question)
    assert not found.abstained
    assert answer in found.answer
    best = found.citations[0]
    assert best.document_id == document
    text = answerer.knowledge.document(document).text
    assert best.quote == text[best.start : best.end] == found.answer
    assert best.sentence.endswith(sentence)
    assert best.verdict == "supported"


@pytest.mark.parametrize(
    "question",
    ["What is the price of gold in Zurich?", "Who won the chess championship of 1972?"],
)
def test_it_abstains_on_what_is_not_there(answerer: Answerer, question: str) -> None:
    found = answerer.ask(question)
    assert found.abstained
    assert (found.answer, found.citations) == ("", ())
    assert found.evidence


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("Marie Curie was born in Warsaw.", "supported"),
        ("The Danube flows into the North Sea.", "refuted"),
        ("The price of gold rises.", "undecided"),
    ],
)
def test_it_checks_claims(answerer: Answerer, claim: str, verdict: str) -> None:
    found = answerer.check(claim)
    assert found.verdict == verdict
    assert bool(found.citations) == (verdict != "undecided")


def test_it_chooses(answerer: Answerer) -> None:
    options = [Option("A", "Berlin"), Option("B", "Paris"), Option("C", "Tokyo")]
    found = answerer.choose("What is the capital of France?", options)
    assert found.choice == "B"
    assert found.citations[0].document_id == "paris"


def test_without_it_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wherefrom.pipeline.bundled.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="is not installed; name a reader's folder"):
        bundled_reader()
