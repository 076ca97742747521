"""Write the report of a run: one HTML page without anything from elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np

from wherefrom.benchmarks.changing import part_arm
from wherefrom.benchmarks.example import Example
from wherefrom.benchmarks.judging import FLAGS, MAIN
from wherefrom.benchmarks.plots import Points, bars, curves, reliability_points, risk_coverage
from wherefrom.benchmarks.prediction import DEPTHS, Prediction, by_arm

SHOWN = 40  # examples of each kind and arm
MOST_MARKED = 600  # characters of marked evidence that are shown


def report(
    manifest: Mapping[str, Any],
    metrics: Mapping[str, Any],
    predictions: Sequence[Prediction],
    examples: Sequence[Example],
    changed: Sequence[Example] = (),
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
    """
    arms = by_arm(predictions)
    asked = {example.id: example for example in examples}
    altered = {example.id: example for example in changed}
    title = f"{manifest['task']}: {manifest['examples']:,} examples"
    told = "".join(f"<li>{escape(line)}</li>" for line in metrics["findings"])
    flagged = "".join(f'<p class="flag">{escape(FLAGS[flag])}</p>' for flag in metrics["flags"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_packaged('report.css')}</style><h1>{escape(title)}</h1>{flagged}<ul>{told}</ul>"
        f"<h2>Measures</h2>{_measures(metrics['arms'])}"
        f'<h2>Plots</h2><div class="plots">{_plots(manifest, metrics["arms"], arms)}</div>'
        f"<h2>Examples</h2>{_examples(arms, asked, altered)}"
        f"<h2>Made of</h2>{_made_of(manifest)}<script>{_packaged('report.js')}</script></html>\n"
    )


def kind_of(prediction: Prediction) -> str:
    """Return ``right``, ``wrong`` or, of what is cited without support, ``unsupported``."""
    if prediction.scores.get("citation_recall") == 0.0:
        return "unsupported"
    return "right" if prediction.right else "wrong"


def _measures(arms: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    rows = [
        [
            (arm, None),
            (name.replace("_", " "), None),
            (f"{found['value']:.3f}", found["value"]),
            (f"[{found['low']:.3f}, {found['high']:.3f}]", found["low"]),
            (f"{found['n']:,}", found["n"]),
        ]
        for arm, measures in arms.items()
        for name, found in measures.items()
    ]
    return _table(("arm", "measure", "value", "95 % interval", "n"), rows)


def _table(names: Sequence[str], rows: Sequence[Sequence[tuple[str, float | None]]]) -> str:
    head = "".join(f"<th><button>{escape(name)}</button></th>" for name in names)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(text)}</td>"
            if value is None
            else f'<td class="number" data-value="{value}">{escape(text)}</td>'
            for text, value in row
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _plots(
    manifest: Mapping[str, Any],
    measured: Mapping[str, Mapping[str, Mapping[str, float]]],
    arms: Mapping[str, Sequence[Prediction]],
) -> str:
    main = MAIN[manifest["shape"]]
    side = {
        arm: (found[main]["value"], found[main]["low"], found[main]["high"])
        for arm, found in measured.items()
    }
    drawn = [
        bars(side, label=main),
        curves(_each(arms, reliability_points), x="probability", y="share right", diagonal=True),
        curves(_each(arms, risk_coverage), x="coverage", y="risk"),
    ]
    found = measured.get("retrieved", {})
    if f"recall@{DEPTHS[0]}" in found:
        points = [(depth / max(DEPTHS), found[f"recall@{depth}"]["value"]) for depth in DEPTHS]
        drawn.append(curves({"retrieved": points}, x=f"k / {max(DEPTHS)}", y="recall@k"))
    return "".join(f"<figure>{plot}</figure>" for plot in drawn)


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
    names = ("arm", "asked", "said", "right", "probability", "cited")
    head = "".join(f"<th><button>{name}</button></th>" for name in names)
    return (
        f"<p>The first {SHOWN} of each kind and arm; all are in <code>predictions.jsonl</code>.</p>"
        f'<nav>{buttons}</nav><table id="examples"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _example(arm: str, kind: str, one: Prediction, example: Example) -> str:
    names = {option.label: f"{option.label}: {option.text}" for option in example.options}
    said = names.get(one.prediction, one.prediction) or "(abstained)"
    gold = "; ".join(names.get(answer, answer) for answer in one.gold) or "(no answer)"
    cited = "<br>".join(
        f"{escape(str(cite['quote']))} <small>({escape(str(cite['verdict']))}, "
        f"<code>{escape(str(cite['passage_id']))}</code>)</small>"
        for cite in one.citations
    )
    return (
        f'<tr class="{kind}"><td>{escape(arm)}</td>'
        f"<td>{escape(example.text)}{_marked(example)}</td>"
        f"<td>{escape(said)}</td><td>{escape(gold)}</td>"
        f'<td class="number" data-value="{one.probability}">{one.probability:.2f}</td>'
        f"<td>{cited}</td></tr>"
    )


def _marked(example: Example) -> str:
    """Show what the file marks as evidence, folded away."""
    texts = " ".join(item.text for item in example.evidence)
    shown = texts if len(texts) <= MOST_MARKED else texts[:MOST_MARKED] + "…"
    return f"<details><summary>marked</summary>{escape(shown)}</details>" if texts else ""


def _made_of(manifest: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th>{escape(name.replace('_', ' '))}</th>"
        f"<td><code>{escape(str(value))}</code></td></tr>"
        for name, value in manifest.items()
    )
    return f"<table>{rows}</table>"


def _packaged(name: str) -> str:
    return (files("wherefrom.benchmarks") / name).read_text(encoding="utf-8")
