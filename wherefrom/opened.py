"""Open a knowledge base and ask it: the Python API."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.records import Option
from wherefrom.results import Answer, Check, Choice, Ranking

if TYPE_CHECKING:
    from wherefrom.indexes.graph import Graph
    from wherefrom.indexes.knowledge import Knowledge
    from wherefrom.indexes.neighbourhood import Neighbourhood
    from wherefrom.indexes.rdf_export import ExportReport
    from wherefrom.indexes.reports import Info
    from wherefrom.indexes.sparql import SparqlResult
    from wherefrom.kb.progress import Progress
    from wherefrom.kb.records import Document, Passage
    from wherefrom.pipeline.answering import Answerer
    from wherefrom.pipeline.generator import Generator
    from wherefrom.pipeline.text_prompt import TextPrompt
    from wherefrom.pipeline.worked_examples import WorkedExample


class KnowledgeBase:
    """An opened knowledge base; `wherefrom.open` makes one.

    Each question sees the newest generation, so what another process deletes is gone at once. The
    models are loaded when they are first needed and kept.
    """

    def __init__(
        self,
        knowledge: "Knowledge",
        *,
        reader: str | None,
        encoder: str | None,
        device: str | None,
    ) -> None:
        self._knowledge = knowledge
        self._reader = reader
        self._encoder = encoder
        self._device = device
        self._answers: Answerer | None = None
        self._generators: dict[str, Generator] = {}

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        reader: str | None = None,
        encoder: str | None = None,
        device: str | None = None,
    ) -> Self:
        """Open the knowledge base in a directory; see `wherefrom.open`."""
        from wherefrom.indexes.knowledge import Knowledge

        knowledge = Knowledge.open(path, encoder=encoder, device=device)
        return cls(knowledge, reader=reader, encoder=encoder, device=device)

    def search(self, query: str, *, k: int = 10, retriever: str = "hybrid") -> Ranking:
        """Find the `k` best passages for a query, best first."""
        return self.search_many([query], k=k, retriever=retriever)[0]

    def search_many(
        self, queries: Sequence[str], *, k: int = 10, retriever: str = "hybrid"
    ) -> list[Ranking]:
        """Find the `k` best passages for each query."""
        from wherefrom.pipeline.retrieval import retrieve

        return [
            Ranking(found) for found in retrieve(self._knowledge, queries, k=k, retriever=retriever)
        ]

    def prompt(
        self,
        question: str,
        *,
        form: str = "chat",
        k: int = 10,
        retriever: str = "hybrid",
        budget_tokens: int = 3072,
    ) -> "TextPrompt":
        """Render a question with its evidence as a prompt for a language model.

        `form` is ``plain``, ``few-shot`` or ``chat``; see `wherefrom.pipeline.text_prompt`, which
        also takes the model's own tokenizer to count with.
        """
        from wherefrom.pipeline.text_prompt import text_prompt

        found = self.search(question, k=k, retriever=retriever)
        return text_prompt(question, found, form=form, budget_tokens=budget_tokens)

    def ask(
        self,
        question: str,
        *,
        k: int = 10,
        retriever: str | None = None,
        generator: "Generator | str | None" = None,
        examples: "Path | str | Sequence[WorkedExample] | None" = None,
    ) -> Answer:
        """Answer a question from the `k` best passages, with citations, or abstain.

        Parameters
        ----------
        question
            The question.
        k
            How many passages to retrieve.
        retriever
            ``dense``, ``sparse``, ``hybrid`` or ``graph``; by default the best there is.
        generator
            A language model that writes the answer, whose sentences the reader then verifies: as
            `wherefrom.pipeline.generator.open_generator` makes or takes it. None lets the reader
            answer.
        examples
            For a generator: examples, or the JSON lines file that holds them; the most similar are
            shown to it. None shows none.
        """
        return self.ask_many(
            [question], k=k, retriever=retriever, generator=generator, examples=examples
        )[0]

    def ask_many(
        self,
        questions: Sequence[str],
        *,
        k: int = 10,
        retriever: str | None = None,
        generator: "Generator | str | None" = None,
        examples: "Path | str | Sequence[WorkedExample] | None" = None,
    ) -> list[Answer]:
        """Answer each question, as `ask` does."""
        if generator is None:
            if examples is not None:
                raise UsageError("examples go with a generator")
            found = self._answerer().ask_many(questions, k=k, retriever=retriever)
            return [Answer.of(answer) for answer in found]
        from wherefrom.pipeline.generating import write_answers
        from wherefrom.pipeline.worked_examples import read_examples

        shown = read_examples(examples) if isinstance(examples, Path | str) else examples
        written = write_answers(
            self._answerer(),
            self._generator(generator) if isinstance(generator, str) else generator,
            questions,
            examples=shown or (),
            k=k,
            retriever=retriever,
        )
        return [Answer.of(answer) for answer in written]

    def check(self, claim: str, *, k: int = 10, retriever: str | None = None) -> Check:
        """Decide whether the `k` best passages support or refute a claim."""
        return self.check_many([claim], k=k, retriever=retriever)[0]

    def check_many(
        self, claims: Sequence[str], *, k: int = 10, retriever: str | None = None
    ) -> list[Check]:
        """Decide each claim."""
        found = self._answerer().check_many(claims, k=k, retriever=retriever)
        return [Check.of(check) for check in found]

    def choose(
        self,
        question: str,
        choices: Sequence[str] | Mapping[str, str],
        *,
        k: int = 10,
        retriever: str | None = None,
    ) -> Choice:
        """Choose one answer of several, with evidence.

        Parameters
        ----------
        question
            The question.
        choices
            The texts of the choices, each its own label, or a text for each label.
        k
            How many passages to retrieve for the question and for each choice.
        retriever
            ``dense``, ``sparse``, ``hybrid`` or ``graph``; by default ``graph`` if there is one.

        Raises
        ------
        UsageError
            If a choice stands twice, or there are fewer than two.
        """
        return self.choose_many([(question, choices)], k=k, retriever=retriever)[0]

    def choose_many(
        self,
        asked: Sequence[tuple[str, Sequence[str] | Mapping[str, str]]],
        *,
        k: int = 10,
        retriever: str | None = None,
    ) -> list[Choice]:
        """Choose one answer for each question, given with its choices as `choose` takes them."""
        options = [(question, _options(choices)) for question, choices in asked]
        found = self._answerer().choose_many(options, k=k, retriever=retriever)
        return [Choice.of(choice) for choice in found]

    @property
    def info(self) -> "Info":
        """Return what the knowledge base holds."""
        return self._knowledge.info

    @property
    def graph(self) -> "Graph":
        """Return the graph: entities, what mentions them, and facts.

        `wherefrom.indexes.graph_view` shows it as a graph of networkx.
        """
        return self._knowledge.graph

    def neighbourhood(self, name: str, *, depth: int = 1, most: int = 30) -> "Neighbourhood":
        """Tell what stands around the entity of a name or IRI.

        `most` of each kind are told, and for a `depth` of 2 and more as many of its neighbours; see
        `wherefrom.indexes.neighbourhood`.
        """
        from wherefrom.indexes.neighbourhood import neighbourhood

        return neighbourhood(self.graph, name, depth=depth, most=most)

    def export_rdf(self, path: Path | str, *, progress: "Progress | None" = None) -> "ExportReport":
        """Write entities, passages, mentions and facts as N-Quads; see docs/rdf.md."""
        from wherefrom.indexes.rdf_export import export_rdf

        return export_rdf(self.graph, path, progress=progress)

    def sparql(
        self, query: str, *, seconds: float = 60.0, progress: "Progress | None" = None
    ) -> "SparqlResult":
        """Answer a SPARQL query over what `export_rdf` would write, within some seconds.

        SELECT gives a `pyoxigraph.QuerySolutions`, ASK a `pyoxigraph.QueryBoolean`, CONSTRUCT and
        DESCRIBE a list of `pyoxigraph.Triple`; see `wherefrom.indexes.sparql`.
        """
        from wherefrom.indexes.sparql import sparql

        return sparql(self.graph, query, seconds=seconds, progress=progress)

    def passage(self, passage_id: str) -> "Passage":
        """Return a passage by its id."""
        return self._knowledge.passage(passage_id)

    def document(self, document_id: str) -> "Document":
        """Return a document by its id; a citation's `start` and `end` are offsets of its text."""
        return self._knowledge.document(document_id)

    def __repr__(self) -> str:
        info = self.info
        return (
            f"<wherefrom knowledge base {info.path}: {info.documents:,} documents, "
            f"{info.passages:,} passages>"
        )

    def _generator(self, reference: str) -> "Generator":
        if reference not in self._generators:
            from wherefrom.pipeline.generator import open_generator

            self._generators[reference] = open_generator(reference, device=self._device)
        return self._generators[reference]

    def _answerer(self) -> "Answerer":
        if self._answers is None:
            from wherefrom.pipeline.answering import Answerer

            self._answers = Answerer.open(
                self._knowledge.folder,
                reader=self._reader,
                encoder=self._encoder,
                device=self._device,
            )
        return self._answers


def _options(choices: Sequence[str] | Mapping[str, str]) -> tuple[Option, ...]:
    if isinstance(choices, str):
        raise UsageError("choices must be a list of texts, not one string")
    pairs = choices.items() if isinstance(choices, Mapping) else zip(choices, choices, strict=True)
    return tuple(Option(label, text) for label, text in pairs)
