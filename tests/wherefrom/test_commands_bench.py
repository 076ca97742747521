"""`wherefrom bench` through the command line: its group, wrong usage and comparison."""

import json
from pathlib import Path

import pytest

from wherefrom.command import run

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    rows = [("A man.", "A dog.", "neutral"), ("A cat.", "A cat.", "entailment")]
    names = ("premise", "hypothesis", "label")
    file = tmp_path / "pairs.jsonl"
    lines = [json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows]
    file.write_text("".join(lines), encoding="utf-8")
    return file


def bench(*words: object) -> int:
    return run(["bench", *map(str, words)])


def test_a_run_prints_what_it_measured_and_a_comparison_what_changed(
    pairs, tmp_path, tiny_reader_folder, capsys
):
    reader = ("--reader", tiny_reader_folder)
    for name in ("a", "b"):
        assert bench("snli", "--data", pairs, "--out", tmp_path / name, *reader) == 0
    told = capsys.readouterr().out
    assert [line.partition(":")[0] for line in told.splitlines()[:3]] == [
        "none",
        "gold",
        "shuffled",
    ]
    assert bench("compare", tmp_path / "a", tmp_path / "b") == 0
    told = capsys.readouterr().out
    assert told.startswith("none: +0.00 points of accuracy [+0.00, +0.00], n = 2; 0 gained, 0 lost")
    assert "no more than noise" in told
    assert bench("compare", tmp_path / "a", tmp_path / "b", "--json") == 0
    assert json.loads(capsys.readouterr().out)["settings"] == {}


def test_the_tasks_are_listed_with_their_formats(capsys):
    assert bench("--list") == 0
    listed = capsys.readouterr().out
    assert '{"premise": "…", "hypothesis": "…", "label": "entailment"}' in listed
    assert len(listed.splitlines()) >= 30


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sqaud", "--data", "a", "--out", "b"), "did you mean squad"),
        (("snli", "--out", "b"), "--data"),
        (("snli", "--data", "PAIRS", "--out", "b", "--arms", "glod"), "did you mean gold"),
        (("snli", "--data", "PAIRS", "--out", "b", "--retriever", "dense"), "--kb"),
        (("snli", "--data", "PAIRS", "--out", "b", "--limit", "few"), "not a whole number"),
        (("snli", "--data", "PAIRS", "--out", "b", "--split", "dev"), "goes with beir"),
        (("snli", "--data", "PAIRS", "--out", "b", "--changed", "typo"), "did you mean typos"),
        (("snli", "--data", "PAIRS", "--out", "b", "--changed", "synonyms"), "--wordnet"),
        (("snli", "--data", "PAIRS", "--out", "b", "--trained-on", "gone"), "is no file here"),
        (("snli", "--data", "PAIRS", "--out", "b", "--column", "a=b"), "only for data of hf:"),
        (("beir", "--data", "hf:any", "--out", "b"), "hf: gives one file"),
        (("compare", "a", "b"), "is no run"),
        (("export", "a", "--format", "trec", "--out", "b"), "is no run"),
        (("rerun", "a", "--out", "b"), "is no run"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_written(
    words, told, pairs, tmp_path, tiny_reader_folder, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    words = [pairs if word == "PAIRS" else word for word in words]
    reader = () if words[0] in ("compare", "export", "rerun") else ("--reader", tiny_reader_folder)
    assert bench(*words, *reader) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    (folder / "qrels").mkdir(parents=True)
    texts = {"d1": "Bees dance.", "d2": "Whales sing under the sea."}
    rows = [{"_id": name, "title": "", "text": text} for name, text in texts.items()]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "Who sings?"}\n')
    for split in ("dev", "test"):
        (folder / "qrels" / f"{split}.tsv").write_text("query\tdocument\tgrade\nq1\td2\t1\n")
    return folder


def test_retrievers_are_measured_on_a_folder_of_beir(beir, tmp_path, tiny_encoder_folder, capsys):
    kb = tmp_path / "set.kb"
    asked = ("beir", "--data", beir, "--out", tmp_path / "run")
    assert bench(*asked) == 2
    assert f"wherefrom build KB beir:{beir}" in capsys.readouterr().err
    assert run(["build", str(kb), f"beir:{beir}", "--encoder", str(tiny_encoder_folder)]) == 0
    for words, told in (
        (("--reader", "r"), "found, not read"),
        (("--retriever", "dense"), "--arms dense"),
        (("-k", "9"), "10 or more"),
        (("--split", "tst"), "did you mean test"),
    ):
        assert bench(*asked, "--kb", kb, *words) == 2
        assert told in capsys.readouterr().err
    assert bench(*asked, "--kb", kb, "--arms", "sparse,hybrid", "--split", "dev") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("sparse: nDCG@10 100.0 % [100.0, 100.0], MRR@10 100.0 %")
    assert told[2].startswith("Hybrid")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert (manifest["data_file"], manifest["k"]) == ("set/qrels/dev.tsv", 100)
    assert bench("export", tmp_path / "run", "--format", "trec", "--out", tmp_path / "trec") == 0
    files = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [file.name for file in files] == ["sparse.run", "hybrid.run", "qrels.txt"]
    assert files[0].read_text().startswith("q1 Q0 d2 1 ")
    assert files[2].read_text() == "q1 0 d2 1\n"
