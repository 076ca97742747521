"""Build what the reader sees from a question and its evidence, under a token budget.

This is the one place that does so: training, reading, verifying and checking all come through
here. A prompt is a pair: the question (or premise), then the evidence (or hypothesis). Where the
pair is too long the evidence is cut, into windows that overlap, and never the question. What a
user asks or claims is measured before any work is done (`require_questions`, `require_claims`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wherefrom.indexes.readable import readable
from wherefrom.kb.errors import QuestionError

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

NO_OFFSET = -1  # the offset of a token that is not part of the evidence's text


@dataclass(frozen=True, slots=True)
class Prompt:
    """Token ids of one pair, ready for the encoder.

    `source` is the number of the text that the prompt shows a window of. `starts[i]` and `ends[i]`
    are the code points of that text that token i covers, NO_OFFSET for every other token.
    """

    source: int
    ids: NDArray[np.int32]
    types: NDArray[np.int32]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


class PromptBuilder:
    """Builds prompts with one tokenizer.

    Parameters
    ----------
    tokenizer
        Of the encoder; its own truncation and padding are switched off, and the names of special
        tokens are words like others: a passage that says "[SEP]" shall not end the passage.
    max_tokens
        The budget of one prompt, special tokens included.
    overlap_tokens
        How many tokens neighbouring windows of a long text share; half a window at most, so that
        a long question does not cut the text into a window for each token.
    """

    def __init__(
        self, tokenizer: "Tokenizer", *, max_tokens: int = 384, overlap_tokens: int = 96
    ) -> None:
        self._backend = tokenizer
        self._backend.no_truncation()
        self._backend.no_padding()
        self._backend.encode_special_tokens = True
        self.max_tokens = max_tokens
        self._overlap_tokens = overlap_tokens
        self._special = _special_tokens(self._backend)
        self._colon = self._backend.encode(":", add_special_tokens=False).ids

    @property
    def question_tokens(self) -> int:
        """Return what a question may have at most: a quarter of the budget is for the evidence."""
        return self.max_tokens - self._special.count - self.max_tokens // 4

    @property
    def claim_tokens(self) -> int:
        """Return what a claim may have at most: half the budget is for the premise."""
        return self.max_tokens // 2

    def question_fits(self, question: str) -> bool:
        """Tell whether `reading` would take a question."""
        return len(self._encode([question])[0].ids) <= self.question_tokens

    def require_questions(self, questions: Sequence[str]) -> None:
        """Refuse questions that `reading` would refuse.

        Raises
        ------
        QuestionError
            If one has more than `question_tokens`; the first such one is named.
        """
        for number, found in enumerate(self._encode(questions)):
            if problem := self._too_long(questions[number], len(found.ids), self.question_tokens):
                raise QuestionError("question", number, len(questions), problem)

    def require_claims(self, claims: Sequence[str]) -> None:
        """Refuse claims that `inference` would shorten.

        Raises
        ------
        QuestionError
            If one has more than `claim_tokens`; the first such one is named.
        """
        for number, found in enumerate(self._encode(claims)):
            if problem := self._too_long(claims[number], len(found.ids), self.claim_tokens):
                raise QuestionError("claim", number, len(claims), problem)

    def reading(self, question: str, evidence: Sequence[tuple[str, str]]) -> list[Prompt]:
        """Put a question to each text of the evidence.

        Parameters
        ----------
        question
            The question; it is never cut.
        evidence
            (title, text) pairs. A title may be empty; it is shown before the text, cut to an
            eighth of the budget, or to what a long question leaves.

        Returns
        -------
        list[Prompt]
            One or more windows for each text, in order.

        Raises
        ------
        QuestionError
            If the question leaves less than a quarter of the budget to the evidence.
        """
        return self.readings([question] * len(evidence), evidence)

    def readings(
        self, questions: Sequence[str], evidence: Sequence[tuple[str, str]]
    ) -> list[Prompt]:
        """Put each question to its own text; otherwise as `reading`."""
        asked = self._encode(questions)
        titles = self._encode([title for title, _ in evidence])
        texts = self._encode([text for _, text in evidence])
        prompts: list[Prompt] = []
        for number, (question, title, text) in enumerate(zip(asked, titles, texts, strict=True)):
            length = len(question.ids)
            if problem := self._too_long(questions[number], length, self.question_tokens):
                raise QuestionError("question", 0, 1, problem)
            head = self._head(title.ids, self.question_tokens - length)
            room = self.max_tokens - self._special.count - length - len(head)
            overlap = min(self._overlap_tokens, room // 2)
            for first, last in _windows(len(text.ids), room, overlap):
                window = (text.ids[first:last], text.offsets[first:last])
                prompts.append(self._join(number, question.ids, head, *window))
        return prompts

    def inference(self, premises: Sequence[str], hypotheses: Sequence[str]) -> list[Prompt]:
        """Put each hypothesis to its premise, cutting the premise's end where it is too long.

        A hypothesis of more than `claim_tokens` is shortened: its middle is left out. Claims are
        refused before (`require_claims`); a statement that is made of a long question, answer or
        choice is not, and its answer stands at its beginning or at its end.
        """
        given = self._encode(premises)
        claimed = self._encode(hypotheses)
        prompts: list[Prompt] = []
        for number, (premise, hypothesis) in enumerate(zip(given, claimed, strict=True)):
            claim = _without_middle(hypothesis.ids, self.claim_tokens)
            room = self.max_tokens - self._special.count - len(claim)
            prompts.append(self._join(number, premise.ids[:room], claim, [], []))
        return prompts

    def texts(self, texts: Sequence[str]) -> list[Prompt]:
        """Show each text alone, cutting its end where it is too long."""
        return self.inference(texts, [""] * len(texts))

    def _too_long(self, text: str, length: int, allowed: int) -> str:
        """Say that a text of `length` tokens is too long; nothing where it is not."""
        if length <= allowed:
            return ""
        return (
            f"is too long for the reader: {length:,} tokens, at most {allowed:,} are allowed; "
            f"say it in fewer words (it begins {text[:60]!r})"
        )

    def _head(self, title: list[int], spare: int) -> list[int]:
        """Return the title with its colon, as far as an eighth of the budget and `spare` allow."""
        shown = title[: max(0, min(self.max_tokens // 8, spare - len(self._colon)))]
        return [*shown, *self._colon] if shown else []

    def _encode(self, texts: Sequence[str]) -> "list[Encoding]":
        readable_texts = [readable(text) for text in texts]
        return self._backend.encode_batch(readable_texts, add_special_tokens=False)

    def _join(
        self,
        source: int,
        first: list[int],
        head: list[int],
        text: list[int],
        offsets: Sequence[tuple[int, int]],
    ) -> Prompt:
        special = self._special
        lead = [*special.prefix, *first, *special.middle, *head]
        ids = np.array([*lead, *text, *special.suffix], dtype=np.int32)
        types = np.full(len(ids), special.second_type, dtype=np.int32)
        types[: len(special.prefix) + len(first) + len(special.middle)] = 0
        places = np.full((len(ids), 2), NO_OFFSET, dtype=np.int32)
        if text:
            places[len(lead) : len(lead) + len(text)] = offsets
        return Prompt(source, ids, types, places[:, 0], places[:, 1])


@dataclass(frozen=True, slots=True)
class _SpecialTokens:
    """What a tokenizer puts around and between the two parts of a pair."""

    prefix: list[int]
    middle: list[int]
    suffix: list[int]
    second_type: int

    @property
    def count(self) -> int:
        return len(self.prefix) + len(self.middle) + len(self.suffix)


def _special_tokens(backend: "Tokenizer") -> _SpecialTokens:
    """Read a tokenizer's pair template off one encoded pair, so that any encoder works."""
    pair = backend.encode("a", "b", add_special_tokens=True)
    places = [i for i, sequence in enumerate(pair.sequence_ids) if sequence is not None]
    left = [i for i in places if pair.sequence_ids[i] == 0]
    right = [i for i in places if pair.sequence_ids[i] == 1]
    ids = pair.ids
    return _SpecialTokens(
        prefix=ids[: left[0]],
        middle=ids[left[-1] + 1 : right[0]],
        suffix=ids[right[-1] + 1 :],
        second_type=pair.type_ids[right[0]],
    )


def _without_middle(ids: list[int], length: int) -> list[int]:
    """Return at most `length` tokens: the first half of them and the last."""
    if len(ids) <= length:
        return ids
    return [*ids[: length - length // 2], *ids[len(ids) - length // 2 :]]


def _windows(length: int, room: int, overlap: int) -> list[tuple[int, int]]:
    """Cut `length` tokens into windows of at most `room`, neighbours sharing `overlap`."""
    if length <= room:
        return [(0, length)]
    step = max(1, room - overlap)
    starts = list(range(0, length - room, step))
    return [(start, start + room) for start in starts] + [(length - room, length)]
