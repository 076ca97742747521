"""Tiny real parts of the pipeline: tokenizers, readers with random weights, data, evidence."""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tokenizers import Tokenizer

from wherefrom.indexes.build import build
from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.model_folder import find_model_folder
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.passages import PassageRules
from wherefrom.pipeline.prompt import PromptBuilder
from wherefrom.pipeline.records import Evidence

if TYPE_CHECKING:
    from wherefrom.pipeline.heads import ReaderNetwork
    from wherefrom.pipeline.reader import Reader

TINY_TOKENS = 64  # the budget of the tiny reader: its windows hold a sentence or two
SEED = 23

# Two articles in SQuAD's format: (title, [(paragraph, [(question, answer)])]).
ARTICLES = [
    (
        "Paris",
        [
            (
                "Paris is the capital of France. It lies on the Seine.",
                [
                    ("What is the capital of France?", "Paris"),
                    ("Which river does Paris lie on?", "the Seine"),
                ],
            ),
            (
                "The tower was built in 1889. Gustave Eiffel designed it.",
                [
                    ("When was the tower built?", "1889"),
                    ("Who designed the tower?", "Gustave Eiffel"),
                ],
            ),
        ],
    ),
    (
        "Berlin",
        [
            (
                "Berlin is the capital of Germany. The wall fell in 1989.",
                [
                    ("What is the capital of Germany?", "Berlin"),
                    ("When did the wall fall?", "1989"),
                ],
            ),
            (
                "The Spree flows through the city. A lake named Wannsee lies there.",
                [
                    ("Which river flows through the city?", "The Spree"),
                    ("What is the name of the lake?", "Wannsee"),
                ],
            ),
        ],
    ),
]
PAIRS = [
    ("A man sleeps.", "A man is asleep.", "entailment", "one"),
    ("A man sleeps.", "A man is happy.", "neutral", "one"),
    ("A man sleeps.", "A man runs.", "contradiction", "one"),
    ("A dog eats.", "An animal eats.", "entailment", "two"),
    ("A dog eats.", "The dog is brown.", "neutral", "two"),
    ("A dog eats.", "The dog sleeps.", "contradiction", "two"),
]


@pytest.fixture(scope="session")
def articles() -> list[Any]:
    """Give what `write_squad` writes where nothing else is wanted."""
    return ARTICLES


@pytest.fixture(scope="session")
def pairs() -> list[tuple[str, str, str, str]]:
    """Give what `write_pairs` writes where nothing else is wanted."""
    return PAIRS


@pytest.fixture(scope="session")
def minilm() -> Tokenizer:
    """Give the tokenizer that comes with the default encoder."""
    return Tokenizer.from_file(str(find_model_folder(None).path / "tokenizer.json"))


@pytest.fixture(scope="module", autouse=True)
def in_one_thread(one_thread: None) -> None:
    """Let every test of the pipeline compute in one thread."""


@pytest.fixture(scope="session")
def backbone_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a BERT of two layers that reads the words of the data, else characters."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny") / "backbone"
    pieces = vocabulary()
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=160,  # 32 × 160 elements are enough to be quantised
        max_position_embeddings=512,
        initializer_range=0.3,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        BertModel(config).save_pretrained(folder)
    numbered = {piece: number for number, piece in enumerate(pieces)}
    BertTokenizerFast(vocab=numbered).save_pretrained(folder)
    return folder


