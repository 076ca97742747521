"""Test that encoders are made without their pooling layer, where they have one."""

import pytest
from transformers import (
    AutoModel,
    BartConfig,
    BertConfig,
    DebertaV2Config,
    GPT2Config,
    ModernBertConfig,
    MPNetConfig,
    PretrainedConfig,
    T5Config,
    ViTConfig,
)

from wherefrom.kb.errors import ModelError
from wherefrom.pipeline.backbone import require_encoder, without_pooler

SMALL = {
    **{"vocab_size": 64, "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2},
    **{"intermediate_size": 64, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2},
}


@pytest.mark.parametrize(
    ("config", "has_pooler"),
    [
        (BertConfig(**SMALL), True),
        (MPNetConfig(**SMALL), True),
        (DebertaV2Config(**SMALL), False),
        (ModernBertConfig(**SMALL, cls_token_id=1, sep_token_id=2), False),
    ],
    ids=lambda value: getattr(value, "model_type", ""),
)
def test_no_encoder_has_a_pooler(config: object, has_pooler: bool) -> None:
    assert bool(without_pooler(config)) == has_pooler
    model = AutoModel.from_config(config, **without_pooler(config))
    assert not [name for name in model.state_dict() if name.startswith("pooler")]


@pytest.mark.parametrize(
    "config",
    [
        GPT2Config(n_embd=32, n_layer=1, n_head=2),
        T5Config(d_model=32, num_layers=1),
        BartConfig(d_model=32),
        ViTConfig(hidden_size=32),
    ],
    ids=lambda config: config.model_type,
)
def test_what_is_no_text_encoder_is_refused(config: PretrainedConfig) -> None:
    with pytest.raises(ModelError, match=rf"encoder its-name is of the kind {config.model_type}, "):
        require_encoder(config, "its-name")


def test_encoders_of_text_are_taken() -> None:
    for config in (BertConfig(**SMALL), MPNetConfig(**SMALL), DebertaV2Config(**SMALL)):
        require_encoder(config, "its-name")
