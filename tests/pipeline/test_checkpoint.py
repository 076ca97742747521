"""Test that a reader's folder gives back the network that was saved, and that damage is named."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, DistilBertConfig, ElectraConfig, RobertaConfig

from wherefrom.indexes import hardware
from wherefrom.kb.errors import FormatError, ModelError
from wherefrom.pipeline.batches import padded
from wherefrom.pipeline.checkpoint import (
    PACKED,
    WEIGHTS,
    LoadedReader,
    is_packed,
    load_network,
    load_reader,
    save_reader,
    storage_in,
)
from wherefrom.pipeline.heads import HeadOutputs, PlainBert, ReaderNetwork
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.quantised import SCALE, dequantise
from wherefrom.pipeline.reader_manifest import (
    Calibration,
    ReaderManifest,
    read_manifest,
    write_manifest,
)

SMALL = {"vocab_size": 256, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
OTHERS = [
    DistilBertConfig(vocab_size=256, dim=32, n_layers=2, n_heads=2, hidden_dim=160),
    ElectraConfig(**SMALL, embedding_size=32, intermediate_size=160),
    RobertaConfig(**SMALL, intermediate_size=160, pad_token_id=0, max_position_embeddings=200),
]
MakeNetwork = Callable[..., ReaderNetwork]


@pytest.fixture
def folder(tiny_reader_folder: Path, tmp_path: Path) -> Path:
    """Give a copy of the tiny reader that a test may damage."""
    return Path(shutil.copytree(tiny_reader_folder, tmp_path / "reader"))


@pytest.fixture
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let networks run in float32 whatever the machine computes fastest in."""
    monkeypatch.setattr(hardware, "choose_number_type", lambda device: torch.float32)


Outputs = tuple[HeadOutputs, torch.Tensor, torch.Tensor]


def run(network: ReaderNetwork, tokenizer: Any) -> Outputs:
    """Run two prompts of different length; return all outputs, and where tokens are."""
    evidence = [("Paris", "Paris is the capital of France."), ("", "Berlin")]
    prompts = PromptBuilder(tokenizer, max_tokens=64).reading("What is the capital?", evidence)
    tensors = padded(prompts)
    with torch.inference_mode():
        return network.read(**tensors), network.infer(**tensors), tensors["mask"].bool()


def assert_same(found: Outputs, wanted: Outputs, error: float) -> None:
    """Compare outputs where there are tokens; what stands on padding is never looked at."""
    (one, judged, mask), (two, wished, _) = found, wanted
    close = {"rtol": error, "atol": error}
    torch.testing.assert_close(one.start[mask], two.start[mask], **close)
    torch.testing.assert_close(one.end[mask], two.end[mask], **close)
    torch.testing.assert_close(one.relevance, two.relevance, **close)
    torch.testing.assert_close(judged, wished, **close)
    assert float(two.start[mask].std()) > 0.1  # the comparison is of something


def restored(folder: Path, network: ReaderNetwork) -> ReaderNetwork:
    """Put the stored weights into the network that was saved, without the code under test."""
    network.load_state_dict(dequantise(load_file(folder / "model.safetensors")))
    return network


def test_a_plain_bert_computes_as_transformers_does(
    tiny_reader_folder: Path, make_network: MakeNetwork, in_float32: None
) -> None:
    loaded = load_reader(tiny_reader_folder, device="cpu")
    assert isinstance(loaded.network.encoder, PlainBert)
    network = restored(tiny_reader_folder, make_network())
    found, wanted = (run(each, loaded.tokenizer) for each in (loaded.network, network))
    assert_same(found, wanted, 1e-4)


def test_in_the_numbers_of_this_machine_it_computes_nearly_the_same(
    tiny_reader_folder: Path, make_network: MakeNetwork
) -> None:
    loaded = load_reader(tiny_reader_folder, device="cpu")
    network = restored(tiny_reader_folder, make_network())
    found, wanted = (run(each, loaded.tokenizer) for each in (loaded.network, network))
    assert_same(found, wanted, 0.15)


@pytest.mark.parametrize("config", OTHERS, ids=lambda config: config.model_type)
def test_another_encoder_runs_through_transformers(
    tmp_path: Path,
    backbone_folder: Path,
    make_network: MakeNetwork,
    in_float32: None,
    config: Any,
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    network = make_network(config)
    if config.model_type == "roberta":  # one type of token only
        tokenizer.backend_tokenizer.post_processor = one_type(tokenizer)
    save_reader(tmp_path, network, tokenizer, ReaderManifest("other", "", 64))
    loaded = load_reader(tmp_path, device="cpu")
    assert not isinstance(loaded.network.encoder, PlainBert)
    assert not loaded.network.training
    found = run(loaded.network, loaded.tokenizer)
    assert_same(found, run(restored(tmp_path, network), loaded.tokenizer), 1e-4)


def one_type(tokenizer: Any) -> Any:
    from tokenizers.processors import TemplateProcessing

    special = [(token, tokenizer.convert_tokens_to_ids(token)) for token in ("[CLS]", "[SEP]")]
    return TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] [SEP] $B [SEP]", special_tokens=special
    )


def test_large_matrices_are_stored_in_eight_bits(tiny_reader_folder: Path) -> None:
    stored = load_file(tiny_reader_folder / "model.safetensors")
    wide = "encoder.encoder.layer.0.intermediate.dense.weight"
    assert stored[wide].dtype == torch.int8
    assert stored[wide + SCALE].shape == (160,)
    assert stored["span.weight"].dtype == torch.float32


