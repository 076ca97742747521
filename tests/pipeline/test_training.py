"""Test training runs of a few steps: they learn, and a killed one goes on as if it had not been."""

import json
import math
import random
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import (
    AutoModel,
    DistilBertConfig,
    DistilBertModel,
    MPNetConfig,
    MPNetModel,
    TrainingArguments,
)

from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.pipeline import training
from wherefrom.pipeline.batches import (
    ChoiceItem,
    ClaimItem,
    Item,
    PairItem,
    SpanItem,
    collate,
)
from wherefrom.pipeline.checkpoint import WEIGHTS
from wherefrom.pipeline.draws import draw_batches
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.networks import freeze_layers, new_network, require_same_shape
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.quantised import dequantise
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.reader_manifest import read_manifest
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import JudgedSource, PairSource, SpanSource
from wherefrom.pipeline.statement import as_statement
from wherefrom.pipeline.teacher import Teacher
from wherefrom.pipeline.training import train

STEPS = 10


@pytest.fixture(scope="module")
def data(
    tmp_path_factory: pytest.TempPathFactory,
    write_squad: Callable[..., Path],
    write_pairs: Callable[..., Path],
) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_squad(folder / "spans.json")
    write_pairs(folder / "pairs.jsonl.gz")
    return folder


@pytest.fixture(scope="module")
def recipe(backbone_folder: Path) -> Recipe:
    return Recipe(
        encoder=str(backbone_folder),
        spans=(SpanSource("spans.json", share=3.0),),
        pairs=(PairSource("pairs.jsonl.gz", {}, {}),),
        statements=12,
        max_tokens=64,
        span_batch=4,
        pair_batch=4,
        learning_rate=2e-3,
        max_steps=STEPS,
        save_steps=4,
    )


def weights(network: ReaderNetwork) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def mean_loss(network: ReaderNetwork, batches: list[list[Item]]) -> float:
    with torch.no_grad():
        losses = [float(network(**collate(batch))["loss"]) for batch in batches]
    return sum(losses) / len(losses)


@pytest.fixture(scope="module")
def undisturbed(
    recipe: Recipe, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> training.TrainedReader:
    return train(recipe, data, tmp_path_factory.mktemp("runs") / "undisturbed")


class KilledError(BaseException):
    """Stand for whatever ends a process in the middle of a step."""


def kill_at(step: int, patch: pytest.MonkeyPatch) -> None:
    """Let a run end as it takes the batch after so many steps."""
    drawn = 0
    collate_one = training._collate_one

    def collate_or_die(features: list[list[Item]]) -> dict[str, torch.Tensor]:
        nonlocal drawn
        drawn += 1
        if drawn > step:
            raise KilledError
        return collate_one(features)

    patch.setattr(training, "_collate_one", collate_or_die)


def test_a_run_that_is_killed_and_resumed_ends_with_the_same_weights(
    recipe: Recipe, data: Path, tmp_path: Path, undisturbed: training.TrainedReader
) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KilledError):
        kill_at(7, patch)
        train(recipe, data, tmp_path)
    assert [path.name for path in tmp_path.glob("checkpoint-*")] == ["checkpoint-4"]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KilledError):
        kill_at(5, patch)  # steps after the fourth: the checkpoint of the eighth is there
        train(recipe, data, tmp_path, resume=True)
    resumed = train(recipe, data, tmp_path, resume=True)
    assert resumed.steps == undisturbed.steps == STEPS
    for name, tensor in weights(undisturbed.network).items():
        assert torch.equal(resumed.network.state_dict()[name], tensor), name


def test_processes_that_load_batches_as_beside_a_gpu_change_nothing(
    recipe: Recipe, data: Path, tmp_path: Path, undisturbed: training.TrainedReader
) -> None:
    plain = training._arguments

    def with_loaders(*asked: Any) -> TrainingArguments:
        arguments = plain(*asked)
        arguments.dataloader_num_workers = training.LOADERS
        return arguments

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "_arguments", with_loaders)
        loaded = train(recipe, data, tmp_path)
    for name, tensor in weights(undisturbed.network).items():
        assert torch.equal(loaded.network.state_dict()[name], tensor), name


