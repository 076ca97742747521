"""Train a Chinese reader from what can be had, and measure it.

    python -m wherefrom.benchmarks.chinese --data DATA --out results/chinese.json

No Chinese encoder comes with the packages. So the backbone is the packaged English one with another
vocabulary: each character that the training data have is a piece. Pieces that English shares
(digits, Latin words) keep their embeddings, all others begin at random; the layers are those of
English, which serve other languages, too: Artetxe, Ruder and Yogatama, "On the Cross-lingual
Transferability of Monolingual Representations", ACL 2020, arXiv:1910.11856 (they learn embeddings
from plain text first; here the tasks alone teach them). The recipe is models/chinese.toml; with
`--folder` backbone and reader stay there, and a run that was stopped goes on.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer, BertTokenizer

from wherefrom.benchmarks.packaged_recipe import packaged_recipe
from wherefrom.benchmarks.provenance import write_result
from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.pipeline.data_file import data_file
from wherefrom.pipeline.inference_pairs import read_pairs
from wherefrom.pipeline.recipe import read_recipe
from wherefrom.pipeline.resuming import last_checkpoint
from wherefrom.pipeline.squad import read_squad
from wherefrom.pipeline.train_reader import CHECKPOINTS, train_reader

RECIPE = "chinese.toml"
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LEAST = 2  # times that a character must occur to be a piece
SEED = 7


def make_backbone(texts: Iterable[str], folder: Path) -> int:
    """Write the packaged encoder with a vocabulary for some texts; return the number of pieces."""
    source = find_model_folder(None).path
    tokenizer = AutoTokenizer.from_pretrained(source)
    model: Any = AutoModel.from_pretrained(source, dtype=torch.float32)
    known = tokenizer.get_vocab()
    pieces = [*SPECIAL, *vocabulary(texts, tokenizer.backend_tokenizer, known)]
    old = model.get_input_embeddings().weight.detach()
    generator = torch.Generator().manual_seed(SEED)
    new = torch.randn(len(pieces), old.shape[1], generator=generator) * old.std() + old.mean(0)
    for row, piece in enumerate(pieces):
        if piece in known:
            new[row] = old[known[piece]]
    model.resize_token_embeddings(len(pieces))
    model.get_input_embeddings().weight.data.copy_(new)
    model.config.pad_token_id = 0
    model.save_pretrained(folder)
    numbered = {piece: row for row, piece in enumerate(pieces)}
    BertTokenizer(vocab=numbered).save_pretrained(folder)
    return len(pieces)


def vocabulary(texts: Iterable[str], tokenizer: Any, known: dict[str, int]) -> list[str]:
    """Return the pieces for some texts: what is known and occurs, and new characters.

    All characters are pieces, at the beginning of a word and within it, so no word is unknown
    whose characters are not rare.
    """
    pieces: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for text in texts:
        encoded = tokenizer.encode(text, add_special_tokens=False)
        pieces.update(encoded.tokens)
        characters.update(tokenizer.normalizer.normalize_str(text))
    single = sorted(c for c, n in characters.items() if n >= LEAST and not c.isspace())
    parts = [f"##{c}" for c in single if f"##{c}" in known]
    words = sorted(piece for piece in pieces if piece in known)
    return [piece for piece in dict.fromkeys([*single, *parts, *words]) if piece not in SPECIAL]


def texts_of(recipe: Any, data: Path) -> Iterator[str]:
    """Yield the texts that a recipe learns from."""
    for source in recipe.spans:
        for question in read_squad(data_file(data, source.file)):
            yield from (question.context, question.question)
    for source in recipe.pairs:
        for _, pair in read_pairs(data_file(data, source.file)):
            yield from (pair.premise, pair.hypothesis)


def measure(recipe_file: Path, data: Path, folder: Path) -> dict[str, Any]:
    """Make the backbone, train the reader, and return what it is worth."""
    backbone, out = folder / "backbone", folder / "chinese-reader"
    recipe = read_recipe(recipe_file, encoder=str(backbone))
    resume = last_checkpoint(out / CHECKPOINTS) is not None
    if not resume:
        make_backbone(texts_of(recipe, data), backbone)
    named = folder / "recipe.toml"
    text = recipe_file.read_text(encoding="utf-8")
    named.write_text(f'encoder = "{backbone.as_posix()}"\n{text}', encoding="utf-8")
    training = train_reader(named, data, out, resume=resume).training
    told = ("steps", "span_items", "pair_items", "seconds", "data_sha256", "metrics")
    pieces = len(AutoTokenizer.from_pretrained(backbone))
    return {"benchmark": "chinese", "pieces": pieces, **{name: training[name] for name in told}}


def main() -> None:
    """Read the command line, measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folder", type=Path, help="for backbone and reader, which are kept")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    with packaged_recipe(RECIPE, chosen.folder) as (recipe, folder):
        write_result(chosen.out, measure(recipe, chosen.data, folder))


if __name__ == "__main__":
    main()