def test_the_manifest_comes_back(folder: Path) -> None:
    calibration = Calibration(
        answer_weights={"margin": 0.5, "relevance": 2.0}, answer_bias=-1.0, answer_threshold=0.4
    )
    training = {"seed": 7, "metrics": {"é": {"n": 3}}}
    before = read_manifest(folder)
    write_manifest(folder, replace(before, calibration=calibration, training=training))
    after = read_manifest(folder)
    assert (after.name, after.max_tokens, after.format) == ("tiny", 64, 1)
    assert after.calibration == calibration
    assert after.training == training
    assert load_reader(folder, device="cpu").manifest == after


def test_the_hash_is_that_of_the_weights(tiny_reader_folder: Path) -> None:
    import hashlib

    content = (tiny_reader_folder / "model.safetensors").read_bytes()
    assert read_manifest(tiny_reader_folder).weights_sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("place", [0, 100, -1])
def test_a_changed_byte_of_the_weights_is_seen(folder: Path, place: int) -> None:
    path = folder / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(bytes(content))
    message = r"reader/model.safetensors does not match its manifest: sha256 \w{12}…, expected \w"
    with pytest.raises(ModelError, match=message):
        load_reader(folder, device="cpu")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("reader.json", r"no reader in .*reader: .*reader.json"),
        ("model.safetensors", r"no weights in .*reader: .*model.safetensors"),
        ("config.json", r"reader/config.json: cannot read the model's configuration"),
        ("tokenizer.json", r"reader/tokenizer.json cannot be read"),
    ],
)
def test_a_missing_file_is_named(folder: Path, name: str, message: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=message):
        load_reader(folder, device="cpu")


def test_a_damaged_tokenizer_is_named(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match=r"reader/tokenizer.json cannot be read"):
        load_reader(folder, device="cpu")


def test_a_folder_that_is_not_there() -> None:
    with pytest.raises(ModelError, match="no reader in no/such/folder"):
        load_reader(Path("no/such/folder"), device="cpu")


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("{", ModelError, "reader.json is not JSON"),
        ("[1]", ModelError, "reader.json is not a reader's manifest: it has no format version"),
        ("{}", ModelError, "reader.json is not a reader's manifest: it has no format version"),
        ('{"format": 2}', FormatError, "reader.json has format 2; this release reads 1; install"),
        ('{"format": "1"}', FormatError, "reader.json has format '1'; this release reads 1"),
        ('{"format": 1}', ModelError, "reader.json is malformed: 'calibration'"),
        ('{"format": 1, "calibration": {}}', ModelError, "reader.json is malformed: .*'name'"),
        ('{"format": 1, "calibration": {"bias": 1}}', ModelError, "is malformed: .*'bias'"),
        ('{"format": 1, "calibration": 3}', ModelError, "reader.json is malformed: "),
    ],
)
def test_a_wrong_manifest_is_named(
    folder: Path, text: str, error: type[Exception], message: str
) -> None:
    (folder / "reader.json").write_text(text)
    with pytest.raises(error, match=message):
        load_reader(folder, device="cpu")


@pytest.mark.parametrize(
    "change",
    [
        {"num_hidden_layers": 3},
        {"num_attention_heads": "two"},
        {"model_type": "distilbert"},
        {"model_type": "no-such-model"},
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    folder: Path, change: dict[str, object]
) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ModelError, match="reader: the weights do not fit the configuration"):
        load_reader(folder, device="cpu")


def test_the_loaded_network_is_ready_to_run(tiny_reader_folder: Path) -> None:
    loaded = load_reader(tiny_reader_folder, device="cpu")
    assert isinstance(loaded, LoadedReader)
    assert not loaded.network.training
    first, second = (run(loaded.network, loaded.tokenizer) for _ in range(2))
    assert torch.equal(first[0].start, second[0].start)  # no dropout


def test_a_calibration_of_an_earlier_release_is_read(
    tiny_reader_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_reader_folder, tmp_path / "reader"))
    table = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    later = ("answerable_weights", "answerable_bias", "plausibility_temperature")
    for name in (*later, "label_temperature"):
        del table["calibration"][name]
    table["calibration"]["inference_temperature"] = 1.5
    (folder / "reader.json").write_text(json.dumps(table), encoding="utf-8")
    found = read_manifest(folder).calibration
    assert found == Calibration(inference_temperature=1.5)


def test_weights_that_are_packed_are_the_same_in_a_smaller_file(
    tiny_reader_folder: Path, backbone_folder: Path, make_network: MakeNetwork, tmp_path: Path
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    manifest = ReaderManifest("packed", "", 64)
    written = save_reader(tmp_path, make_network(), tokenizer, manifest, packed=True)
    assert [file.name for file in tmp_path.glob("model.*")] == [PACKED]
    plain, packed = (load_network(one).state_dict() for one in (tiny_reader_folder, tmp_path))
    assert list(plain) == list(packed)
    assert all(torch.equal(packed[name], weight) for name, weight in plain.items())
    assert is_packed(tmp_path) and not is_packed(tiny_reader_folder)
    assert storage_in(tmp_path) == storage_in(tiny_reader_folder) == "int8"
    size = (tmp_path / PACKED).stat().st_size
    assert size < (tiny_reader_folder / WEIGHTS).stat().st_size
    again = save_reader(tmp_path, make_network(), tokenizer, manifest, packed=True)
    assert again.weights_sha256 == written.weights_sha256
    content = bytearray((tmp_path / PACKED).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / PACKED).write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.safetensors\.gz does not match its manifest"):
        load_network(tmp_path)
    save_reader(tmp_path, make_network(), tokenizer, manifest)
    assert [file.name for file in tmp_path.glob("model.*")] == [WEIGHTS]
