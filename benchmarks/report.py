"""Write the report of a run: one HTML page without anything from elsewhere."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import islice
from typing import Any

import numpy as np

from wherefrom.benchmarks.changing import part_arm
from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.judging import FLAGS, MAIN
from wherefrom.benchmarks.page import made_of, page, table
from wherefrom.benchmarks.plots import (
    Points,
    bars,
    curves,
    frontier,
    reliability_points,
    risk_coverage,
)
from wherefrom.benchmarks.prediction import Prediction, by_arm

SHOWN = 40  # examples of each kind and arm
CONTROLS = ("shuffled", "adversarial")
NOTHING: Mapping[str, float] = {}
LISTED = 5  # documents of a query
RECALL = "recall@"
MOST_MARKED = 600  # characters of marked evidence that are shown


def report(
    manifest: Mapping[str, Any],
    metrics: Mapping[str, Any],
    predictions: Sequence[Prediction],
    examples: Sequence[Example],
    changed: Sequence[Example] = (),
    *,
    seconds: Mapping[str, float] = NOTHING,
) -> str:
    """Return the page of a run.

    Parameters
    ----------
    manifest, metrics
        What the run was made of, and what was measured.
    predictions, examples
        What was said, and what it was asked of.
    changed
        The same examples as they were changed, where they were.
    seconds
        What an example took in each arm, in the mean.
    """
    arms = by_arm(predictions)
    asked = {example.id: example for example in examples}
    altered = {example.id: example for example in changed}
    title = f"{manifest['task']}: {manifest['examples']:,} examples"
    told = "".join(f"<li>{escape(line)}</li>" for line in metrics["findings"])
    flagged = "".join(f'<p class="flag">{escape(FLAGS[flag])}</p>' for flag in metrics["flags"])
    return page(
        title,
        f"{flagged}<ul>{told}</ul>"
        f"<h2>Measures</h2>{_measures(metrics['arms'])}"
        f'<h2>Plots</h2><div class="plots">{_plots(manifest, metrics["arms"], arms, seconds)}</div>'
        f"<h2>Examples</h2>{_examples(arms, asked, altered)}"
        f"<h2>Made of</h2>{made_of(manifest)}",
    )


def kind_of(prediction: Prediction) -> str:
    """Return ``right``, ``wrong`` or, of what is cited without support, ``unsupported``."""
    if prediction.scores.get("citation_recall") == 0.0:
        return "unsupported"
    return "right" if prediction.right else "wrong"


def _measures(arms: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    rows = [
        [
            (escape(arm), None),
            (escape(name.replace("_", " ")), None),
            (f"{found['value']:.3f}", found["value"]),
            (f"[{found['low']:.3f}, {found['high']:.3f}]", found["low"]),
            (f"{found['n']:,}", found["n"]),
        ]
        for arm, measures in arms.items()
        for name, found in measures.items()
    ]
    return table(("arm", "measure", "value", "95 % interval", "n"), rows)


def _plots(
    manifest: Mapping[str, Any],
    measured: Mapping[str, Mapping[str, Mapping[str, float]]],
    arms: Mapping[str, Sequence[Prediction]],
    seconds: Mapping[str, float],
) -> str:
    main = MAIN[manifest["shape"]]
    side = {
        arm: (found[main]["value"], found[main]["low"], found[main]["high"])
        for arm, found in measured.items()
    }
    drawn = [bars(side, label=main)]
    if manifest["shape"] != "query":
        answered = {arm: [one for one in found if one.answered] for arm, found in arms.items()}
        reliable = _each(answered, reliability_points)
        drawn += [
            curves(reliable, x="probability", y="share right", diagonal=True),
            curves(_each(arms, risk_coverage), x="coverage", y="risk"),
        ]
    recalls = {arm: found for arm, values in measured.items() if (found := _recalls(values))}
    if recalls:
        deepest = max(depth for found in recalls.values() for depth in found)
        points = {
            arm: [(depth / deepest, value) for depth, value in found.items()]
            for arm, found in recalls.items()
        }
        drawn.append(curves(points, x=f"k / {deepest}", y="recall@k"))
    chosen = [arm for arm in measured if arm in seconds and not _is_control(arm)]
    if len(chosen) > 1:
        costs = {arm: (seconds[arm], measured[arm][main]["value"]) for arm in chosen}
        drawn.append(frontier(costs, label=main))
    return "".join(f"<figure>{plot}</figure>" for plot in drawn)


def _is_control(arm: str) -> bool:
    """Tell whether nobody would choose an arm: its evidence or its examples are made worse."""
    shown, way = part_arm(arm)
    return shown in CONTROLS or bool(way)


def _recalls(measured: Mapping[str, Mapping[str, float]]) -> dict[int, float]:
    """Return the recall at each depth that was measured."""
    return {
        int(name.removeprefix(RECALL)): found["value"]
        for name, found in measured.items()
        if name.startswith(RECALL)
    }


def _each(
    arms: Mapping[str, Sequence[Prediction]], drawn: Callable[..., Points]
) -> dict[str, Points]:
    return {
        arm: drawn(
            np.array([one.probability for one in found]), np.array([one.right for one in found])
        )
        for arm, found in arms.items()
    }


def _examples(
    arms: Mapping[str, Sequence[Prediction]],
    asked: Mapping[str, Example],
    altered: Mapping[str, Example],
) -> str:
    kinds = ("right", "wrong", "unsupported")
    rows = []
    for arm, found in arms.items():
        shown = altered if part_arm(arm)[1] else asked
        for kind in kinds:
            rows += [
                _example(arm, kind, one, shown[one.id])
                for one in [one for one in found if kind_of(one) == kind][:SHOWN]
            ]
    buttons = "".join(
        f'<button data-kind="{kind}" aria-pressed="{str(kind == "all").lower()}">{kind}</button> '
        for kind in ("all", *kinds)
    )
    names = ("arm", "asked", "said", "right", "probability", "cited or found")
    head = "".join(f"<th><button>{name}</button></th>" for name in names)
    return (
        f"<p>The first {SHOWN} of each kind and arm; all are in <code>predictions.jsonl</code>.</p>"
        f'<nav>{buttons}</nav><table id="examples"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _example(arm: str, kind: str, one: Prediction, example: Example) -> str:
    names = {option.label: f"{option.label}: {option.text}" for option in example.options}
    said = names.get(one.prediction, one.prediction) or "(abstained)"
    gold = "; ".join(_first(names.get(answer, answer) for answer in one.gold)) or "(no answer)"
    chance = "" if one.probability is None else f"{one.probability:.2f}"
    cited = "<br>".join(
        f"{escape(str(cite['quote']))} <small>({escape(str(cite['verdict']))}, "
        f"<code>{escape(str(cite['passage_id']))}</code>)</small>"
        for cite in one.citations
    ) or "<br>".join(escape(name) for name in _first(one.documents))
    return (
        f'<tr class="{kind}"><td>{escape(arm)}</td>'
        f"<td>{escape(example.text)}{_marked(example)}</td>"
        f"<td>{escape(said)}</td><td>{escape(gold)}</td>"
        f'<td class="number" data-value="{one.probability or 0.0}">{chance}</td>'
        f"<td>{cited}</td></tr>"
    )


def _first(names: Iterable[str]) -> list[str]:
    """Return the first names of many, and a mark where there are more."""
    first = list(islice(names, LISTED + 1))
    return first if len(first) <= LISTED else [*first[:LISTED], "…"]


def _marked(example: Example) -> str:
    """Show what the file marks as evidence, folded away."""
    texts = " ".join(item.text for item in example.evidence)
    shown = texts if len(texts) <= MOST_MARKED else texts[:MOST_MARKED] + "…"
    return f"<details><summary>marked</summary>{escape(shown)}</details>" if texts else ""
