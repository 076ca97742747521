"""The benchmarks that train do so by their recipe, from real weights, and say what came of it."""

import json
import sys
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from wherefrom.benchmarks import chinese, retriever, training_ways
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.recipe import read_recipe
from wherefrom.pipeline.retriever_recipe import read_retriever_recipe

PARAGRAPHS = (
    ("巴黎是法国的首都。它位于塞纳河畔。", "法国的首都是哪里?", "巴黎"),
    ("柏林是德国的首都。柏林墙在1989年倒塌。", "柏林墙在哪年倒塌?", "1989年"),
    ("猫头鹰在夜里飞行。", "猫头鹰什么时候飞行?", "夜里"),
    ("长城在北京的北边。", "长城在哪里?", "北京的北边"),
)
SQUAD = '[[{kind}]]\nfile = "qa.json"\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    paragraphs = []
    for number, (context, question, answer) in enumerate(PARAGRAPHS):
        said = [{"text": answer, "answer_start": context.index(answer)}]
        asked = [{"id": str(number), "question": question, "answers": said}]
        paragraphs.append({"context": context, "qas": asked})
    table = {"data": [{"title": "", "paragraphs": paragraphs}]}
    (folder / "qa.json").write_text(json.dumps(table), encoding="utf-8")
    pairs = [
        {"premise": "巴黎是首都。", "hypothesis": said, "label": label, "source": "s"}
        for said, label in (("巴黎是城市。", "entailment"), ("巴黎很老。", "neutral"))
    ]
    lines = "".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs)
    (folder / "nli.jsonl").write_text(lines, encoding="utf-8")
    (folder / "dev.jsonl").write_text(lines.replace("巴黎", "柏林"), encoding="utf-8")
    return folder


def test_a_chinese_reader_comes_from_the_packaged_layers(data: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "chinese.toml"
    recipe.write_text(
        "max_tokens = 64\nmax_steps = 2\nsave_steps = 1\nleaks = 'drop'\n"
        + SQUAD.format(kind="spans")
        + '[[pairs]]\nfile = "nli.jsonl"\n'
        + '[[evaluate]]\nfile = "dev.jsonl"\ntask = "pairs"\n'
    )
    found = chinese.measure(recipe, data, tmp_path / "readers")
    assert found["steps"] == 2
    assert 0 <= found["metrics"]["dev.jsonl"]["accuracy"]["value"] <= 1
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "readers" / "backbone")
    assert len(tokenizer) == found["pieces"]
    assert tokenizer.tokenize("柏林墙在1989年") == ["柏", "林", "墙", "在", "1989", "年"]
    assert tokenizer.tokenize("龘") == ["[UNK]"]
    reader = Reader.open(tmp_path / "readers" / "chinese-reader")
    assert reader.infer(["巴黎是首都。"], ["巴黎是城市。"]).shape == (1, 3)
    again = chinese.measure(recipe, data, tmp_path / "readers")  # goes on, and is at its end
    assert again["metrics"] == found["metrics"]


def test_a_retriever_is_measured_before_and_after(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, out = tmp_path / "retriever.toml", tmp_path / "results" / "retriever.json"
    recipe.write_text(
        'kind = "retriever"\nhard_negatives = 0\nmax_tokens = 32\nbatch = 2\nmax_steps = 1\n'
        "leaks = 'drop'\n" + SQUAD.format(kind="queries") + '[[evaluate]]\nfile = "dev.json"\n'
    )
    table = json.loads((data / "qa.json").read_text())
    for paragraph in table["data"][0]["paragraphs"]:
        paragraph["qas"][0]["question"] = "请问" + paragraph["qas"][0]["question"]
    (data / "dev.json").write_text(json.dumps(table))
    monkeypatch.setattr(retriever, "RECIPE", str(recipe))
    monkeypatch.setattr(sys, "argv", ["retriever", "--data", str(data), "--out", str(out)])
    retriever.main()
    found = json.loads(out.read_text())
    assert found["steps"] == 1
    assert set(found["measures"]) == {"dev.json"}
    assert "machine" in found["made_by"]


def test_their_recipes_can_be_read() -> None:
    with as_file(files("wherefrom.models")) as models:
        read_recipe(models / chinese.RECIPE, encoder="a backbone")
        assert read_retriever_recipe(models / retriever.RECIPE).evaluate


@pytest.mark.slow
def test_ways_of_training_are_measured_beside_each_other(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "nli").mkdir(parents=True)
    labels = ("entailment", "neutral", "contradiction")
    for file, place in ((training_ways.LEARNT, "park"), (training_ways.MEASURED, "house")):
        rows = [
            {"premise": f"Man {n} is in a {place}.", "hypothesis": f"{n} sleeps.", "label": label}
            for n in range(20)
            for label in labels
        ]
        (data / file).write_text("".join(json.dumps({**row, "source": "s"}) + "\n" for row in rows))
    ways = {
        name: {**training_ways.WAYS[name], "max_steps": "2"} for name in ("plain", "R-Drop", "LoRA")
    }
    found = training_ways.measure(data, tmp_path / "made", ways=ways, seeds=[1, 2])
    assert list(found["ways"]) == list(ways)
    for name, way in found["ways"].items():
        assert [run["steps"] for run in way["runs"]] == [2, 2]
        mean = sum(run["accuracy"] for run in way["runs"]) / 2
        assert way["mean"]["accuracy"] == pytest.approx(mean)
        assert 0 <= mean <= 1
        assert read_recipe(tmp_path / "made" / f"{name}-1" / "recipe.toml").seed == 1
    assert read_recipe(tmp_path / "made" / "R-Drop-1" / "recipe.toml").r_drop == 1.0
    assert read_recipe(tmp_path / "made" / "LoRA-2" / "recipe.toml").adapter_rank == 16
