"""Make the encoder under a reader's heads with transformers, whatever its architecture."""

from inspect import signature
from typing import TYPE_CHECKING, Any

from wherefrom.kb.errors import ModelError

if TYPE_CHECKING:
    from transformers import PretrainedConfig


def learning_attention() -> str | None:
    """Return the attention to learn with, as transformers names it; None where it chooses.

    Without a GPU it is the plain one: on two cores the backward pass of the fused kernel takes
    longer than the rest of a step together.
    """
    import torch

    return None if torch.cuda.is_available() else "eager"


def without_pooler(config: "PretrainedConfig") -> dict[str, bool]:
    """Return the argument that leaves out the pooling layer; empty for encoders that have none.

    BERT and RoBERTa have one, which the reader's heads do not use; DistilBERT, ELECTRA, DeBERTa and
    ModernBERT have none and refuse the argument.
    """
    from transformers import MODEL_MAPPING

    option = "add_pooling_layer"
    kind: Any = MODEL_MAPPING[type(config)]
    return {option: False} if option in signature(kind).parameters else {}


def require_encoder(config: "PretrainedConfig", named: str) -> None:
    """Refuse a model that does not read a text from both sides, as a reader must.

    Raises
    ------
    ModelError
        If transformers knows no masked language model of its kind: it is a generative model, or one
        of pictures or sound.
    """
    from transformers import MODEL_FOR_MASKED_LM_MAPPING

    if type(config) not in MODEL_FOR_MASKED_LM_MAPPING or config.is_encoder_decoder:
        raise ModelError(
            f"the encoder {named} is of the kind {config.model_type}, which is no text encoder; "
            "choose one such as BERT, RoBERTa, MPNet, DeBERTa, ELECTRA, DistilBERT or ModernBERT"
        )
