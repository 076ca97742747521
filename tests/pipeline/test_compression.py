"""Test whole compressions of a reader of two layers: what is written, measured, gone on with."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from wherefrom.indexes.int8_linear import computes_in_int8
from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.kb.progress import NoProgress
from wherefrom.pipeline.checkpoint import load_reader
from wherefrom.pipeline.compression import compress
from wherefrom.pipeline.frontier import Frontier, Point, read_frontier
from wherefrom.pipeline.int8_encoder import Int8Linear
from wherefrom.pipeline.measuring import scored
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import MANIFEST, read_manifest, write_manifest
from wherefrom.pipeline.sources import Evaluation

HEAD = """
most = 5
overlap_pairs = 12
weighed = 4
timed = 2
rounds = 1

[[evaluate]]
file = "dev.json"
task = "spans"

[[evaluate]]
file = "dev.jsonl"
task = "pairs"

[[weigh]]
file = "train.json"
task = "spans"

[[weigh]]
file = "train.jsonl"
task = "pairs"
"""
STEPS = """
[[step]]
kind = "quantise"
to = "float32"

[[step]]
kind = "quantise"
to = "bf16"

[[step]]
kind = "quantise"
to = "int8_dynamic"
from = "float32"

[[step]]
name = "words"
kind = "prune_vocabulary"
files = ["train.json", "train.jsonl"]
from = "float32"

[[step]]
name = "heads"
kind = "prune_heads"
share = 0.25

[[step]]
name = "layer"
kind = "drop_layers"
count = 1
by = "loss"

[[step]]
name = "taught"
kind = "distil"
recipe = "student.toml"

