"""Count examples that stand in a knowledge base word for word, or in a file that was trained on.

A question of up to 13 words must stand there whole, of a longer one any 13 words, in the manner of
Brown et al., "Language Models are Few-Shot Learners", NeurIPS 2020, arXiv:2005.14165, appendix C.
Case, punctuation and white space do not count. What is shorter than 5 words is said by chance, and
not looked for. Beside it stands an answer where the same passage holds one elsewhere.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wherefrom.benchmarks.example import Example, Shape
from wherefrom.benchmarks.task import Task
from wherefrom.kb.durable import hash_file
from wherefrom.kb.errors import UsageError

LONGEST, SHORTEST = 13, 5  # words that are looked for together
BLOCK_WORDS = 200_000  # of passages that are looked through at once
NAMED = 10  # examples that a result names
BESIDE = ""  # between passages, and where the question stood: no word
_FACTOR = 0x9E3779B97F4A7C15  # odd, so that no word is lost in the hash of several
_WORD = re.compile(r"[^\W\u3400-\u9fff]+|[\u3400-\u9fff]")  # of Chinese each character

IN_KNOWLEDGE = "knowledge_base_contaminated"
IN_TRAINING = "trained_on_examples"


@dataclass(frozen=True, slots=True)
class Suspects:
    """Where examples may stand that should not: what a run looks through before it is believed.

    Parameters
    ----------
    texts
        Goes over the passages of the knowledge base; None where there is none.
    files
        Files in the format of the task that the reader learnt from.
    learnt
        By name the hashes of all files that the reader says it learnt from, see `learnt_files`.
    fitted
        Those to which its probabilities were fitted, see `fitted_files`.
    counted
        What was counted in the passages before, see `ahead`; they are not looked through again.
    scans
        Whether passages are looked through at all: of many, that takes longer than a short run.
    """

    texts: Callable[[], Iterator[str]] | None = None
    files: tuple[Path, ...] = ()
    learnt: Mapping[str, str] = field(default_factory=dict)
    fitted: Mapping[str, str] = field(default_factory=dict)
    counted: Mapping[str, Any] | None = None
    scans: bool = True

    def require(self) -> None:
        """Make sure that the files are there.

        Raises
        ------
        UsageError
            If one is not; it is named.
        """
        for file in self.files:
            if not file.is_file():
                raise UsageError(f"{file}, which was trained on (--trained-on), is no file here")

    def ahead(self, runs: Sequence[tuple[Shape, Sequence[Example]]]) -> list[Self]:
        """Look through the passages once for many runs, and return the suspects of each."""
        if self.texts is None or not self.scans:
            return [self] * len(runs)
        asked = [([] if shape == "pair" else examples) for shape, examples in runs]
        shapes = [shape for shape, _ in runs]
        counts = in_texts_together(list(zip(shapes, asked, strict=True)), self.texts())
        return [replace(self, counted=counted) for counted in counts]

    def count(self, task: Task, data: Path, examples: Sequence[Example]) -> dict[str, Any]:
        """Count what stands where; raises as `in_training`.

        Returns
        -------
        dict[str, Any]
            ``knowledge_base`` as of `in_texts`, None where that was not wanted, ``trained_on`` as
            of `in_training` for each file, and ``learnt``, the names of files whose content is that
            of `data`; no key where there is nothing to look through. A pair is not looked for in
            passages: it is shown none. As ``fitted`` the names of files of that content to which
            probabilities were fitted.
        """
        found: dict[str, Any] = {}
        if self.texts is not None and task.shape != "pair":
            found["knowledge_base"] = (
                self.counted or in_texts(task.shape, examples, self.texts()) if self.scans else None
            )
        if self.files:
            found["trained_on"] = [in_training(task, examples, file) for file in self.files]
        own = (
            {hash_file(file) for file in task.files(data)} if self.learnt or self.fitted else set()
        )
        for name, files in (("learnt", self.learnt), ("fitted", self.fitted)):
            if files:
                found[name] = [file for file, digest in files.items() if digest in own]
        return found


NO_SUSPECTS = Suspects()


def learnt_files(training: Mapping[str, Any]) -> dict[str, str]:
    """Return by name the sha256 of every file that a reader learnt from, by its own record.

    The record names the files on which the reader was measured, too; those are no files to learn
    from.
    """
    measured = [f"{name}, " for name in training.get("metrics", {})]  # perhaps with a task
    return {
        name: digest
        for name, digest in training.get("data_sha256", {}).items()
        if not any(one.startswith(f"{name}, ") for one in measured)
    }


def fitted_files(training: Mapping[str, Any]) -> dict[str, str]:
    """Return by name the sha256 of files that were measured and that probabilities were fitted to.

    By its own record a reader was measured crosswise on them; what is stored was fitted to all.
    """
    hashes = training.get("data_sha256", {})
    return {name: hashes[name] for name in training.get("crosswise", ()) if name in hashes}


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, without what stands between them.

    Examples
    --------
    >>> words_of("Who, then, was Ada?")
    ['who', 'then', 'was', 'ada']
    """
    return _WORD.findall(text.lower())


