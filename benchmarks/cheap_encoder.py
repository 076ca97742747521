"""Make an encoder with the vectors of the default one at a fraction of its cost.

Two layers of random weights with a narrow inner layer, but the vocabulary, the limit of tokens and
the 384 dimensions of all-MiniLM-L6-v2: what is kept of each passage is as large as with that.
"""

from pathlib import Path

from wherefrom.indexes.encoder import find_weights

DESCRIPTION = "BERT, 2 layers, 384 dimensions, inner layer 64, random weights, 256 tokens"
TOKENS = 256


def save_cheap_encoder(folder: Path) -> None:
    """Save it as a sentence-transformers model."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    tokenizer = AutoTokenizer.from_pretrained(find_weights())
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=384,
        num_hidden_layers=2,
        num_attention_heads=12,
        intermediate_size=64,
        max_position_embeddings=512,
        initializer_range=0.5,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = BertModel(config)
    base = folder / "base"
    model.save_pretrained(base)
    tokenizer.save_pretrained(base)
    transformer = Transformer(str(base), max_seq_length=TOKENS)
    modules = [transformer, Pooling(384, pooling_mode="mean"), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder))
