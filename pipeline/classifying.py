"""Classify texts: by the labels that a reader was trained for, or by any, without training.

Without training, the text is asked whether it entails that it is about a label:

Yin, Hay and Roth, "Benchmarking Zero-shot Text Classification: Datasets, Evaluation and Entailment
Approach", EMNLP 2019, arXiv:1909.00161.
"""

from collections.abc import Sequence

from wherefrom.kb.errors import QuestionError, UsageError
from wherefrom.pipeline.examples import CONTRADICTION, ENTAILMENT, INFERENCE_LABELS
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Classification

HYPOTHESIS = "This text is about {}."
PLACE = "{}"  # where a label goes in a hypothesis
SMALLEST = 1e-9  # added to probabilities, so that no sum of them is 0


def classify(
    reader: Reader,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    hypothesis: str = HYPOTHESIS,
    several: bool = False,
) -> list[Classification]:
    """Classify each text.

    Parameters
    ----------
    reader
        Its inference head judges the hypotheses.
    texts
        Of any length; the end of one that is longer than the reader's budget is not read.
    labels
        In words that a person would use: "sports", "a complaint". At least two, or with `several`
        at least one.
    hypothesis
        What is said of a text of a label; the label takes the place of ``{}``.
    several
        Whether a text may have several labels or none. Then a label's probability is that of
        entailment against contradiction; otherwise those of entailment are scaled to a sum of 1.

    Raises
    ------
    UsageError
        If a label is blank, stands twice or is too long for the reader, or there are too few; if
        the hypothesis has no place for the label; QuestionError if a text is blank.
    """
    _check_labels(labels, hypothesis, least=1 if several else 2)
    _check_texts(texts)
    claims = [hypothesis.replace(PLACE, label) for label in labels]
    try:
        reader.prompts.require_claims(claims)
    except QuestionError as error:
        raise UsageError(f"label {error.number + 1} of {len(labels)} {error.problem}") from error
    found = reader.infer(
        [text for text in texts for _ in labels], [claim for _ in texts for claim in claims]
    ).reshape(len(texts), len(labels), len(INFERENCE_LABELS))
    entailed = found[..., ENTAILMENT] + SMALLEST
    refuted = found[..., CONTRADICTION] + SMALLEST
    whole = entailed + refuted if several else entailed.sum(axis=1, keepdims=True)
    return [
        Classification(
            text, labels[int(row.argmax())], dict(zip(labels, row.tolist(), strict=True))
        )
        for text, row in zip(texts, entailed / whole, strict=True)
    ]


def classify_as_trained(reader: Reader, texts: Sequence[str]) -> list[Classification]:
    """Classify each text by the labels that the reader was trained for.

    Raises
    ------
    ModelError
        If the reader has no labels of its own.
    QuestionError
        If a text is blank.
    """
    _check_texts(texts)
    labels = reader.manifest.labels
    return [
        Classification(
            text, labels[int(row.argmax())], dict(zip(labels, row.tolist(), strict=True))
        )
        for text, row in zip(texts, reader.label(texts), strict=True)
    ]


def _check_texts(texts: Sequence[str]) -> None:
    for number, text in enumerate(texts):
        if not text.strip():
            raise QuestionError("text", number, len(texts), "is empty")


def _check_labels(labels: Sequence[str], hypothesis: str, *, least: int) -> None:
    if len(labels) < least:
        wanted = "a label" if least == 1 else "two labels or more"
        raise UsageError(f"classifying needs {wanted}, got {len(labels)}")
    for label in labels:
        if not label.strip():
            raise UsageError("a label is empty")
        if labels.count(label) > 1:
            raise UsageError(f"the label {label!r} stands twice")
    if PLACE not in hypothesis:
        raise UsageError(f"the hypothesis {hypothesis!r} has no {PLACE} for the label")
