"""`wherefrom train`: a few real steps of two layers, through the command line."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from wherefrom.command import run

COLOURS = ("red", "green", "blue", "white", "black", "yellow")
LABELS = ("entailment", "neutral", "contradiction")


def squad(colours: Iterable[str]) -> str:
    """Write questions on the colours of doors, in SQuAD's format."""
    articles = []
    for number, colour in enumerate(colours):
        context = f"House {number} is old. Its door is {colour} and its roof is flat."
        answer = {"text": colour, "answer_start": context.index(colour)}
        question = {"id": f"q{number}", "question": "What colour is the door?"}
        paragraph = {"context": context, "qas": [{**question, "answers": [answer]}]}
        articles.append({"title": f"House_{number}", "paragraphs": [paragraph]})
    return json.dumps({"version": "1.1", "data": articles})


def pairs(count: int, what: str = "Door") -> str:
    rows = [
        {
            "premise": f"{what} {n} is red.",
            "hypothesis": f"{what} {n} is open.",
            "label": LABELS[n % 3],
        }
        for n in range(count)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "train.json").write_text(squad(COLOURS))
    (folder / "dev.json").write_text(squad(("brown", "grey")))
    (folder / "pairs.jsonl").write_text(pairs(9))
    (folder / "dev.jsonl").write_text(pairs(3, "Gate"))
    return folder


@pytest.fixture
def recipe(tmp_path: Path, tiny_encoder_folder: Path) -> Path:
    file = tmp_path / "tiny.toml"
    file.write_text(
        f'encoder = "{tiny_encoder_folder}"\nmax_tokens = 128\nspan_batch = 4\npair_batch = 4\n'
        'negatives = 0.0\nsave_steps = 2\n[[spans]]\nfile = "train.json"\n'
        '[[pairs]]\nfile = "pairs.jsonl"\n'
        '[[evaluate]]\nfile = "dev.json"\ntask = "spans"\n'
        '[[evaluate]]\nfile = "dev.jsonl"\ntask = "pairs"\n'
    )
    return file


