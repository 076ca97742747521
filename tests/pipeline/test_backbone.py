"""Test that encoders are made without their pooling layer, where they have one."""

import pytest
from transformers import AutoModel, BertConfig, DebertaV2Config, ModernBertConfig, MPNetConfig

from wherefrom.pipeline.backbone import without_pooler

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