def test_the_seed_decides(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    first, same, other = (
        train(replace(recipe, seed=seed, max_steps=2), data, tmp_path / str(number)).network
        for number, seed in enumerate((7, 7, 8))
    )
    for name, tensor in first.state_dict().items():
        assert torch.equal(same.state_dict()[name], tensor)
    assert not torch.equal(other.span.weight, first.span.weight)


def test_what_a_run_says_of_itself(undisturbed: training.TrainedReader) -> None:
    assert undisturbed.steps == STEPS
    assert undisturbed.items["span_items"] >= 24  # eight questions, three times
    assert undisturbed.items["pair_items"] >= 18  # six pairs and twelve statements
    assert undisturbed.seconds > 0
    assert not undisturbed.network.training
    assert {p.device.type for p in undisturbed.network.parameters()} == {"cpu"}
    assert undisturbed.tokenizer("Paris")["input_ids"][0] == undisturbed.tokenizer.cls_token_id


def test_the_loss_falls(recipe: Recipe, data: Path, tmp_path: Path, backbone_folder: Path) -> None:
    longer = replace(
        recipe,
        spans=(SpanSource("spans.json", share=20.0),),
        negatives=0.0,
        statements=0,
        pairs=(PairSource("pairs.jsonl.gz", {"one": 12.0, "two": 12.0}, {}),),
        max_steps=0,
    )
    trained = train(longer, data, tmp_path)
    builder = PromptBuilder(trained.tokenizer.backend_tokenizer, max_tokens=64)
    batches, _ = draw_batches(longer, data, builder)
    spans = [batch for batch in batches if isinstance(batch[0], SpanItem)]
    pairs = [batch for batch in batches if isinstance(batch[0], PairItem)]
    fresh = new_network(str(backbone_folder), dropout=0.0).eval()
    assert mean_loss(trained.network, spans) < 0.5 * mean_loss(fresh, spans)
    assert mean_loss(trained.network, pairs) < 0.7 * mean_loss(fresh, pairs)


def test_batches_are_drawn_before_and_each_is_of_one_task(
    recipe: Recipe, data: Path, tiny_builder: PromptBuilder
) -> None:
    batches, counts = draw_batches(recipe, data, tiny_builder)
    kinds = [{type(item) for item in batch} for batch in batches]
    assert all(len(kind) == 1 for kind in kinds)
    assert kinds != sorted(kinds, key=str)  # the tasks take turns
    assert sum(len(batch) for batch in batches) == sum(counts.values())
    random.seed(99)  # the run's own generator decides, no other
    again, _ = draw_batches(recipe, data, tiny_builder)
    assert [[item.prompt.ids.tolist() for item in batch] for batch in again] == [
        [item.prompt.ids.tolist() for item in batch] for batch in batches
    ]


def test_the_batches_keep_the_order_in_which_they_were_drawn(
    recipe: Recipe,
    data: Path,
    tmp_path: Path,
    tiny_builder: PromptBuilder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[list[list[int]]] = []
    collate_one = training._collate_one

    def note(features: list[list[Item]]) -> dict[str, torch.Tensor]:
        seen.append([item.prompt.ids.tolist() for item in features[0]])
        return collate_one(features)

    monkeypatch.setattr(training, "_collate_one", note)
    train(recipe, data, tmp_path)
    drawn, _ = draw_batches(recipe, data, tiny_builder)
    wanted = [[item.prompt.ids.tolist() for item in batch] for batch in drawn]
    assert seen[:STEPS] == wanted[:STEPS]


def test_nothing_to_resume(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UsageError, match=f"nothing to resume: {folder} holds no checkpoint"):
            train(recipe, data, folder, resume=True)


def test_checkpoints_are_not_overwritten(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    (tmp_path / "checkpoint-4").mkdir()
    (tmp_path / "checkpoint-4" / "trainer_state.json").write_text("{}")
    with pytest.raises(UsageError, match="holds checkpoints of a run; resume it or name another"):
        train(recipe, data, tmp_path)


def test_data_that_are_missing(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"spans.json does not exist"):
        train(recipe, tmp_path, tmp_path / "out")


def test_a_reader_learns_on_from_its_weights_and_heads(
    recipe: Recipe, data: Path, tmp_path: Path, tiny_reader_folder: Path
) -> None:
    network = new_network(str(tiny_reader_folder), dropout=0.0)
    stored = dequantise(load_file(tiny_reader_folder / WEIGHTS))
    assert {name: tensor.dtype for name, tensor in network.state_dict().items()} == dict.fromkeys(
        stored, torch.float32
    )
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, stored[name]), name
    small = replace(recipe, encoder=str(tiny_reader_folder), max_steps=2)
    trained = train(small, data, tmp_path / "out")
    assert not torch.equal(trained.network.span.weight, stored["span.weight"])
    assert torch.allclose(trained.network.span.weight, stored["span.weight"], atol=0.1)


def test_a_taught_reader_learns_what_its_teacher_says(
    recipe: Recipe, data: Path, tmp_path: Path, tiny_reader_folder: Path
) -> None:
    taught = replace(
        recipe,
        spans=(),
        statements=0,
        teacher=(str(tiny_reader_folder),),
        pairs=(PairSource("pairs.jsonl.gz", {"one": 30, "two": 30}, {}, True, 1),),
        max_steps=0,
    )
    trained = train(taught, data, tmp_path / "out")
    teacher = Teacher((Reader.open(tiny_reader_folder),), tmp_path / "again")
    batches, counts = draw_batches(taught, data, _builder(trained), teacher=teacher)
    assert counts == {"pair_items": 186}  # six pairs thirty times, and six of other hypotheses
    kept = {file.name: file.read_bytes() for file in (tmp_path / "out/teacher").iterdir()}
    assert kept == {file.name: file.read_bytes() for file in (tmp_path / "again").iterdir()}
    fresh = new_network(taught.encoder, dropout=0.0).eval()
    floor = -sum(p * math.log(p) for row in _targets(batches) for p in row) / 186
    assert mean_loss(trained.network, batches) - floor < 0.5 * (mean_loss(fresh, batches) - floor)


def test_spans_choices_and_claims_are_taught_too(
    recipe: Recipe, data: Path, tmp_path: Path, judging_reader_folder: Path
) -> None:
    options = [{"label": label, "text": city} for label, city in (("A", "Paris"), ("B", "Berlin"))]
    asked = {"question": "Where?", "context": "It is old.", "choices": options, "answerKey": "B"}
    claim = {"claim": "Paris is old.", "label": False}
    for name, record in (("choices.jsonl", asked), ("claims.jsonl", claim)):
        (data / name).write_text(json.dumps(record) + "\n")
    taught = replace(
        recipe,
        spans=(SpanSource("spans.json", taught=True),),
        pairs=(),
        choices=(JudgedSource("choices.jsonl", share=2.0, taught=True),),
        claims=(JudgedSource("claims.jsonl", share=2.0, taught=True),),
        statements=0,
        calibration_share=0.0,
        teacher=(str(judging_reader_folder),),
        max_steps=2,
    )
    trained = train(taught, data, tmp_path / "out")
    assert (trained.steps, trained.items["choice_items"], trained.items["claim_items"]) == (2, 2, 2)
    sha256 = read_manifest(judging_reader_folder).weights_sha256[:16]
    kept = {file.name for file in (tmp_path / "out/teacher").iterdir()}
    assert kept == {f"{sha256}.spans.jsonl", f"{sha256}.statements.jsonl"}
    teacher = Teacher((Reader.open(judging_reader_folder),), tmp_path / "out/teacher")
    batches, _ = draw_batches(taught, data, _builder(trained), teacher=teacher)
    items = [item for batch in batches for item in batch]
    assert all(item.said for item in items if isinstance(item, SpanItem))
    pairs = [("It is old.", as_statement("Where?", each["text"])) for each in options]
    one, other, alone = teacher.plausibility([*pairs, ("", "Paris is old.")]).values()
    shares = pytest.approx([_chance(one - other), _chance(other - one)])
    assert [item.said for item in items if isinstance(item, ChoiceItem)] == [shares] * 2
    chances = [item.true for item in items if isinstance(item, ClaimItem)]
    assert chances == [pytest.approx(_chance(alone))] * 2


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _builder(trained: training.TrainedReader) -> PromptBuilder:
    return PromptBuilder(trained.tokenizer.backend_tokenizer, max_tokens=64)


def _targets(batches: list[list[Item]]) -> list[tuple[float, ...]]:
    return [item.target for batch in batches for item in batch if isinstance(item, PairItem)]


@pytest.mark.parametrize("kept", [0.25, 1.0])
def test_a_share_of_an_ancestor_is_kept(
    recipe: Recipe, data: Path, tmp_path: Path, tiny_reader_folder: Path, kept: float
) -> None:
    small = replace(recipe, encoder=str(tiny_reader_folder), max_steps=2)
    new = train(small, data, tmp_path / "new").network.state_dict()
    blended = replace(small, kept=kept, kept_from=str(tiny_reader_folder))
    found = train(blended, data, tmp_path / "blended").network.state_dict()
    old = new_network(str(tiny_reader_folder), dropout=0.0).state_dict()
    for name, tensor in found.items():
        wanted = (1 - kept) * new[name] + kept * old[name]
        assert torch.allclose(tensor, wanted, atol=1e-6), name
    assert not torch.allclose(found["span.weight"], new["span.weight"])


def test_readers_of_different_shapes_are_not_blended(
    backbone_folder: Path, mpnet_folder: Path
) -> None:
    one, other = (new_network(str(each), dropout=0.0) for each in (backbone_folder, mpnet_folder))
    with pytest.raises(UsageError, match="a reader of another shape"):
        require_same_shape(one, other)


@pytest.mark.parametrize("dropout", [0.0, 0.25])
def test_the_dropout_of_the_encoder_is_the_recipes(backbone_folder: Path, dropout: float) -> None:
    network = new_network(str(backbone_folder), dropout=dropout)
    found = {m.p for m in network.encoder.modules() if isinstance(m, torch.nn.Dropout)}
    assert found == {dropout}
    assert not [name for name in network.state_dict() if "pooler" in name]


def test_an_encoder_without_a_pooling_layer_can_learn(
    recipe: Recipe, data: Path, tmp_path: Path, backbone_folder: Path
) -> None:
    folder = tmp_path / "distilbert"
    config = DistilBertConfig(vocab_size=256, dim=32, n_layers=1, n_heads=2, hidden_dim=64)
    DistilBertModel(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((backbone_folder / name).read_bytes())
    small = replace(recipe, encoder=str(folder), max_steps=2)
    trained = train(small, data, tmp_path / "out")
    assert trained.network.encoder.config.model_type == "distilbert"


@pytest.fixture(scope="module")
def mpnet_folder(tmp_path_factory: pytest.TempPathFactory, backbone_folder: Path) -> Path:
    """Give the folder of an MPNet of three layers, whose positions are weights of their own."""
    folder = tmp_path_factory.mktemp("tiny") / "mpnet"
    config = MPNetConfig(
        vocab_size=256,
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=64,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        MPNetModel(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes((backbone_folder / name).read_bytes())
    return folder


@pytest.mark.parametrize(
    ("kind", "layers", "frozen"),
    [("backbone", 2, 1), ("mpnet", 3, 2), ("mpnet", 3, 0)],
)
def test_frozen_layers_keep_the_encoders_weights_and_the_others_learn(
    recipe: Recipe,
    data: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    kind: str,
    layers: int,
    frozen: int,
) -> None:
    folder = request.getfixturevalue(f"{kind}_folder")
    chosen = replace(recipe, encoder=str(folder), frozen_layers=frozen, max_steps=4, pair_batch=24)
    trained = train(chosen, data, tmp_path / "out").network
    before = dict(AutoModel.from_pretrained(folder, dtype=torch.float32).named_parameters())
    moved: dict[str, bool] = {}
    for name, tensor in trained.encoder.named_parameters():
        part = next((f"layer.{n}." for n in range(layers) if f"layer.{n}." in name), "other")
        moved[part] = moved.get(part, False) or not torch.equal(tensor, before[name])
    wanted = {f"layer.{number}.": number >= frozen for number in range(layers)}
    assert moved == wanted | {"other": not frozen}  # embeddings, positions and their norms
    assert all(weight.requires_grad == (not frozen) for weight in embeddings(trained))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(chosen.seed)
        fresh = new_network(str(folder), dropout=0.0)
    assert not torch.equal(trained.span.weight, fresh.span.weight)


def embeddings(network: ReaderNetwork) -> list[torch.nn.Parameter]:
    return [weight for name, weight in network.encoder.named_parameters() if "embeddings" in name]


def test_a_run_with_frozen_layers_goes_on_as_if_it_had_not_been_killed(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    chosen = replace(recipe, frozen_layers=1, max_steps=6)
    whole = train(chosen, data, tmp_path / "whole").network
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KilledError):
        kill_at(5, patch)
        train(chosen, data, tmp_path / "killed")
    resumed = train(chosen, data, tmp_path / "killed", resume=True).network
    for name, tensor in whole.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], tensor), name


@pytest.mark.parametrize("adversary", ["fgm", "freelb"])
def test_a_run_against_an_adversary_learns_and_goes_on_after_a_kill(
    recipe: Recipe, data: Path, tmp_path: Path, adversary: str
) -> None:
    chosen = replace(recipe, adversary=adversary, max_steps=6)
    whole = train(chosen, data, tmp_path / "whole").network.state_dict()
    plain = train(replace(chosen, adversary="none"), data, tmp_path / "plain").network.state_dict()
    assert not torch.equal(whole["span.weight"], plain["span.weight"])
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KilledError):
        kill_at(5, patch)
        train(chosen, data, tmp_path / "killed")
    resumed = train(chosen, data, tmp_path / "killed", resume=True).network.state_dict()
    for name, tensor in whole.items():
        assert torch.equal(resumed[name], tensor), name


def test_smoothed_labels_are_less_sure(
    recipe: Recipe, data: Path, tiny_builder: PromptBuilder
) -> None:
    batches, _ = draw_batches(replace(recipe, label_smoothing=0.3), data, tiny_builder)
    for target in _targets(batches):
        assert sorted(target) == pytest.approx([0.1, 0.1, 0.8])


@pytest.mark.parametrize(("kind", "layers"), [("backbone", 2), ("mpnet", 3)])
def test_as_many_frozen_layers_as_there_are_leave_nothing_to_learn(
    recipe: Recipe,
    data: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    kind: str,
    layers: int,
) -> None:
    folder = request.getfixturevalue(f"{kind}_folder")
    for count in (layers, layers + 1):
        chosen = replace(recipe, encoder=str(folder), frozen_layers=count)
        message = f"frozen_layers is {count}, but the encoder has {layers} layers"
        with pytest.raises(UsageError, match=message):
            train(chosen, data, tmp_path)


def test_an_encoder_whose_layers_cannot_be_told_apart_is_not_frozen() -> None:
    """ALBERT goes through one layer again and again."""
    from transformers import AlbertConfig, AlbertModel

    config = AlbertConfig(
        vocab_size=64,
        embedding_size=16,
        hidden_size=32,
        num_hidden_layers=4,
        num_attention_heads=2,
        intermediate_size=64,
    )
    encoder = AlbertModel(config)
    with pytest.raises(UsageError, match=r"frozen_layers is 1, but the encoder has no stack"):
        freeze_layers(encoder, 1)
    assert all(weight.requires_grad for weight in encoder.parameters())


def test_a_run_without_a_single_example_is_refused(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    nothing = replace(recipe, spans=(SpanSource("spans.json", share=0.0),), pairs=(), statements=0)
    with pytest.raises(UsageError, match="the recipe draws no example from its data"):
        train(nothing, data, tmp_path)


def test_batches_that_accumulate_make_one_step(
    recipe: Recipe, data: Path, tmp_path: Path, undisturbed: training.TrainedReader
) -> None:
    """Two batches a step: half the steps over the same batches, and other weights."""
    trained = train(replace(recipe, accumulate=2, max_steps=5), data, tmp_path)
    assert trained.steps == 5
    assert trained.items == undisturbed.items
    before, after = weights(undisturbed.network), weights(trained.network)
    assert any(not torch.equal(before[name], after[name]) for name in before)
    assert train(replace(recipe, accumulate=4, max_steps=0), data, tmp_path / "4").steps > 1


@pytest.mark.parametrize("name", ["tensorboard", "wandb"])
def test_a_report_needs_its_package(recipe: Recipe, data: Path, tmp_path: Path, name: str) -> None:
    if find_spec(name) is not None:
        pytest.skip(f"{name} is installed")
    with pytest.raises(UsageError, match=f"report_to is {name}, which is not installed"):
        train(replace(recipe, report_to=name), data, tmp_path)
