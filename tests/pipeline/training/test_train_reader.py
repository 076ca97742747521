"""Test the making of a reader from a recipe: all that its folder must hold."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline.change import gains_in_words
from wherefrom.pipeline.evaluation import count, in_words
from wherefrom.pipeline.measuring import measure
from wherefrom.pipeline.probe import learn_probe, probe_examples
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import ReaderManifest, read_manifest
from wherefrom.pipeline.recipe import read_recipe
from wherefrom.pipeline.sources import EVALUATION_TASKS, Evaluation
from wherefrom.pipeline.train_reader import CHECKPOINTS, READING_TOKENS, train_reader

FILES = ("nli/dev.jsonl", "nli/train.jsonl", "qa/dev.json", "qa/train.json.gz")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def manifest(place: Path) -> ReaderManifest:
    """Make the reader, once for all tests of its folder."""
    return train_reader(place / "recipe.toml", place / "data", place / "out", name="Little one")


def test_the_folder_is_complete(place: Path, manifest: ReaderManifest) -> None:
    names = {path.name for path in (place / "out").iterdir()}
    assert names >= {
        *("model.safetensors", "config.json", "tokenizer.json", "reader.json", "README.md"),
        CHECKPOINTS,
    }
    assert read_manifest(place / "out") == manifest
    reader = Reader.open(place / "out", device="cpu")
    assert reader.read(["Who?"], [("", "Paris is old.")])[0].spans


def test_the_manifest_says_what_it_was_made_of(
    place: Path, manifest: ReaderManifest, backbone_folder: Path
) -> None:
    record = manifest.training
    assert (manifest.name, manifest.max_tokens) == ("Little one", READING_TOKENS)
    assert manifest.weights_sha256 == sha256(place / "out" / "model.safetensors")
    assert record["recipe_sha256"] == sha256(place / "recipe.toml")
    assert record["encoder_sha256"] == find_model_folder(str(backbone_folder)).weights_sha256()
    assert record["data_sha256"] == {name: sha256(place / "data" / name) for name in FILES}
    assert (record["seed"], record["steps"]) == (5, 2)
    assert record["span_items"] >= 8
    assert record["pair_items"] == 6
    assert set(record["packages"]) == {"torch", "transformers", "tokenizers"}
    assert json.loads((place / "out" / "reader.json").read_text())["training"] == record


def test_the_metrics_are_those_of_the_stored_weights(place: Path, manifest: ReaderManifest) -> None:
    metrics = manifest.training["metrics"]
    assert set(metrics) == {"qa/dev.json", "nli/dev.jsonl"}
    assert set(metrics["qa/dev.json"]) == {"exact_match", "f1"}
    assert metrics["qa/dev.json"]["f1"]["n"] == 8
    reader = Reader.open(place / "out")
    pairs = [json.loads(line) for line in (place / "data/nli/dev.jsonl").read_text().splitlines()]
    found = reader.infer([p["premise"] for p in pairs], [p["hypothesis"] for p in pairs])
    labels = ["entailment", "neutral", "contradiction"]
    right = sum(labels[row.argmax()] == p["label"] for row, p in zip(found, pairs, strict=True))
    assert set(metrics["nli/dev.jsonl"]) == {"accuracy", "calibration_error"}
    accuracy = metrics["nli/dev.jsonl"]["accuracy"]
    assert (accuracy["n"], accuracy["value"]) == (6, pytest.approx(right / 6))
    assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]
    assert manifest.calibration.inference_temperature == 1.0  # too few pairs to hold any out
    bins = manifest.training["reliability"]["nli/dev.jsonl"]
    assert sum(one["n"] for one in bins) == 6
    again = measure(reader, place / "data", Evaluation("nli/dev.jsonl", "pairs"))
    assert metrics["nli/dev.jsonl"] == again


def test_the_model_card_names_them(place: Path, manifest: ReaderManifest) -> None:
    card = (place / "out" / "README.md").read_text()
    record = manifest.training
    assert card.startswith("---\nlibrary_name: wherefrom\n")
    assert "\n# Little one\n" in card
    assert "- `Little one`: from `" in card
    assert ": 2 steps, drawn from " in card
    assert ", seed 5, " in card
    for name in FILES:
        licence = "MIT" if name == "qa/train.json.gz" else "not told"
        assert f"| `{name}` | {licence} | `{record['data_sha256'][name][:16]}…` |" in card
    assert "\n## Known failures\n\n- It sees no owls.\n" in card
    for name in ("nli/dev.jsonl", "qa/dev.json"):
        found = record["metrics"][name]
        assert f"| `{name}` | {count(found)} | {in_words(found)} |" in card


def test_a_taught_reader_says_where_it_and_its_teacher_come_from(
    place: Path,
    manifest: ReaderManifest,
    tmp_path: Path,
    tiny_reader_folder: Path,
    with_encoder: Callable[[str], str],
) -> None:
    text = with_encoder((place / "out").as_posix())
    taught = text.replace("seed = 5", f'seed = 5\nteacher = "{tiny_reader_folder.as_posix()}"')
    taught = taught.replace('nli/train.jsonl"', 'nli/train.jsonl"\ntaught = true')
    (tmp_path / "recipe.toml").write_text(taught)
    made = train_reader(tmp_path / "recipe.toml", place / "data", tmp_path / "out", name="Taught")
    record = made.training
    assert (record["encoder"], record["encoder_sha256"]) == ("Little one", manifest.weights_sha256)
    assert record["encoder_training"] == manifest.training
    teacher = read_manifest(tiny_reader_folder)
    (taught_by,) = record["teachers"]
    assert (taught_by["teacher"], taught_by["teacher_sha256"]) == ("tiny", teacher.weights_sha256)
    card = (tmp_path / "out" / "README.md").read_text()
    runs = [line for line in card.splitlines() if line.startswith("- `")]
    assert [run.partition(":")[0] for run in runs] == ["- `Little one`", "- `Taught`"]
    assert f", taught by `tiny` (sha256 `{teacher.weights_sha256[:16]}…`)" in runs[1]
    assert runs[0].startswith(f"- `Little one`: from `{manifest.training['encoder']}`")


def test_what_was_gained_and_lost_is_told_of_each_earlier_task(
    place: Path, manifest: ReaderManifest, tmp_path: Path
) -> None:
    """The new recipe names claims alone; what the earlier one evaluates is measured, too."""
    claims = [{"claim": f"{n} owls hunt.", "label": n % 2 == 0} for n in range(12)]
    data = Path(shutil.copytree(place / "data", tmp_path / "data"))
    for name, words in (("claims.jsonl", ""), ("asked.jsonl", " at night")):
        lines = (json.dumps({**each, "claim": each["claim"] + words}) for each in claims)
        (data / name).write_text("".join(f"{line}\n" for line in lines))
    (tmp_path / "recipe.toml").write_text(
        f'''
encoder = "{(place / "out").as_posix()}"
max_tokens = 64
learning_rate = 0.01
consolidation = 2.0
fisher_examples = 6
[[claims]]
file = "claims.jsonl"
share = 4
[[evaluate]]
file = "asked.jsonl"
task = "claims"
[[earlier]]
recipe = "{(place / "recipe.toml").as_posix()}"
replay = 0.5
'''
    )
    made = train_reader(tmp_path / "recipe.toml", data, tmp_path / "out", name="Later")
    record = made.training
    assert list(record["metrics"]) == ["asked.jsonl", "qa/dev.json", "nli/dev.jsonl"]
    assert list(record["gains"]) == ["qa/dev.json", "nli/dev.jsonl"]  # no head for claims before
    old, new = Reader.open(place / "out"), Reader.open(tmp_path / "out")
    for file, task, measure_name in (
        ("qa/dev.json", "spans", "f1"),
        ("nli/dev.jsonl", "pairs", "accuracy"),
    ):
        change = record["gains"][file][measure_name]
        one, two = (measure(each, data, Evaluation(file, task)) for each in (old, new))
        assert (change["before"], change["after"]) == (
            pytest.approx(one[measure_name]["value"]),
            pytest.approx(two[measure_name]["value"]),
        )
        assert change["low"] <= change["difference"] <= change["high"]
    assert set(record["gains"]["nli/dev.jsonl"]) == {"accuracy"}  # of an error of calibration none
    (earlier,) = record["earlier"]
    assert (earlier["replay"], earlier["recipe_sha256"]) == (0.5, sha256(place / "recipe.toml"))
    assert record["replayed"][0]["span_items"] > 0
    assert "nli/train.jsonl" in record["data_sha256"]
    card = (tmp_path / "out" / "README.md").read_text()
    assert "\n## Gained and lost, against `Little one`\n" in card
    assert f"| `nli/dev.jsonl` | {gains_in_words(record['gains']['nli/dev.jsonl'])} |" in card
    assert " 50% of its batches are of the earlier recipe `recipe.toml`." in card
    assert " Weights that mattered before were held (λ = 2)." in card


def test_a_reader_from_a_plain_encoder_has_nothing_to_lose(manifest: ReaderManifest) -> None:
    assert "gains" not in manifest.training


def test_files_of_an_earlier_recipe_are_missed_before_the_run(place: Path, tmp_path: Path) -> None:
    text = (place / "recipe.toml").read_text()
    (tmp_path / "old.toml").write_text('encoder = "e"\n[[claims]]\nfile = "c.jsonl"\n')
    old = (tmp_path / "old.toml").as_posix()
    (tmp_path / "recipe.toml").write_text(f'{text}[[earlier]]\nrecipe = "{old}"\nreplay = 0.1\n')
    with pytest.raises(UsageError, match=r"the recipe names c.jsonl, which is not in the data"):
        train_reader(tmp_path / "recipe.toml", place / "data", tmp_path / "out")


def test_a_run_is_not_overwritten(place: Path, manifest: ReaderManifest) -> None:
    before = sha256(place / "out" / "model.safetensors")
    with pytest.raises(UsageError, match="holds checkpoints of a run; resume it"):
        train_reader(place / "recipe.toml", place / "data", place / "out")
    assert sha256(place / "out" / "model.safetensors") == before


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_before_anything_is_done(
    place: Path, tmp_path: Path, name: str
) -> None:
    for other in FILES:
        if other != name:
            (tmp_path / "data" / other).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "data" / other).write_bytes(b"not read before the check")
    message = f"the recipe names {name}, which is not in the data folder {tmp_path / 'data'}"
    with pytest.raises(UsageError, match=message):
        train_reader(place / "recipe.toml", tmp_path / "data", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_encoder_that_is_not_there(
    place: Path, tmp_path: Path, with_encoder: Callable[[str], str]
) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(with_encoder("no such encoder"))
    with pytest.raises(ModelError, match="encoder 'no such encoder'"):
        train_reader(recipe, place / "data", tmp_path / "out")


@pytest.mark.parametrize("task", EVALUATION_TASKS)
def test_nothing_to_measure_on(
    tmp_path: Path,
    tiny_reader: Reader,
    write_squad: Callable[..., Path],
    task: str,
) -> None:
    write_squad(tmp_path / "spans", [("T", [("An owl.", [("Where?", None)])])])
    write_squad(tmp_path / "answerable", [])
    for name in EVALUATION_TASKS[2:]:
        (tmp_path / name).write_text("\n\n")
    with pytest.raises(UsageError, match=f"nothing to measure on: {tmp_path / task} holds no ex"):
        measure(tiny_reader, tmp_path, Evaluation(task, task))


def test_what_could_not_be_measured_is_refused_before_the_run(place: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    text = (place / "recipe.toml").read_text()
    for name, task, message in (
        ("nli/x.jsonl", "choices", r"measures choices on nli/x.jsonl, but trains no head for it"),
        ("empty.jsonl", "pairs", r"nothing to measure on: .*empty.jsonl holds no example"),
    ):
        for absent in ("empty.jsonl", "nli/x.jsonl"):
            (place / "data" / absent).write_text("\n")
        recipe.write_text(f'{text}\n[[evaluate]]\nfile = "{name}"\ntask = "{task}"\n')
        with pytest.raises(UsageError, match=message):
            train_reader(recipe, place / "data", tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_a_probe_is_learnt_by_the_stored_weights_and_counted(
    place: Path, manifest: ReaderManifest, tmp_path: Path
) -> None:
    text = (place / "recipe.toml").read_text().replace("seed = 5", "seed = 5\nprobe = 12")
    (tmp_path / "recipe.toml").write_text(text)
    made = train_reader(tmp_path / "recipe.toml", place / "data", tmp_path / "out")
    assert made.weights_sha256 == manifest.weights_sha256
    examples = probe_examples(read_recipe(tmp_path / "recipe.toml"), place / "data")
    assert made.training["probe_examples"] == len(examples) >= 9
    probe = made.calibration.answerable_probe
    told = f"A probe has learnt from {len(examples)} questions"
    assert told in (tmp_path / "out" / "README.md").read_text()
    assert probe == learn_probe(Reader.open(tmp_path / "out"), examples)
    assert len(probe) == 32 + 7
    assert read_manifest(tmp_path / "out") == made
    assert manifest.calibration.answerable_probe == ()
    assert "probe_examples" not in manifest.training


def test_beside_an_adapter_questions_that_are_not_shown_teach_a_probe(
    place: Path, manifest: ReaderManifest, tmp_path: Path
) -> None:
    (tmp_path / "recipe.toml").write_text(
        f'''
encoder = "{(place / "out").as_posix()}"
max_tokens = 64
adapter_rank = 4
max_steps = 1
probe = 12
[[spans]]
file = "qa/train.json.gz"
share = 0
[[pairs]]
file = "nli/train.jsonl"
'''
    )
    made = train_reader(tmp_path / "recipe.toml", place / "data", tmp_path / "out")
    assert "span_items" not in made.training
    assert made.training["probe_examples"] >= 9
    assert len(made.calibration.answerable_probe) == 32 + 7
