"""Learn to tell, from what the head that judges sees of an answer, whether there is one.

The examples are a recipe's questions, beside their own passage and changed so that it does not
answer them (`wherefrom.pipeline.unanswerable`), and some beside another passage of their article.
They come after all training and change no weight of the reader, so what it says else stays.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wherefrom.kb.progress import NoProgress, Progress
from wherefrom.pipeline.answerability import judged
from wherefrom.pipeline.curriculum import negatives, questions_of
from wherefrom.pipeline.examples import SpanExample
from wherefrom.pipeline.held_out import held_share, part
from wherefrom.pipeline.leakage import evaluated, without_leaks
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.squad import as_span
from wherefrom.pipeline.unanswerable import unanswerable_questions

OTHER_PASSAGES = 0.1  # of the examples are questions beside another passage
STRENGTH = 0.1  # of the data against the penalty on weights of features of like spread
CHUNK = 1024
STAGE = "judge answers"


def probe_examples(recipe: Recipe, data: Path) -> list[SpanExample]:
    """Draw the recipe's `probe` examples of its span files, by how much is shown of each.

    Where all have a share of 0, by how many questions each has. What is held out so that
    probabilities can be fitted on it is left out.

    Raises
    ------
    UsageError
        If next to none of the questions can be changed, or examples stand in an evaluation file
        too, and the recipe does not drop them.
    """
    rng = random.Random(recipe.seed)
    files = [questions_of(source, data) for source in recipe.spans]
    answered = [[each for each in questions if each.answers] for questions in files]
    plain = not any(source.share for source in recipe.spans)
    sizes = [
        len(known) * (1.0 if plain else source.share)
        for known, source in zip(answered, recipe.spans, strict=True)
    ]
    drawn: list[SpanExample] = []
    for questions, known, size in zip(files, answered, sizes, strict=True):
        count = recipe.probe * size / max(1, sum(sizes))
        others = round(count * OTHER_PASSAGES)
        own = min(len(known), round((count - others) / 2))
        drawn += [as_span(question) for question in rng.sample(known, own)]
        drawn += unanswerable_questions(questions, own, rng)
        drawn += negatives(questions, others, rng)
    known_elsewhere = evaluated((*recipe.evaluate, *recipe.calibrate), data)
    clean, _ = without_leaks(list(dict.fromkeys(drawn)), known_elsewhere, recipe.leaks)
    return part(clean, held_share(recipe, "spans"), [])


def learn_probe(
    reader: Reader, examples: Sequence[SpanExample], *, progress: Progress | None = None
) -> tuple[float, ...]:
    """Return the weights of `wherefrom.pipeline.answerability.Judged.known`, then the bias.

    They are those of a logistic regression; nothing is returned where all examples are alike.
    """
    from sklearn.linear_model import LogisticRegression

    progress = progress or NoProgress()
    progress.start(STAGE, total=len(examples))
    parts, answered = [], []
    for first in range(0, len(examples), CHUNK):
        chunk = examples[first : first + CHUNK]
        asked = [each.question for each in chunk]
        passages = [(each.title, each.text) for each in chunk]
        seen = judged(reader, asked, passages, reader.read(asked, passages, count=1))
        parts.append(seen.known)
        answered += [chunk[row].start >= 0 for row in seen.rows]
        progress.advance(STAGE, len(chunk))
    progress.finish(STAGE)
    if len(set(answered)) < 2:
        return ()
    known = np.concatenate(parts)
    means, spreads = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-6)
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    model.fit((known - means) / spreads, answered)
    weights = model.coef_[0] / spreads
    bias = float(model.intercept_[0]) - float(means @ weights)
    return (*np.round(weights, 5).tolist(), round(bias, 5))