def test_a_reader_is_trained_resumed_and_used(data, recipe, tmp_path, capsys, tiny_kb):
    out = tmp_path / "reader"
    command = ["train", str(recipe), "--data", str(data), "--out", str(out)]
    capsys.readouterr()
    assert run(command) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"{out}\n  steps ")
    assert "loss" not in printed.out
    assert "] (n = 2)" in printed.out and "% (n = 3)" in printed.out
    written = json.loads((out / "reader.json").read_text())
    assert set(written["training"]["metrics"]) == {"dev.json", "dev.jsonl"}
    assert run(command) == 2
    assert "resume it or name another folder" in capsys.readouterr().err
    assert run([*command, "--resume", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["weights_sha256"] == written["weights_sha256"]
    assert again["training"]["metrics"] == written["training"]["metrics"]
    assert run(["ask", str(tiny_kb), "What?", "--reader", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == "What?"


def test_a_reader_that_learns_on_says_what_it_gained_and_lost(data, recipe, tmp_path, capsys):
    first = tmp_path / "first"
    assert run(["train", str(recipe), "--data", str(data), "--out", str(first)]) == 0
    later = tmp_path / "later.toml"
    later.write_text(
        f'encoder = "{first}"\nmax_tokens = 128\npair_batch = 4\nconsolidation = 5\n'
        'fisher_examples = 4\n[[pairs]]\nfile = "pairs.jsonl"\n'
        f'[[earlier]]\nrecipe = "{recipe}"\nreplay = 0.4\n'
    )
    capsys.readouterr()
    command = ["train", str(later), "--data", str(data), "--out", str(tmp_path / "second")]
    assert run(command) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "dev.json, before → after exact match 0." in printed
    assert "dev.jsonl, before → after accuracy " in printed
    assert re.search(r"accuracy [01]\.\d{3} → [01]\.\d{3} \([+-]\d\.\d{3} \[[+-].*?\]\)", printed)
    assert re.search(r" in short (better|worse|no sure difference) on dev", printed)
    assert run([*command, "--resume", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["training"]["gains"]
    assert set(found) == {"dev.json", "dev.jsonl"}
    text = later.read_text().replace(f'"{first}"', '"no reader"').replace("= 5", '= "5"')
    later.write_text(text)
    assert run(command) == 2
    assert "consolidation must be float, found '5'" in capsys.readouterr().err


def test_what_is_wrong_is_said_before_anything_is_trained(data, recipe, tmp_path, capsys):
    out = tmp_path / "reader"
    options = ["--data", str(data), "--out", str(out)]
    assert run(["train", str(tmp_path / "none.toml"), *options]) == 1
    assert "none.toml" in capsys.readouterr().err
    assert run(["train", str(recipe), *options, "--resume"]) == 2
    assert "nothing to resume" in capsys.readouterr().err
    (data / "dev.json").unlink()
    assert run(["train", str(recipe), *options]) == 2
    assert "the recipe names dev.json" in capsys.readouterr().err
    assert not out.exists()


def test_a_reader_is_compressed_and_used(data, tmp_path, tiny_reader_folder, tiny_kb, capsys):
    recipe, out = tmp_path / "compression.toml", tmp_path / "smaller"
    recipe.write_text(
        f'reader = "{tiny_reader_folder}"\noverlap_pairs = 6\nrounds = 1\n'
        '[[evaluate]]\nfile = "dev.json"\ntask = "spans"\n'
        '[[step]]\nkind = "drop_layers"\ncount = 1\n'
    )
    command = ["compress", str(recipe), "--data", str(data), "--out", str(out)]
    capsys.readouterr()
    assert run(command) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == str(out)
    assert [line.split()[0] for line in shown[1:]] == ["original", "drop_layers"]
    assert ", robustness 50.0 %, " in shown[2] and " MB, " in shown[2]
    assert "calibration error" not in shown[2]  # spans alone have none
    assert run([*command, "--json"]) == 0  # nothing is left to be done
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads((out / "frontier.json").read_text())
    reader = str(out / "drop_layers")
    assert run(["ask", str(tiny_kb), "What?", "--reader", reader, "--json"]) == 0
    recipe.write_text(recipe.read_text().replace("drop_layers", "drop_layer"))
    assert run(command) == 2
    assert "unknown kind 'drop_layer'" in capsys.readouterr().err


@pytest.fixture
def retriever_recipe(tmp_path: Path, data: Path, tiny_encoder_folder: Path) -> Path:
    questions = [{"query": f"Who is {c}?", "positive": f"Door {c} is shut."} for c in COLOURS]
    asked = [{"query": f"What is {c}?", "positive": f"Roof {c} is flat."} for c in COLOURS]
    for name, records in (("queries.jsonl", questions), ("asked.jsonl", asked)):
        (data / name).write_text("".join(json.dumps(record) + "\n" for record in records))
    file = tmp_path / "retriever.toml"
    file.write_text(
        f'kind = "retriever"\nencoder = "{tiny_encoder_folder}"\nbatch = 3\nsave_steps = 1\n'
        '[[queries]]\nfile = "queries.jsonl"\n[[evaluate]]\nfile = "asked.jsonl"\n'
    )
    return file


def test_a_retriever_is_trained_resumed_and_used(
    data, retriever_recipe, tmp_path, capsys, write_jsonl
):
    out = tmp_path / "retriever"
    command = ["train", str(retriever_recipe), "--data", str(data), "--out", str(out)]
    capsys.readouterr()
    assert run(command) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.startswith(f"{out} steps 2 queries 6 examples 6 ")
    assert "asked.jsonl recall@1 0." in printed
    assert "(n = 6)" in printed
    assert "in short no sure difference on asked.jsonl" in printed
    assert run(command) == 2
    assert "resume it or name another folder" in capsys.readouterr().err
    assert run([*command, "--resume", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert written == json.loads((out / "retriever.json").read_text())
    kb = str(tmp_path / "my.kb")
    source = write_jsonl([{"id": "a", "title": "", "text": "Door red is shut."}])
    assert run(["build", kb, source, "--encoder", str(out)]) == 0
    assert run(["info", kb, "--json"]) == 0
    assert str(out) in capsys.readouterr().out


def test_a_recipe_of_no_known_kind(data, recipe, tmp_path, capsys):
    recipe.write_text('kind = "retreiver"\n' + recipe.read_text())
    options = ["--data", str(data), "--out", str(tmp_path / "out")]
    assert run(["train", str(recipe), *options]) == 2
    message = "unknown kind 'retreiver'; choose reader or retriever (did you mean retriever?)"
    assert message in " ".join(capsys.readouterr().err.split())
