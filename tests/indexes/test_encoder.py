"""Encoders loaded from a folder: words count, company does not, vectors are the known ones."""

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from wherefrom.indexes.bert_encoder import BertEncoder
from wherefrom.indexes.encoder import Encoder, load_encoder
from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.indexes.modules_encoder import ModulesEncoder

TEXTS = [
    "Paris is the capital of France.",
    "Berlin is the capital of Germany.",
    "Bees dance to tell each other where flowers are.",
    "",
    "Élan vital, e\u0301, 東京 🦉 \ud800 1907",
    "owls hunt mice " * 60,
]
SENTENCES = TEXTS[:3]


@pytest.fixture(scope="module")
def encoder(tiny_encoder_folder: Path) -> Encoder:
    return load_encoder(str(tiny_encoder_folder), device="cpu")


def test_each_word_has_an_id_of_its_own(tiny_encoder_folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(tiny_encoder_folder / "tokenizer.json"))
    found = tokenizer.encode("Paris, Berlin and owls.")
    assert found.tokens == ["[CLS]", "paris", ",", "berlin", "and", "owls", ".", "[SEP]"]
    assert len(set(found.ids)) == len(found.ids)


def test_texts_are_told_apart_by_their_words(encoder: Encoder) -> None:
    cosines = encoder.encode(SENTENCES) @ encoder.encode_queries(SENTENCES).T
    assert cosines.diagonal() == pytest.approx(1, abs=1e-3)
    assert cosines[0, 1] > cosines[0, 2]  # four of five words are shared
    assert (cosines[~np.eye(3, dtype=bool)] < 0.999).all()


def test_vectors_are_those_of_sentence_transformers(
    encoder: Encoder, tiny_encoder_folder: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    assert isinstance(encoder, BertEncoder)
    assert encoder.fingerprint.max_tokens == 128  # the last text is cut
    model = SentenceTransformer(str(tiny_encoder_folder), device="cpu")
    wanted = model.encode([text.replace("\ud800", "?") for text in TEXTS])
    others = ModulesEncoder(find_model_folder(str(tiny_encoder_folder)), device="cpu")
    for one in (encoder, others):
        found = one.encode(TEXTS)
        assert (found.dtype, found.shape) == (np.float32, (len(TEXTS), one.dimensions))
        assert (found * wanted).sum(axis=1) == pytest.approx(1, abs=0.01)


def test_the_company_of_a_text_does_not_matter(encoder: Encoder) -> None:
    together = encoder.encode([*TEXTS, *TEXTS[::-1]])
    for number, text in enumerate(TEXTS):
        assert np.array_equal(together[number], encoder.encode([text])[0])
        assert np.array_equal(together[number], together[-1 - number])


def test_every_text_is_counted_once(encoder: Encoder) -> None:
    counts: list[int] = []
    encoder.encode(TEXTS, progress=counts.append)
    assert sum(counts) == len(TEXTS)
    assert encoder.encode([]).shape == (0, encoder.dimensions)