def vocabulary() -> list[str]:
    """Return special tokens, characters that begin and go on with a word, and the data's words."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,?!'-()"
    paragraphs = [paragraph for _, paragraphs in ARTICLES for paragraph in paragraphs]
    texts = [text for context, asked in paragraphs for text in (context, *(q for q, _ in asked))]
    texts += [text for premise, hypothesis, *_ in PAIRS for text in (premise, hypothesis)]
    words = {word for text in texts for word in re.findall(r"\w\w+", text.lower())}
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return [*special, *letters, *(f"##{letter}" for letter in letters), *sorted(words)]


@pytest.fixture(scope="session")
def tiny_builder(backbone_folder: Path) -> PromptBuilder:
    """Give a builder whose tokens are the words of the data and, for all else, characters."""
    tokenizer = Tokenizer.from_file(str(backbone_folder / "tokenizer.json"))
    return PromptBuilder(tokenizer, max_tokens=TINY_TOKENS, overlap_tokens=8)


@pytest.fixture(scope="session")
def make_network(backbone_folder: Path) -> Callable[..., "ReaderNetwork"]:
    """Give a function that makes a network from a configuration, its weights drawn from a seed."""
    import torch
    from transformers import AutoConfig, AutoModel

    from wherefrom.pipeline.backbone import without_pooler
    from wherefrom.pipeline.heads import ReaderNetwork

    def make(config: Any = None) -> "ReaderNetwork":
        config = config or AutoConfig.from_pretrained(backbone_folder)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            network = ReaderNetwork(AutoModel.from_config(config, **without_pooler(config)))
            for head in (network.span, network.relevance, network.inference):
                torch.nn.init.normal_(head.weight)
        return network.eval()

    return make


@pytest.fixture(scope="session")
def tiny_reader_folder(
    tmp_path_factory: pytest.TempPathFactory,
    backbone_folder: Path,
    make_network: Callable[..., "ReaderNetwork"],
) -> Path:
    """Give the folder of a reader that has learnt nothing. Tests that change it copy it."""
    from transformers import AutoTokenizer

    from wherefrom.pipeline.checkpoint import save_reader
    from wherefrom.pipeline.reader_manifest import ReaderManifest

    folder = tmp_path_factory.mktemp("tiny") / "reader"
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    save_reader(folder, make_network(), tokenizer, ReaderManifest("tiny", "", TINY_TOKENS))
    return folder


@pytest.fixture(scope="session")
def tiny_reader(tiny_reader_folder: Path) -> "Reader":
    """Give the tiny reader, opened on the CPU."""
    from wherefrom.pipeline.reader import Reader

    return Reader.open(tiny_reader_folder, device="cpu")


@pytest.fixture(scope="session")
def judging_reader_folder(
    tmp_path_factory: pytest.TempPathFactory,
    backbone_folder: Path,
    make_network: Callable[..., "ReaderNetwork"],
) -> Path:
    """Give the folder of the tiny reader with a plausibility head that has learnt nothing."""
    import torch
    from transformers import AutoTokenizer

    from wherefrom.pipeline.checkpoint import save_reader
    from wherefrom.pipeline.reader_manifest import ReaderManifest

    folder = tmp_path_factory.mktemp("tiny") / "judging"
    network = make_network()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        network.plausibility = torch.nn.Linear(32, 1)
    tokenizer = AutoTokenizer.from_pretrained(backbone_folder)
    save_reader(folder, network.eval(), tokenizer, ReaderManifest("judging", "", TINY_TOKENS))
    return folder


def saved_translator(folder: Path, kind: str, seed: int, words: Sequence[str] = ()) -> Path:
    """Save a tiny model (``t5`` or ``marian``) that turns words into words, somehow."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import (
        MarianConfig,
        MarianMTModel,
        PreTrainedTokenizerFast,
        T5Config,
        T5ForConditionalGeneration,
    )

    words = words or sorted(set(vocabulary()))
    numbers = {word: number for number, word in enumerate(["<pad>", "</s>", "<unk>", *words])}
    tokenizer = Tokenizer(models.WordLevel(numbers, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    common = {
        "vocab_size": len(numbers),
        "pad_token_id": 0,
        "eos_token_id": 1,
        "decoder_start_token_id": 0,
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if kind == "t5":
            config = T5Config(d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2, **common)
            network = T5ForConditionalGeneration(config)
        else:
            config = MarianConfig(
                d_model=16,
                encoder_layers=1,
                decoder_layers=1,
                encoder_attention_heads=2,
                decoder_attention_heads=2,
                encoder_ffn_dim=32,
                decoder_ffn_dim=32,
                max_position_embeddings=64,
                forced_eos_token_id=None,
                init_std=1.0,
                **common,
            )
            network = MarianMTModel(config)
    network.save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def save_translator() -> Callable[..., Path]:
    """Give a function that saves a tiny translation model, its weights drawn from a seed."""
    return saved_translator


@pytest.fixture(scope="session")
def wordnet_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a WordNet dictionary of a few words, as far as synonyms need one."""
    folder = tmp_path_factory.mktemp("wordnet")
    lines = {
        "noun": ["tower spire"],
        "verb": [],
        "adj": ["brown russet", "clever smart"],
        "adv": [],
    }
    for part, synsets in lines.items():
        rows = ["  1 A licence.\n"]
        for words in synsets:
            named = " ".join(f"{word} 0" for word in words.split())
            rows.append(f"00000000 03 n {len(words.split()):02x} {named} 000 | a gloss\n")
        (folder / f"data.{part}").write_text("".join(rows))
        (folder / f"index.{part}").write_text("  1 A licence.\n")
    return folder


@pytest.fixture(scope="session")
def make_evidence() -> Callable[..., Evidence]:
    """Give a function that makes a piece of evidence of a text."""

    def make(
        text: str,
        *,
        document: str = "d",
        number: int = 0,
        title: str = "",
        start: int = 0,
        rank: int = 1,
    ) -> Evidence:
        return Evidence(
            passage_id=f"{document}#{number}",
            document_id=document,
            title=title,
            url=f"https://example.org/{document}",
            rank=rank,
            score=1.0 / rank,
            retriever="hybrid",
            text=text,
            start=start,
            end=start + len(text),
        )

    return make


def squad_table(articles: Sequence[Any], *, version: str = "1.1") -> dict[str, Any]:
    """Put articles in SQuAD's format; an answer of None makes an impossible question."""
    data = []
    for title, paragraphs in articles:
        entries = []
        for context, asked in paragraphs:
            questions = []
            for number, (question, answer) in enumerate(asked):
                entry: dict[str, Any] = {"id": f"{title}/{len(entries)}/{number}"}
                entry["question"] = question
                entry["answers"] = []
                if answer is None:
                    entry["is_impossible"] = True
                else:
                    start = context.index(answer)
                    entry["answers"] = [{"text": answer, "answer_start": start}]
                questions.append(entry)
            entries.append({"context": context, "qas": questions})
        data.append({"title": title, "paragraphs": entries})
    return {"version": version, "data": data}


@pytest.fixture(scope="session")
def write_squad() -> Callable[..., Path]:
    """Give a function that writes articles to a file in SQuAD's format."""

    def write(path: Path, articles: Sequence[Any] = ARTICLES) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps(squad_table(articles), ensure_ascii=False).encode()
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    return write


@pytest.fixture(scope="session")
def write_pairs() -> Callable[..., Path]:
    """Give a function that writes (premise, hypothesis, label, source) to a file, one a line."""

    def write(path: Path, pairs: Iterable[Sequence[str]] = PAIRS) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        keys = ("premise", "hypothesis", "label", "source")
        lines = [json.dumps(dict(zip(keys, pair, strict=True))) + "\n" for pair in pairs]
        content = "".join(lines).encode()
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    return write


# Documents in which bytes and characters differ, and sentences are cut into several passages.
DOCUMENTS = [
    {
        "id": "paris",
        "title": "Paris",
        "url": "https://example.org/paris",
        "text": "Élan 🦉! Paris is the capital of France. It lies on the Seine. "
        "The tower was built in 1889. Gustave Eiffel designed it. Paris is old.",
    },
    {
        "id": "berlin",
        "title": "Berlin",
        "text": "東京。Berlin is the capital of Germany. The wall fell in 1989. "
        "The Spree flows through the city, and a lake lies there.",
    },
    {"id": "ulm/é", "title": "", "text": "Ulm, e\u0301. Einstein was born there in 1879."},
    {"id": "owls", "title": "Owls (birds)", "text": "Owls hunt mice. " * 12},
]


@pytest.fixture
def knowledge(tmp_path: Path, write_jsonl: Callable[..., str], word_encoder: Encoder) -> Knowledge:
    """Give a knowledge base of four documents whose passages share sentences."""
    options = BuildOptions(
        encoder=word_encoder, rules=PassageRules(max_words=14, overlap_sentences=1)
    )
    build(tmp_path / "my.kb", [write_jsonl(DOCUMENTS)], options=options)
    return Knowledge.open(tmp_path / "my.kb", encoder=word_encoder)


@pytest.fixture
def cities_kb(tmp_path: Path, tiny_encoder_folder: Path, write_jsonl: Callable[..., str]) -> Path:
    """Give the folder of a knowledge base with an article on each of four cities."""
    from wherefrom.indexes.encoder import load_encoder

    cities = ("Paris", "Berlin", "Tokyo", "Rome")
    source = write_jsonl([{"id": c, "title": c, "text": f"{c} is old."} for c in cities])
    options = BuildOptions(encoder=load_encoder(str(tiny_encoder_folder)))
    build(tmp_path / "cities.kb", [source], options=options)
    return tmp_path / "cities.kb"


@pytest.fixture
def killed_after() -> Callable[[int], AbstractContextManager[None]]:
    """Give what kills the training within it once it has taken so many batches."""
    from wherefrom.pipeline import training

    @contextmanager
    def killed(batches: int) -> Iterator[None]:
        drawn, collate_one = 0, training._collate_one

        def collate_or_die(features: Any) -> Any:
            nonlocal drawn
            drawn += 1
            if drawn > batches:
                raise KeyboardInterrupt
            return collate_one(features)

        with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(training, "_collate_one", collate_or_die)
            yield

    return killed