[[step]]
name = "last"
kind = "quantise"
to = "int8"
"""
STUDENT = """
max_tokens = 64
max_steps = 3
pair_batch = 2
save_steps = 1
negatives = 0.0
[[pairs]]
file = "train.jsonl"
taught = true
"""
NAMES = ["original", "float32", "bf16", "int8_dynamic", "words", "heads", "layer", "taught", "last"]
OTHER_PAIRS = [
    ("A cat sits.", "A cat is there.", "entailment", "three"),
    ("A cat sits.", "It is late.", "neutral", "three"),
    ("A cat sits.", "A cat stands.", "contradiction", "three"),
]


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory,
    tiny_reader_folder: Path,
    write_squad: Callable[..., Path],
    write_pairs: Callable[..., Path],
    articles: list[object],
) -> Path:
    """Give a folder with a reader, data, and a recipe of all kinds of steps."""
    folder = tmp_path_factory.mktemp("compression")
    shutil.copytree(tiny_reader_folder, folder / "reader")
    write_squad(folder / "data" / "dev.json", articles[:1])
    write_squad(folder / "data" / "train.json", articles[1:])
    write_pairs(folder / "data" / "dev.jsonl")
    write_pairs(folder / "data" / "train.jsonl", OTHER_PAIRS)
    (folder / "student.toml").write_text(STUDENT)
    return folder


def recipe(place: Path, steps: str = STEPS, name: str = "recipe.toml", head: str = HEAD) -> Path:
    file = place / name
    file.write_text(f'reader = "{place / "reader"}"\n{head}{steps}')
    return file


@pytest.fixture(scope="module")
def done(place: Path) -> Frontier:
    """Give the frontier of the whole recipe, whose readers are in `out`."""
    return compress(recipe(place), place / "data", place / "out")


@pytest.fixture(scope="module")
def points(done: Frontier) -> dict[str, Point]:
    return {point.name: point for point in done.points}


def test_every_step_is_measured_and_written(
    place: Path, done: Frontier, points: dict[str, Point]
) -> None:
    assert list(points) == NAMES
    assert read_frontier(place / "out") == done
    assert (place / "out" / "frontier.svg").read_text().startswith("<svg ")
    for name in NAMES[1:]:
        folder, point = place / "out" / name, points[name]
        manifest = read_manifest(folder)
        assert manifest.name == f"tiny-{name}"
        assert manifest.weights_sha256 == point.weights_sha256
        assert set(manifest.training["metrics"]) == {"dev.json", "dev.jsonl", "overlap pairs"}
        assert manifest.training["compression"][-1]["name"] == name
        sizes = [f.stat().st_size for f in folder.iterdir() if f.is_file() and f.suffix != ".md"]
        assert abs(point.bytes - sum(sizes)) < 4096  # the manifest has grown by the measures
        again = scored(Reader.open(folder, device="cpu"), place / "data", DEV, most=5).measures()
        assert again == point.measures["dev.json"]
    assert points["original"].latency.times_faster == 1.0
    assert {point.latency.prompts for point in done.points} == {2}


DEV = Evaluation("dev.json", "spans")


def test_storages(place: Path, points: dict[str, Point]) -> None:
    kinds = {name: (point.storage, point.computation) for name, point in points.items()}
    assert kinds == {
        "original": ("int8", "float"),
        "float32": ("float32", "float"),
        "bf16": ("bf16", "float"),
        "int8_dynamic": ("int8", "int8"),
        **dict.fromkeys(("words", "heads", "layer", "taught"), ("float32", "float")),
        "last": ("int8", "float"),
    }
    stored = {
        name: load_file(place / "out" / name / "model.safetensors")
        for name in ("float32", "bf16", "int8_dynamic")
    }
    wide = "encoder.encoder.layer.0.intermediate.dense.weight"
    types = {name: weights[wide].dtype for name, weights in stored.items()}
    assert types == {"float32": torch.float32, "bf16": torch.bfloat16, "int8_dynamic": torch.int8}
    assert points["float32"].measures == points["original"].measures  # it was rounded before
    assert points["bf16"].bytes < points["float32"].bytes


def test_parts_are_gone(place: Path, points: dict[str, Point]) -> None:
    changed = points["words"].changed
    assert 0 < changed["left"] < changed["before"]
    heads = points["heads"].changed
    assert sorted(heads["left"]) == [1, 2]
    assert sum(map(len, heads["pruned"])) == 1
    assert points["layer"].changed["left"] == 1
    assert len(points["layer"].changed["dropped"]) == 1
    config = json.loads((place / "out" / "last" / "config.json").read_text())
    assert (config["num_hidden_layers"], config["vocab_size"]) == (1, changed["left"])
    sizes = [points[name].bytes for name in ("float32", "words", "heads", "layer", "last")]
    assert sizes == sorted(sizes, reverse=True)


def test_what_was_learnt_came_from_the_original(place: Path, points: dict[str, Point]) -> None:
    training = read_manifest(place / "out" / "taught").training
    assert [each["teacher"] for each in training["teachers"]] == ["tiny"]
    assert training["encoder"] == "tiny-layer"
    assert points["taught"].changed["steps"] == 2
    assert points["taught"].weights_sha256 != points["layer"].weights_sha256


@pytest.mark.skipif(not computes_in_int8("cpu"), reason="no kernel multiplies in eight bits here")
def test_eight_bits_are_computed_in(place: Path) -> None:
    exact, rounded = (
        Reader.open(place / "out" / name, device="cpu") for name in ("float32", "int8_dynamic")
    )
    premises, hypotheses = ["A cat sits.", "A dog eats bread."], ["It is late.", "No."]
    found, wanted = (one.infer(premises, hypotheses) for one in (rounded, exact))
    assert 0 < abs(found - wanted).max() < 0.2
    alone = rounded.infer(premises[:1], hypotheses[:1])
    assert abs(alone - found[:1]).max() < 1e-6  # whatever stands beside it in a batch


@pytest.mark.skipif(not computes_in_int8("cpu"), reason="no kernel multiplies in eight bits here")
def test_encoders_of_transformers_compute_in_eight_bits(
    tmp_path: Path, backbone_folder: Path, make_network: Callable[..., object]
) -> None:
    from transformers import AutoTokenizer, ElectraConfig

    from wherefrom.pipeline.checkpoint import save_reader
    from wherefrom.pipeline.reader_manifest import ReaderManifest

    config = ElectraConfig(
        vocab_size=256, embedding_size=32, hidden_size=32, num_hidden_layers=2,
        num_attention_heads=2, intermediate_size=160,
    )  # fmt: skip
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    manifest = ReaderManifest("other", "", 64, computation="int8")
    save_reader(tmp_path, make_network(config), tokenizer, manifest)
    network = load_reader(tmp_path, device="cpu").network
    inside = [type(part) for part in network.encoder.modules()]
    assert inside.count(Int8Linear) == 12 and torch.nn.Linear not in inside
    assert isinstance(network.inference, torch.nn.Linear)
    found = Reader.open(tmp_path, device="cpu").infer(["A cat sits."], ["It is late."])
    write_manifest(tmp_path, ReaderManifest("other", read_manifest(tmp_path).weights_sha256, 64))
    wanted = Reader.open(tmp_path, device="cpu").infer(["A cat sits."], ["It is late."])
    assert 0 < abs(found - wanted).max() < 0.2


class _Stopped(NoProgress):
    """Stop a run when so many steps are done."""

    def __init__(self, done: int) -> None:
        self.left = done

    def advance(self, name: str, steps: int = 1) -> None:
        if name == "compress":
            self.left -= steps
            if self.left <= 0:
                raise KeyboardInterrupt


def test_a_run_that_is_stopped_goes_on_and_may_be_longer(
    place: Path, points: dict[str, Point]
) -> None:
    out = place / "again"
    short = recipe(place, STEPS.partition('[[step]]\nname = "heads"')[0], "short.toml")
    with pytest.raises(KeyboardInterrupt):
        compress(short, place / "data", out, progress=_Stopped(3))
    begun = read_frontier(out)
    assert begun is not None and [point.name for point in begun.points] == NAMES[:3]
    (out / "int8_dynamic").mkdir()
    (out / "int8_dynamic" / "model.safetensors").write_bytes(b"half")  # and was being written
    before = (out / "float32" / MANIFEST).stat().st_mtime_ns
    found = compress(short, place / "data", out)
    assert found.points[:3] == begun.points
    longer = compress(recipe(place), place / "data", out)
    assert longer.points[:5] == found.points
    assert (out / "float32" / MANIFEST).stat().st_mtime_ns == before
    for point in longer.points:
        assert point.weights_sha256 == points[point.name].weights_sha256
        assert point.measures == points[point.name].measures
        assert point.robustness == points[point.name].robustness


def test_a_folder_with_something_else_is_refused(place: Path, done: Frontier) -> None:
    data, out = place / "data", place / "out"
    other = recipe(place, STEPS.replace("share = 0.25", "share = 0.5"), "other.toml")
    with pytest.raises(UsageError, match="a run of another recipe, whose step heads is"):
        compress(other, data, out)
    with pytest.raises(UsageError, match="holds a run with other settings"):
        compress(recipe(place, head=HEAD.replace("most = 5", "most = 4")), data, out)
    with pytest.raises(UsageError, match=r"reader holds README.md|reader holds config.json and no"):
        compress(recipe(place), data, place / "reader")
    assert read_frontier(out) == done


def test_a_finished_reader_that_has_changed(place: Path, done: Frontier) -> None:
    out = Path(shutil.copytree(place / "out", place / "changed"))
    for name in (MANIFEST, "model.safetensors"):
        shutil.copy(out / "float32" / name, out / "bf16" / name)
    with pytest.raises(ModelError, match="does not hold the reader of the finished step bf16 any"):
        compress(recipe(place), place / "data", out)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ('kind = "drop_layers"\nlayers = [2]', "there is no layer 2; the reader has 2, numbered"),
        ('kind = "drop_layers"\ncount = 2', "2 layers cannot be dropped of 2; one must be left"),
        ('kind = "prune_heads"\nshare = 0.9', "0.9 is 4 of 4 heads, but from 1 to 2 can be"),
        ('kind = "prune_heads"\nshare = 0.1', "0.1 is 0 of 4 heads, but from 1 to 2 can be"),
        (
            'kind = "drop_layers"\ncount = 1\n'
            '[[step]]\nkind = "drop_layers"\nname = "b"\ncount = 1',
            "the step b: 1 layers cannot be dropped of 1; one must be left",
        ),
        (
            'kind = "prune_vocabulary"\nfiles = ["none.txt"]',
            "the recipe names none.txt, which is not in the data folder",
        ),
        ('kind = "distil"\nrecipe = "plain.toml"', "plain.toml: nothing is learnt from the orig"),
        ('kind = "distil"\nrecipe = "away.toml"', "the recipe names away.jsonl, which is not in"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_done(
    place: Path, steps: str, message: str
) -> None:
    (place / "plain.toml").write_text(STUDENT.replace("taught = true", ""))
    (place / "away.toml").write_text(STUDENT.replace("train.jsonl", "away.jsonl"))
    file = recipe(place, f"[[step]]\n{steps}\n", "bad.toml")
    with pytest.raises(UsageError, match=message):
        compress(file, place / "data", place / "none")
    assert not (place / "none").exists()


def test_other_things_that_are_said_first(place: Path) -> None:
    step = '[[step]]\nkind = "quantise"\nto = "bf16"\n'
    more = '[[evaluate]]\nfile = "dev.jsonl"\ntask = "claims"\n'
    with pytest.raises(UsageError, match=r"claims cannot be measured on dev.jsonl: the reader"):
        compress(recipe(place, more + step, "bad.toml"), place / "data", place / "none")
    missing = place / "bad.toml"
    missing.write_text(f'reader = "{place / "data"}"\n{HEAD}{step}')
    with pytest.raises(ModelError, match=r"no reader in .*data"):
        compress(missing, place / "data", place / "none")
    assert not (place / "none").exists()


def test_pairs_of_a_file_stand_for_robustness(place: Path, write_pairs, tmp_path: Path) -> None:
    head = HEAD.replace("rounds = 1\n", "rounds = 1\n\n[[robustness]]\nfile = 'hard.jsonl'\n")
    rows = [("A dog eats.", "A dog eats bread.", "not_entailment", "hard")]
    write_pairs(place / "data" / "hard.jsonl", rows)
    file = recipe(place, '[[step]]\nkind = "quantise"\nto = "bf16"\n', "robust.toml", head)
    found = compress(file, place / "data", tmp_path / "out")
    assert [list(point.robustness) for point in found.points] == [["hard.jsonl"]] * 2
    assert found.points[0].robustness["hard.jsonl"]["accuracy"]["n"] == 1
