"""Test that a smaller vocabulary cuts what it was made for as before, and loses no other text."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.pipeline.heads import ReaderNetwork
from wherefrom.pipeline.vocabulary import (
    TokenizerFiles,
    kept_pieces,
    prune_embeddings,
    pruned_tokenizer,
    read_texts,
    tokenizer_files,
    used_pieces,
)

TEXTS = ["Paris is the capital of France.", "The tower was built in 1889; naïve 東京 owls hoot."]
MakeNetwork = Callable[..., ReaderNetwork]


def opened(files: TokenizerFiles) -> Tokenizer:
    tokenizer = Tokenizer.from_str(files.files["tokenizer.json"].decode())
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@pytest.fixture(scope="module")
def files() -> TokenizerFiles:
    """Give the tokenizer of the default encoder."""
    return tokenizer_files(find_model_folder(None).path)


@pytest.fixture(scope="module")
def kept(files: TokenizerFiles) -> list[int]:
    return kept_pieces(files, used_pieces(opened(files), TEXTS), 1)


@pytest.fixture(scope="module")
def pruned(files: TokenizerFiles, kept: list[int]) -> Tokenizer:
    return opened(pruned_tokenizer(files, kept))


def pieces(tokenizer: Tokenizer, text: str) -> list[str]:
    return list(tokenizer.encode(text, add_special_tokens=False).tokens)


def test_the_texts_that_it_was_made_for_are_cut_as_before(
    files: TokenizerFiles, pruned: Tokenizer, kept: list[int]
) -> None:
    whole = opened(files)
    assert len(kept) == pruned.get_vocab_size() < whole.get_vocab_size() / 10
    for text in TEXTS:
        before, after = whole.encode(text, "owls"), pruned.encode(text, "owls")
        assert after.tokens == before.tokens
        assert [kept[new] for new in after.ids] == before.ids  # special tokens among them
        assert (after.type_ids, after.offsets) == (before.type_ids, before.offsets)


def test_no_text_becomes_unknown(files: TokenizerFiles, pruned: Tokenizer) -> None:
    whole = opened(files)

    @settings(max_examples=60)
    @given(st.text(max_size=40))
    def the_same_letters_are_spelt(text: str) -> None:
        before, after = pieces(whole, text), pieces(pruned, text)
        assert after.count("[UNK]") == before.count("[UNK]")
        assert "".join(after).replace("##", "") == "".join(before).replace("##", "")

    the_same_letters_are_spelt()


def test_words_of_the_whole_vocabulary_are_spelt(files: TokenizerFiles, pruned: Tokenizer) -> None:
    whole = opened(files)
    words = sorted(whole.get_vocab())
    for word in random.Random(3).sample(words, 300):
        body = word.removeprefix("##")
        assert pieces(pruned, body).count("[UNK]") == pieces(whole, body).count("[UNK]")


def test_pieces_that_are_used_seldom_go(files: TokenizerFiles) -> None:
    tokenizer = opened(files)
    counts = used_pieces(tokenizer, ["paris paris berlin", "[SEP]"])
    paris, berlin = tokenizer.token_to_id("paris"), tokenizer.token_to_id("berlin")
    assert (counts[paris], counts[berlin]) == (2, 1)
    assert counts[tokenizer.token_to_id("[SEP]")] == 0  # in a text it is a word
    kept = kept_pieces(files, counts, 2)
    assert paris in kept and berlin not in kept


def test_a_reader_says_the_same_of_what_it_was_made_for(
    make_network: MakeNetwork, backbone_folder: Path
) -> None:
    files = tokenizer_files(backbone_folder)
    before = opened(files)
    texts = ["A dog eats.", "xyz"]
    kept = kept_pieces(files, used_pieces(before, texts), 1)
    after = opened(pruned_tokenizer(files, kept))
    network = make_network()

    def hidden(tokenizer: Tokenizer) -> torch.Tensor:
        ids = torch.tensor([tokenizer.encode("A dog eats.", "xyz").ids])
        with torch.inference_mode():
            return network.encoder(input_ids=ids).last_hidden_state

    wanted = hidden(before)
    prune_embeddings(network.encoder, kept)
    assert network.encoder.config.vocab_size == len(kept) < before.get_vocab_size()
    assert torch.equal(hidden(after), wanted)


def test_a_character_without_a_piece_of_its_own(files: TokenizerFiles) -> None:
    table = json.loads(files.files["tokenizer.json"])
    del table["model"]["vocab"]["##q"]
    lacking = TokenizerFiles({"tokenizer.json": json.dumps(table).encode()})
    with pytest.raises(UsageError, match="cannot be pruned without loss: 'q' has no piece of its"):
        kept_pieces(lacking, {}, 1)


def test_another_kind_of_tokenizer() -> None:
    table = {"model": {"type": "BPE"}, "added_tokens": []}
    files = TokenizerFiles({"tokenizer.json": json.dumps(table).encode()})
    with pytest.raises(UsageError, match=r"only a WordPiece vocabulary can be pruned, .* a BPE"):
        kept_pieces(files, {}, 1)


def test_special_numbers_of_settings_and_pairs(files: TokenizerFiles) -> None:
    table = json.loads(files.files["tokenizer.json"])
    table["post_processor"] = {
        "type": "BertProcessing",
        "sep": ["[SEP]", 102],
        "cls": ["[CLS]", 101],
    }
    settings = {"added_tokens_decoder": {"101": {"content": "[CLS]"}}}
    given_files = TokenizerFiles(
        {
            "tokenizer.json": json.dumps(table).encode(),
            "tokenizer_config.json": json.dumps(settings).encode(),
        }
    )
    kept = kept_pieces(given_files, {}, 1)
    pruned = pruned_tokenizer(given_files, kept)
    found = opened(pruned).encode("a", "b").tokens
    assert found == ["[CLS]", "a", "[SEP]", "b", "[SEP]"]
    listed = json.loads(pruned.files["tokenizer_config.json"])["added_tokens_decoder"]
    assert list(listed) == [str(kept.index(101))]


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("a.json", '{"data": [{"title": "A", "qas": ["b", 3]}]}', ["A", "b"]),
        ("a.jsonl", '{"text": "A"}\n{"text": ["b", null]}\n', ["A", "b"]),
        ("a.txt", "one line\n{not JSON\n", ["one line", "{not JSON"]),
    ],
)
def test_texts_of_files(tmp_path: Path, name: str, content: str, wanted: list[str]) -> None:
    (tmp_path / name).write_text(content)
    assert list(read_texts(tmp_path / name)) == wanted


def test_texts_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SourceError, match=r"bad.txt: .*save the file as UTF-8"):
        list(read_texts(tmp_path / "bad.txt"))
    with pytest.raises(SourceError, match="does not exist"):
        list(read_texts(tmp_path / "none.txt"))
