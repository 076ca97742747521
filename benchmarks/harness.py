"""Let lm-evaluation-harness drive a knowledge base as a model, as far as a reader can honestly say.

It answers what is asked (`generate_until`), and chooses among the continuations that are offered
for one context (`loglikelihood`): their logarithms are of its probabilities among these, so that
accuracy is what `choose` is worth, and a number that divides them by lengths means nothing. What a
language model alone can do is refused: the probability of one text, and learning from a prompt.

    import lm_eval
    from wherefrom.benchmarks.harness import harness_model

    lm_eval.simple_evaluate(model=harness_model("my.kb"), tasks=["openbookqa"])
"""

import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline.answering import Answerer
from wherefrom.pipeline.records import Option

LEAST = 1e-12  # probability, so that every one has a logarithm
ALTERNATIVES = 2  # continuations of one context, among which one can choose
_ASKED = re.compile(r"^\s*(?:question|q)\s*:\s*", re.IGNORECASE | re.MULTILINE)
_ANSWER = re.compile(r"\s*^\s*(?:answer|a)\s*:\s*\Z", re.IGNORECASE | re.MULTILINE)


class Request(Protocol):
    """What the harness asks of a model: an `Instance` of lm_eval."""

    task_name: str | None
    doc_id: int | None

    @property
    def args(self) -> tuple[Any, ...]:
        """Return the context, and the continuation or the settings."""


def asked(context: str) -> str:
    """Return the question of a prompt, without the words "Question:" and "Answer:".

    Raises
    ------
    UsageError
        If examples or a text stand before the question, or it is empty: a reader would not read
        them.

    Examples
    --------
    >>> asked("Question: Who painted it?\\nAnswer:")
    'Who painted it?'
    """
    marks = list(_ASKED.finditer(context))
    if len(marks) > 1:
        raise UsageError(
            f"the prompt asks {len(marks)} questions; a reader does not learn from examples in a "
            "prompt: take num_fewshot=0"
        )
    if marks and context[: marks[0].start()].strip():
        raise UsageError(
            f"a text stands before the question ({context.strip()[:60]!r}); wherefrom answers from "
            "its knowledge base: take a task without passages, or `wherefrom bench`"
        )
    question = _ANSWER.sub("", context[marks[0].end() :] if marks else context).strip()
    if not question:
        raise UsageError("the prompt asks nothing")
    return question


class KnowledgeModel:
    """Answers requests of the harness from a knowledge base.

    Parameters
    ----------
    answerer
        The knowledge base and its reader.
    k, retriever
        As for `ask`.
    """

    def __init__(self, answerer: Answerer, *, k: int = 10, retriever: str | None = None) -> None:
        self._answerer = answerer
        self._k = k
        self._retriever = retriever

    def generate_until(self, requests: Sequence[Request]) -> list[str]:
        """Answer each question, up to the first text that shall end it; abstentions are empty."""
        said = []
        for request in requests:
            context, settings = request.args
            found = self._answerer.ask(asked(context), k=self._k, retriever=self._retriever)
            said.append(_until(found.answer, settings.get("until") or ()))
        return said

    def loglikelihood(self, requests: Sequence[Request]) -> list[tuple[float, bool]]:
        """Choose among the continuations of each context.

        Returns
        -------
        list[tuple[float, bool]]
            Of each request the logarithm of the probability among those of the same document and
            context, and whether it was chosen.

        Raises
        ------
        UsageError
            If a context has one continuation alone.
        """
        groups: dict[tuple[object, ...], list[str]] = {}
        for request in requests:
            offered = groups.setdefault(_group(request), [])
            if request.args[1] not in offered:
                offered.append(request.args[1])
        chances = {key: self._chances(str(key[-1]), offered) for key, offered in groups.items()}
        found = []
        for request in requests:
            among = chances[_group(request)]
            chance = among[request.args[1]]
            found.append((math.log(max(chance, LEAST)), chance == max(among.values())))
        return found

    def loglikelihood_rolling(self, requests: Sequence[Request]) -> list[float]:
        """Refuse: how likely a text is a reader cannot say.

        Raises
        ------
        UsageError
            Always.
        """
        raise UsageError(
            f"{_name(requests)} measures how likely texts are (perplexity), which a reader cannot "
            "say; take a task of questions or choices"
        )

    def _chances(self, context: str, offered: Sequence[str]) -> dict[str, float]:
        if len(offered) < ALTERNATIVES:
            raise UsageError(
                f"{context.strip()[-60:]!r} has one continuation alone; a reader chooses among "
                "several, and cannot say how likely one text is"
            )
        options = [Option(str(number), text.strip()) for number, text in enumerate(offered)]
        chosen = self._answerer.choose(
            asked(context), options, k=self._k, retriever=self._retriever
        )
        return {
            text: chosen.probabilities[option.label]
            for text, option in zip(offered, options, strict=True)
        }


def harness_model(
    kb: Path | str,
    *,
    reader: str | None = None,
    encoder: str | None = None,
    device: str | None = None,
    k: int = 10,
    retriever: str | None = None,
) -> Any:
    """Open a knowledge base as a model of lm-evaluation-harness, for its `simple_evaluate`.

    Raises
    ------
    ModelError
        If the package lm-eval is not installed.
    MissingError, DamagedError, UsageError
        As `Answerer.open` and `ask`.
    """
    try:
        from lm_eval.api.model import LM
    except ImportError as error:
        raise ModelError("lm-evaluation-harness is not installed; pip install lm-eval") from error
    answerer = Answerer.open(
        kb, reader=reader, encoder=encoder, device=device, patience_seconds=math.inf
    )
    answerer.require_questions(["?"], k=k, retriever=retriever)
    answerer.knowledge.remember_vectors()
    model = KnowledgeModel(answerer, k=k, retriever=retriever)

    class WherefromLM(LM):  # type: ignore[misc]
        """The same, as the class that the harness wants."""

        loglikelihood = staticmethod(model.loglikelihood)
        loglikelihood_rolling = staticmethod(model.loglikelihood_rolling)
        generate_until = staticmethod(model.generate_until)

    return WherefromLM()


def _group(request: Request) -> tuple[object, ...]:
    return request.task_name, request.doc_id, request.args[0]


def _until(text: str, ends: str | Iterable[str]) -> str:
    for end in [ends] if isinstance(ends, str) else ends:
        text = text.partition(end)[0] if end else text
    return text


def _name(requests: Sequence[Request]) -> str:
    return (requests[0].task_name if requests else None) or "the task"
