"""Tiny real parts that tests share: encoders, sources written to a folder, a server on loopback."""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from wherefrom.indexes.fingerprint import Fingerprint

SEED = 17
TINY_DIMENSIONS = 32


# How long an example takes is no fault of the code: machines differ, and the first one imports.
settings.register_profile("without a deadline", deadline=None)
settings.load_profile("without a deadline")


class WordEncoder:
    """Encode a text as the normalised sum of a fixed random vector for each of its words."""

    def __init__(self, dimensions: int = 16, name: str = "words") -> None:
        self.dimensions = dimensions
        self.calls: list[int] = []  # how many texts each call of `encode` was given
        self.fingerprint = Fingerprint(
            reference=f"tests/{name}",
            weights_sha256=hashlib.sha256(name.encode()).hexdigest(),
            pooling="sum",
            normalised=True,
            query_prefix="",
            passage_prefix="",
            dimensions=dimensions,
            max_tokens=1_000_000,
        )

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.calls.append(len(texts))
        if progress is not None:
            progress(len(texts))
        return self.encode_queries(texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.stack([self._vector(text) for text in texts]) if texts else np.empty((0, 0))
        return vectors.reshape(len(texts), self.dimensions).astype(np.float32)

    def _vector(self, text: str) -> NDArray[np.float64]:
        total = sum((self._word(word) for word in re.findall(r"\w+", text.lower())), self._word(""))
        return total / np.linalg.norm(total)

    def _word(self, word: str) -> NDArray[np.float64]:
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
        return np.random.default_rng(seed).standard_normal(self.dimensions)


@pytest.fixture
def word_encoder() -> WordEncoder:
    """Give an encoder that costs microseconds and no import of torch."""
    return WordEncoder()


@pytest.fixture
def make_word_encoder() -> type[WordEncoder]:
    """Give the maker of such encoders, for tests that need several."""
    return WordEncoder


@pytest.fixture
def write_jsonl(tmp_path: Path) -> Callable[..., str]:
    """Give a function that writes documents to a file and returns its SOURCE."""

    def write(documents: Iterable[dict[str, Any]], name: str = "documents.jsonl") -> str:
        path = tmp_path / name
        path.write_text("".join(json.dumps(document) + "\n" for document in documents))
        return f"jsonl:{path}"

    return write


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Let torch compute in one thread: on a busy machine tiny steps wait for each other in two."""
    from wherefrom.indexes.hardware import one_torch_thread

    with one_torch_thread():
        yield


@pytest.fixture(scope="session")
def tiny_encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a sentence-transformers model: two layers, made from a seed."""
    folder = tmp_path_factory.mktemp("tiny") / "encoder"
    save_tiny_encoder(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_reader_folder(tmp_path_factory: pytest.TempPathFactory, tiny_encoder_folder: Path) -> Path:
    """Give the folder of a reader that has learnt nothing and never abstains."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    from wherefrom.pipeline.checkpoint import save_reader
    from wherefrom.pipeline.heads import ReaderNetwork
    from wherefrom.pipeline.reader_manifest import Calibration, ReaderManifest

    folder = tmp_path_factory.mktemp("tiny") / "reader"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        encoder = AutoModel.from_pretrained(tiny_encoder_folder, add_pooling_layer=False)
        network = ReaderNetwork(encoder).eval()
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder_folder)
    manifest = ReaderManifest("tiny", "", 128, calibration=Calibration(answer_threshold=0.0))
    save_reader(folder, network, tokenizer, manifest)
    return folder


def save_tiny_encoder(folder: Path) -> None:
    """Save a sentence-transformers model of two layers with weights drawn from a seed.

    It reads the words of the default encoder: a word has an id of its own, so two texts are told
    apart by what they say, and have as many tokens as they would have in use.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    from wherefrom.indexes.model_folder import find_model_folder

    folder.mkdir(parents=True)
    known = Tokenizer.from_file(str(find_model_folder(None).path / "tokenizer.json"))
    vocabulary = known.get_vocab()
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=TINY_DIMENSIONS,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=512,
        initializer_range=0.5,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        model = BertModel(config)
    base = folder / "base"
    model.save_pretrained(base)
    BertTokenizerFast(vocab=vocabulary).save_pretrained(base)
    transformer = Transformer(str(base), max_seq_length=128)
    modules = [transformer, Pooling(TINY_DIMENSIONS, pooling_mode="mean"), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder))


class Asked(BaseHTTPRequestHandler):
    """One request, and how to answer it."""

    body: bytes
    form: dict[str, list[str]]
    stopped: threading.Event  # set when the test is over; what hangs waits for it
    answer: Callable[["Asked"], None]

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.body = self.rfile.read(length)
        self.form = parse_qs(self.body.decode())
        type(self).answer(self)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def reply(
        self,
        body: str | bytes = b"",
        media_type: str = "application/n-triples",
        status: int = 200,
        **headers: str,
    ) -> None:
        """Send a whole answer; `Retry_After="1"` becomes the header `Retry-After: 1`."""
        content = body.encode() if isinstance(body, str) else body
        named = {"Content-Type": media_type, "Content-Length": str(len(content))}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.send_response(status)
        for name, value in named.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


Serve = Callable[[Callable[[Asked], None]], str]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Give a function that starts a server which answers as it is told, and returns its address."""
    monkeypatch.setenv("no_proxy", "*")
    stopped = threading.Event()
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[Asked], None]) -> str:
        handler = type("Handler", (Asked,), {"answer": answer, "stopped": stopped})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that hung up
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/sparql"

    yield start
    stopped.set()
    for server in servers:
        server.shutdown()
        server.server_close()


CHAT_TEMPLATE = (
    "{% for message in messages %}<|start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)


@pytest.fixture(scope="session")
def tiny_chat_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a chat model that writes nonsense: two layers, made from a seed."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny") / "chat"
    pieces = ["<|end|>", "<|start|>", *sorted(pre_tokenizers.ByteLevel.alphabet()), "Ġt", "he"]
    numbered = {piece: number for number, piece in enumerate(pieces)}
    backend = Tokenizer(models.BPE(vocab=numbered, merges=[("Ġ", "t"), ("h", "e")]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token="<|end|>", additional_special_tokens=["<|start|>"]
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=64,
        max_position_embeddings=4096,
        initializer_range=0.5,
        bos_token_id=None,
        eos_token_id=0,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        LlamaForCausalLM(config).save_pretrained(folder)
    return folder
