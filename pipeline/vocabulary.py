"""Take pieces of words that are hardly used out of a reader's vocabulary.

A WordPiece tokenizer cuts a word into the longest pieces that it knows. What it is left with here
are the pieces that given texts use, single characters, and special tokens. So

- a text whose pieces are all kept is cut as before, into the same pieces;
- every other one is cut into smaller pieces that are kept. It does not become unknown: each of its
  characters is known alone, as the beginning of a word and as the rest of one.

Abdaoui, Pradel and Sigel, "Load What You Need: Smaller Versions of Multilingual BERT", SustaiNLP
2020, arXiv:2010.05609, cut a vocabulary down in the same way; that no text is lost is our addition.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wherefrom.indexes.readable import readable
from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.kb.opening import not_utf8, open_bytes
from wherefrom.pipeline.checkpoint import TOKENIZER

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import nn

SETTINGS = "tokenizer_config.json"
SPECIAL_IDS = ("pad_token_id", "bos_token_id", "eos_token_id", "cls_token_id", "sep_token_id")
MOST_TEXTS = 4096  # that are cut into pieces at a time


@dataclass(frozen=True, slots=True)
class TokenizerFiles:
    """The files of a tokenizer, which it is written as."""

    files: Mapping[str, bytes]

    def save_pretrained(self, folder: Path, /) -> None:
        """Write the files into a folder."""
        for name, content in self.files.items():
            (folder / name).write_bytes(content)


def tokenizer_files(folder: Path) -> TokenizerFiles:
    """Read the files of the tokenizer in a reader's folder."""
    names = (TOKENIZER, SETTINGS)
    return TokenizerFiles({n: (folder / n).read_bytes() for n in names if (folder / n).is_file()})


def read_texts(file: Path) -> Iterator[str]:
    """Yield every text of a file: of JSON and of JSON lines all strings, else the lines.

    Raises
    ------
    SourceError
        If the file is missing, empty, truncated or not UTF-8.
    """
    try:
        with open_bytes(file) as stream:
            whole = stream.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(f"{file}: {not_utf8(error)}; save the file as UTF-8") from error
    try:
        yield from _strings(json.loads(whole))
    except ValueError:
        for line in whole.splitlines():
            try:
                yield from _strings(json.loads(line))
            except ValueError:
                yield line


def used_pieces(tokenizer: "Tokenizer", texts: Iterable[str]) -> Counter[int]:
    """Count how often texts use each piece, by number; names of special tokens are words there."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    counts: Counter[int] = Counter()
    part: list[str] = []
    for text in texts:
        part.append(readable(text))
        if len(part) == MOST_TEXTS:
            _count(tokenizer, part, counts)
            part = []
    _count(tokenizer, part, counts)
    return counts


def kept_pieces(files: TokenizerFiles, counts: Mapping[int, int], least: int) -> list[int]:
    """Return the numbers of the pieces that stay, rising.

    Parameters
    ----------
    files
        Of the tokenizer.
    counts
        How often each piece is used, as `used_pieces` says.
    least
        Pieces that are used so often stay.

    Raises
    ------
    UsageError
        If the tokenizer is no WordPiece, or a character of a piece has no piece of its own: then a
        word could become unknown.
    """
    table = json.loads(files.files[TOKENIZER])
    model = _wordpiece(table)
    prefix = model["continuing_subword_prefix"]
    special = {token["content"] for token in table["added_tokens"]} | {model["unk_token"]}
    kept: set[int] = set()
    first: set[str] = set()
    later: set[str] = set()
    characters: set[str] = set()
    for piece, number in model["vocab"].items():
        goes_on = piece.startswith(prefix) and len(piece) > len(prefix)
        body = piece.removeprefix(prefix) if goes_on else piece
        if piece in special or counts.get(number, 0) >= least:
            kept.add(number)
        if piece in special or _is_unused(piece):
            continue
        characters.update(body)
        if len(body) == 1:
            kept.add(number)
            (later if goes_on else first).add(body)
    if lacking := characters - (first & later):
        raise UsageError(
            f"the vocabulary cannot be pruned without loss: {sorted(lacking)[0]!r} has no piece of "
            "its own at the beginning of a word, or within one"
        )
    return sorted(kept)


def pruned_tokenizer(files: TokenizerFiles, kept: Sequence[int]) -> TokenizerFiles:
    """Return a tokenizer that knows some of the pieces, numbered anew in the same order."""
    table = json.loads(files.files[TOKENIZER])
    new = {old: number for number, old in enumerate(kept)}
    vocabulary = _wordpiece(table)["vocab"]
    table["model"]["vocab"] = {
        piece: new[old]
        for piece, old in sorted(vocabulary.items(), key=lambda item: int(item[1]))
        if old in new
    }
    for token in table["added_tokens"]:
        token["id"] = new[token["id"]]
    _renumber(table["post_processor"], new)
    settings = json.loads(files.files.get(SETTINGS, b"{}"))
    listed = settings.get("added_tokens_decoder", {})
    if listed:
        settings["added_tokens_decoder"] = {str(new[int(n)]): of for n, of in listed.items()}
    return TokenizerFiles({TOKENIZER: _json(table), SETTINGS: _json(settings)})


def prune_embeddings(encoder: "nn.Module", kept: Sequence[int]) -> None:
    """Keep the vectors of some of the pieces, in place; the configuration is changed, too."""
    import torch

    embedding: Any = encoder.get_input_embeddings()  # type: ignore[operator]
    rows = torch.tensor(list(kept))
    embedding.weight = torch.nn.Parameter(embedding.weight.detach()[rows].clone())
    embedding.num_embeddings = len(kept)
    new = {old: number for number, old in enumerate(kept)}
    embedding.padding_idx = new.get(embedding.padding_idx)
    config: Any = encoder.config
    config.vocab_size = len(kept)
    for name in SPECIAL_IDS:
        if getattr(config, name, None) in new:
            setattr(config, name, new[getattr(config, name)])


def _count(tokenizer: "Tokenizer", texts: Sequence[str], counts: Counter[int]) -> None:
    for found in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        counts.update(found.ids)


def _strings(value: object) -> Iterator[str]:
    """Yield every string in a JSON value, keys apart."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)


def _wordpiece(table: Mapping[str, Any]) -> Any:
    """Return the model of a tokenizer; raise UsageError where it is no WordPiece."""
    kind = table["model"]["type"]
    if kind != "WordPiece":
        raise UsageError(f"only a WordPiece vocabulary can be pruned, the reader's is a {kind}")
    return table["model"]


def _is_unused(piece: str) -> bool:
    """Tell whether a piece is a place that was left free for later, as BERT has them."""
    return piece.startswith("[unused") and piece.endswith("]")


def _renumber(value: Any, new: Mapping[int, int]) -> None:
    """Give the special tokens in a post-processor their new numbers, in place.

    They stand as ``{"id": "[CLS]", "ids": [101], …}`` or as a pair ``["[CLS]", 101]``.
    """
    if isinstance(value, dict):
        if isinstance(value.get("ids"), list):
            value["ids"] = [new[old] for old in value["ids"]]
        for each in value.values():
            _renumber(each, new)
    elif isinstance(value, list):
        if len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int):
            value[1] = new[value[1]]
        for each in value:
            _renumber(each, new)


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