def in_texts(shape: Shape, examples: Sequence[Example], texts: Iterable[str]) -> dict[str, Any]:
    """Count the examples that stand in texts word for word, and those with an answer beside.

    Memory holds the examples and one block of the texts; time grows with the words of the texts.

    Returns
    -------
    dict[str, Any]
        ``n`` examples that were looked for, ``verbatim``, ``with_answer``, and of those the ids of
        the ``first``, in the order of the examples.
    """
    return in_texts_together([(shape, examples)], texts)[0]


def in_texts_together(
    runs: Sequence[tuple[Shape, Sequence[Example]]], texts: Iterable[str]
) -> list[dict[str, Any]]:
    """Count as `in_texts` for the examples of several runs, going over the texts once."""
    asked = [(shape, example) for shape, examples in runs for example in examples]
    search = _Search(asked)
    for words, starts in _blocks(texts):
        search.look_through(words, starts)
    counts, first = [], 0
    for _, examples in runs:
        own = range(first, first + len(examples))
        first = own.stop
        found, answered = (
            [number for number in sorted(numbers) if number in own]
            for numbers in (search.found, search.answered)
        )
        counts.append(
            {
                "n": sum(number in own for number in search.looked_for),
                "verbatim": len(found),
                "with_answer": len(answered),
                "first": [asked[number][1].id for number in (answered or found)[:NAMED]],
            }
        )
    return counts


def in_training(task: Task, examples: Sequence[Example], file: Path) -> dict[str, Any]:
    """Count the examples that a file of the same format holds too, whatever their labels.

    Raises
    ------
    SourceError, RecordError
        If the file cannot be read as one of the task.
    """
    known = {_content(task.shape, example) for example in task.read(file)}
    same = [example.id for example in examples if _content(task.shape, example) in known]
    return {"file": file.name, "n": len(examples), "same": len(same), "first": same[:NAMED]}


def contamination_findings(found: Mapping[str, Any]) -> list[str]:
    """Put what was found into sentences."""
    told = []
    if "knowledge_base" in found and found["knowledge_base"] is None:
        told.append("The knowledge base was not looked through for the examples (--no-scan).")
    if base := found.get("knowledge_base"):
        told.append(
            f"Of {base['n']:,} examples of {SHORTEST} words or more, {base['verbatim']:,} stand "
            f"word for word in the knowledge base, {base['with_answer']:,} with an answer beside"
            f"{_first(base)}."
        )
    for one in found.get("trained_on", ()):
        told.append(
            f"Of {one['n']:,} examples, {one['same']:,} stand in {one['file']} too{_first(one)}."
        )
    for name in found.get("learnt", ()):
        told.append(f"The reader learnt from this very file, as {name}.")
    for name in found.get("fitted", ()):
        told.append(
            f"The reader's probabilities were fitted to this very file, as {name}: the calibration "
            "error here flatters it."
        )
    return told


def contamination_flags(found: Mapping[str, Any]) -> list[str]:
    """Return IN_KNOWLEDGE and IN_TRAINING, where what was found says so."""
    told = []
    if (found.get("knowledge_base") or {}).get("with_answer"):
        told.append(IN_KNOWLEDGE)
    if found.get("learnt") or any(one["same"] for one in found.get("trained_on", ())):
        told.append(IN_TRAINING)
    return told


