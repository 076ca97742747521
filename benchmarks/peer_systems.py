"""How wherefrom and each of its peers indexes articles and answers a question with their ids.

`prepare` loads the model and encodes one text, so that no clock counts that; what it returns makes
an index, which is searched and can be saved.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from wherefrom.indexes.build import build
from wherefrom.indexes.encoder import find_weights, load_encoder
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.indexes.options import BuildOptions

DEVICE = "cpu"
RRF_CONSTANT = 60  # for the parts that are joined by hand
FUSION_DEPTH = 100

Search = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Article:
    """What is indexed."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """An index: how it is searched, and how what it takes to ask it again is put in a folder."""

    search: Search
    save: Callable[[Path], object]


Index = Callable[[Sequence[Article]], Indexed]


@dataclass(frozen=True, slots=True)
class System:
    """Something that indexes and searches; `modules` are what it imports, `packages` what it is."""

    name: str
    what: str
    modules: tuple[str, ...]
    packages: tuple[str, ...]
    prepare: Callable[[Path], Index]


def absent(system: System) -> str | None:
    """Say what a system lacks; None if it is here."""
    missing = [name for name in system.modules if find_spec(name) is None]
    if not missing:
        return None
    install = " ".join(system.packages)
    return f"{', '.join(missing)} cannot be imported; pip install {install}"


def versions(system: System) -> dict[str, str]:
    """Return the versions of the packages of a system that is here."""
    return {name: version(name) for name in system.packages}


def _wherefrom(folder: Path) -> Index:
    encoder = load_encoder(device=DEVICE)
    encoder.encode(["warm"])

    def index(articles: Sequence[Article]) -> Indexed:
        source = folder / "articles.jsonl"
        with source.open("w", encoding="utf-8") as lines:
            for one in articles:
                lines.write(json.dumps({"id": one.id, "title": one.title, "text": one.text}) + "\n")
        build(folder / "peers.kb", [f"jsonl:{source}"], options=BuildOptions(encoder=encoder))
        knowledge = Knowledge.open(folder / "peers.kb", encoder=encoder)

        def search(question: str, k: int) -> list[str]:
            ((*found,),) = knowledge.search_passages([question], k)
            return [passage.document_id for _, passage, _ in found]

        return Indexed(search, lambda saved: shutil.copytree(folder / "peers.kb", saved / "kb"))

    return index


def _txtai(folder: Path) -> Index:
    from txtai import Embeddings

    embeddings = Embeddings(path=str(find_weights()), hybrid=True, gpu=False)
    embeddings.batchtransform(["warm"])

    def index(articles: Sequence[Article]) -> Indexed:
        embeddings.index([(one.id, _whole(one), None) for one in articles])
        return Indexed(
            lambda question, k: [found for found, _ in embeddings.search(question, k)],
            lambda saved: embeddings.save(str(saved / "txtai")),
        )

    return index


def _haystack(folder: Path) -> Index:
    from haystack import Document
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import (
        InMemoryBM25Retriever,
        InMemoryEmbeddingRetriever,
    )
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack.utils import ComponentDevice
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    made = {"model": str(find_weights()), "device": ComponentDevice.from_str(DEVICE)}
    of_documents = SentenceTransformersDocumentEmbedder(**made, progress_bar=False)
    of_questions = SentenceTransformersTextEmbedder(**made, progress_bar=False)
    of_documents.warm_up()
    of_questions.warm_up()
    of_questions.run(text="warm")

    def index(articles: Sequence[Article]) -> Indexed:
        store = InMemoryDocumentStore()
        documents = [Document(id=one.id, content=_whole(one)) for one in articles]
        store.write_documents(of_documents.run(documents=documents)["documents"])
        by_meaning = InMemoryEmbeddingRetriever(store)
        by_words = InMemoryBM25Retriever(store)
        joined = DocumentJoiner(join_mode="reciprocal_rank_fusion")

        def search(question: str, k: int) -> list[str]:
            vector = of_questions.run(text=question)["embedding"]
            found = [
                by_meaning.run(query_embedding=vector, top_k=k)["documents"],
                by_words.run(query=question, top_k=k)["documents"],
            ]
            return [document.id for document in joined.run(documents=found, top_k=k)["documents"]]

        return Indexed(search, lambda saved: store.save_to_disk(str(saved / "store.json")))

    return index


def _by_hand(folder: Path) -> Index:
    import bm25s
    from sentence_transformers import SentenceTransformer, util

    model = SentenceTransformer(str(find_weights()), device=DEVICE)
    model.encode(["warm"], show_progress_bar=False)

    def index(articles: Sequence[Article]) -> Indexed:
        texts = [_whole(one) for one in articles]
        vectors = model.encode(texts, convert_to_tensor=True, show_progress_bar=False)
        words = bm25s.BM25()
        words.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)
        depth = min(FUSION_DEPTH, len(texts))

        def search(question: str, k: int) -> list[str]:
            vector = model.encode(question, convert_to_tensor=True, show_progress_bar=False)
            (near,) = util.semantic_search(vector, vectors, top_k=depth)
            tokens = bm25s.tokenize(question, stopwords="en", show_progress=False)
            rows, _ = words.retrieve(tokens, k=depth, show_progress=False)
            scores: dict[int, float] = {}
            for ranking in ([hit["corpus_id"] for hit in near], rows[0].tolist()):
                for rank, row in enumerate(ranking, start=1):
                    scores[row] = scores.get(row, 0.0) + 1 / (RRF_CONSTANT + rank)
            return [articles[row].id for row in sorted(scores, key=lambda r: -scores[r])[:k]]

        def save(saved: Path) -> None:
            np.save(saved / "vectors.npy", vectors.numpy())
            words.save(saved / "words", corpus=None)

        return Indexed(search, save)

    return index


def _faiss(folder: Path) -> Index:
    import faiss
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(find_weights()), device=DEVICE)
    model.encode(["warm"], show_progress_bar=False)

    def index(articles: Sequence[Article]) -> Indexed:
        vectors = model.encode([_whole(one) for one in articles], show_progress_bar=False)
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(vectors)

        def search(question: str, k: int) -> list[str]:
            vector = model.encode([question], show_progress_bar=False)
            _, (rows,) = flat.search(vector, k)
            return [articles[row].id for row in rows if row >= 0]

        return Indexed(search, lambda saved: faiss.write_index(flat, str(saved / "flat.faiss")))

    return index


def _bm25s(folder: Path) -> Index:
    import bm25s

    def index(articles: Sequence[Article]) -> Indexed:
        texts = [_whole(one) for one in articles]
        words = bm25s.BM25()
        words.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)

        def search(question: str, k: int) -> list[str]:
            tokens = bm25s.tokenize(question, stopwords="en", show_progress=False)
            rows, _ = words.retrieve(tokens, k=min(k, len(texts)), show_progress=False)
            return [articles[row].id for row in rows[0].tolist()]

        return Indexed(search, lambda saved: words.save(saved / "words", corpus=None))

    return index


def _whole(article: Article) -> str:
    return f"{article.title}. {article.text}"


SYSTEMS = (
    System(
        "wherefrom",
        "hybrid: FAISS flat and bm25s, reciprocal rank fusion; on disk",
        ("wherefrom",),
        ("wherefrom",),
        _wherefrom,
    ),
    System("txtai", "hybrid: FAISS and BM25; in memory", ("txtai",), ("txtai",), _txtai),
    System(
        "haystack",
        "in-memory store, dense and BM25, reciprocal rank fusion",
        ("haystack", "haystack_integrations"),
        ("haystack-ai", "sentence-transformers-haystack"),
        _haystack,
    ),
    System(
        "by hand",
        "sentence-transformers with semantic_search, and bm25s, reciprocal rank fusion; in memory",
        ("sentence_transformers", "bm25s"),
        ("sentence-transformers", "bm25s"),
        _by_hand,
    ),
    System(
        "FAISS alone",
        "dense: sentence-transformers and FAISS flat; in memory",
        ("sentence_transformers", "faiss"),
        ("sentence-transformers", "faiss-cpu"),
        _faiss,
    ),
    System("bm25s alone", "words: bm25s; in memory", ("bm25s",), ("bm25s",), _bm25s),
)