class _Search:
    """What is looked for, and which examples were found so far, by their numbers."""

    def __init__(self, asked: Sequence[tuple[Shape, Example]]) -> None:
        self.looked_for: set[int] = set()
        self.found: set[int] = set()
        self.answered: set[int] = set()
        self._answers: dict[int, list[str]] = {}
        self._grams: dict[tuple[str, ...], list[int]] = {}
        self._numbers: dict[str, int] = {}  # of words, from 1
        for number, (shape, example) in enumerate(asked):
            words = words_of(example.text)
            if len(words) < SHORTEST:
                continue
            self.looked_for.add(number)
            self._answers[number] = [_spaced(words_of(one)) for one in _answers(shape, example)]
            size = min(LONGEST, len(words))
            for start in range(len(words) - size + 1):
                self._grams.setdefault(tuple(words[start : start + size]), []).append(number)
        self._sizes: dict[int, set[int]] = {}  # of grams, by the hash of their first words
        for gram in self._grams:
            numbers = [self._numbers.setdefault(w, len(self._numbers) + 1) for w in gram]
            key = int(_hashes(np.array(numbers[:SHORTEST], dtype=np.uint64))[0])
            self._sizes.setdefault(key, set()).add(len(gram))
        self._keys = np.array(sorted(self._sizes), dtype=np.uint64)

    def look_through(self, words: Sequence[str], starts: Sequence[int]) -> None:
        """Look through passages, which begin at `starts`, each with BESIDE at its end."""
        if not len(self._keys) or len(words) < SHORTEST:
            return
        numbers = np.array([self._numbers.get(word, 0) for word in words], dtype=np.uint64)
        hashes = _hashes(numbers)
        near = np.minimum(np.searchsorted(self._keys, hashes), len(self._keys) - 1)
        for place in np.flatnonzero(self._keys[near] == hashes).tolist():
            for size in self._sizes[int(hashes[place])]:
                for number in self._grams.get(tuple(words[place : place + size]), ()):
                    if number not in self.answered:
                        self._note(number, place, size, words, starts)

    def _note(
        self, number: int, place: int, size: int, words: Sequence[str], starts: Sequence[int]
    ) -> None:
        self.found.add(number)
        passage = bisect_right(starts, place) - 1
        end = starts[passage + 1] if passage + 1 < len(starts) else len(words)
        beside = [*words[starts[passage] : place], BESIDE, *words[place + size : end]]
        text = _spaced(beside)
        if any(answer.strip() and answer in text for answer in self._answers[number]):
            self.answered.add(number)


def _blocks(texts: Iterable[str]) -> Iterator[tuple[list[str], list[int]]]:
    """Yield the words of texts, BESIDE after each text, and where each begins, block by block."""
    words: list[str] = []
    starts: list[int] = []
    for text in texts:
        starts.append(len(words))
        words += words_of(text)
        words.append(BESIDE)
        if len(words) >= BLOCK_WORDS:
            yield words, starts
            words, starts = [], []
    if words:
        yield words, starts


def _hashes(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hash each SHORTEST words in a row: (N,) to (N - SHORTEST + 1,), modulo 2 ** 64."""
    count = len(numbers) - SHORTEST + 1
    found = np.zeros(count, dtype=np.uint64)
    for step in range(SHORTEST):
        found = found * np.uint64(_FACTOR) + numbers[step : step + count]
    return found


def _answers(shape: Shape, example: Example) -> tuple[str, ...]:
    if shape == "query":
        return ()  # what is right is a document, not words
    if shape == "choices":
        return tuple(one.text for one in example.options if one.label in example.gold)
    return example.gold


def _content(shape: Shape, example: Example) -> tuple[str, ...]:
    """Return what makes an example the same as another: what is asked, and what it is asked of."""
    texts = [example.text]
    if shape == "pair":
        texts += [item.text for item in example.evidence]
    texts += sorted(option.text for option in example.options)
    return tuple(_spaced(words_of(text)) for text in texts)


def _spaced(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def _first(found: Mapping[str, Any]) -> str:
    return f" (the first is {found['first'][0]!r})" if found["first"] else ""
