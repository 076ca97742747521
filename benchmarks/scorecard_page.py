"""Write a scorecard: as one page, as a table in Markdown, and as JSON."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from wherefrom.benchmarks.arms import ARMS
from wherefrom.benchmarks.judging import FLAGS
from wherefrom.benchmarks.page import Cell, made_of, page, table
from wherefrom.benchmarks.plots import bars
from wherefrom.benchmarks.prediction import NDCG
from wherefrom.benchmarks.run import REPORT
from wherefrom.benchmarks.scorecard import BIAS, CALIBRATION, RECALL, Row, Scorecard
from wherefrom.indexes.knowledge import RETRIEVERS
from wherefrom.kb.durable import write_file

PAGE, JSON, MARKDOWN = "index.html", "scorecard.json", "scorecard.md"
IN_USE = ("retrieved", "gold", "none")  # the first of these arms is that whose calibration is told
ABSENT = "–"
READING = (
    "Values are in per cent with their 95 % bootstrap intervals. Evidence helped where the arm is "
    "better, example by example, than the arms with the evidence of another example and with none."
)


def write_scorecard(card: Scorecard, out: Path) -> None:
    """Write PAGE, JSON and MARKDOWN into a folder."""
    write_file(
        out / JSON, (json.dumps(card.as_json(), indent=1, ensure_ascii=False) + "\n").encode()
    )
    write_file(out / MARKDOWN, scorecard_markdown(card).encode())
    write_file(out / PAGE, scorecard_page(card).encode())


def scorecard_markdown(card: Scorecard) -> str:
    """Return what was measured as tables in Markdown: readings, then searches, if there are any."""
    read, searched = _parted(card.rows)
    arms = _arms(read)
    names = ["data", "asked", "measure", *arms, "evidence helped", "calibration error", "flags"]
    readings = [
        [
            row.name.rpartition("/")[2],
            _asked(row),
            row.measure,
            *_values(row, row.measure, arms),
            _helped(row),
            _calibration(row)[0],
            _flags(row),
        ]
        for row in read
    ]
    names_of_searches = ["documents", "asked", "measure", *RETRIEVERS, "better"]
    searches = [
        [
            row.name.rpartition("/")[2],
            _asked(row),
            measure,
            *_values(row, measure, RETRIEVERS),
            _helped(row),
        ]
        for row in searched
        for measure in (row.measure, RECALL)
    ]
    parts = [(names, readings), (names_of_searches, searches)]
    return "\n".join(_markdown(heads, lines) for heads, lines in parts if lines)


def scorecard_page(card: Scorecard) -> str:
    """Return the page: the tables, a plot of each run's arms, what was left out, what it is of."""
    read, searched = _parted(card.rows)
    first = (
        f"<p>{len(card.rows)} evaluations, {card.mode}. {escape(READING)} A name leads to the "
        "report of its run.</p>"
    )
    for flag, words in FLAGS.items():
        flagged = ", ".join(row.name for row in card.rows if flag in row.flags)
        if flagged:
            first += f'<p class="flag">{escape(words)} So it is in {escape(flagged)}.</p>'
    first += "".join(
        f'<p class="flag">{escape(name)} could not be read: {escape(why)}</p>'
        for name, why in card.failed.items()
    )
    plots = "".join(
        f"<figure>{bars(_sides(row), label=f'{row.name}: {row.measure}')}</figure>"
        for row in card.rows
    )
    left_out = [[(escape(name), None), (escape(why), None)] for name, why in card.left_out.items()]
    made = {"seed": card.seed, **card.described, "made by": card.as_json()["made_by"]}
    return page(
        "Scorecard",
        f"{first}{_table(read)}{_searches(searched)}{_bias(card.rows)}"
        f'<h2>Arms</h2><div class="plots">{plots}</div>'
        f"<h2>Left out</h2>{table(('file', 'why'), left_out)}<h2>Made of</h2>{made_of(made)}",
    )


def _markdown(names: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    told = [names, ["---"] * len(names), *lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in told)


def _parted(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Part the rows in which a reader responds from those in which documents are found."""
    searched = [row for row in rows if row.measure == NDCG]
    return [row for row in rows if row.measure != NDCG], searched


def _values(row: Row, measure: str, arms: Sequence[str]) -> list[str]:
    return [_value(row.arms[arm][measure]) if arm in row.arms else ABSENT for arm in arms]


def _searches(rows: Sequence[Row]) -> str:
    """Return a table of how well documents are found by each retriever."""
    if not rows:
        return ""
    cells: list[list[Cell]] = [
        [
            (_link(row), None),
            (escape(_asked(row)), float(row.examples)),
            (escape(measure), None),
            *(
                (words, row.arms[one][measure]["value"] if one in row.arms else -1.0)
                for one, words in zip(RETRIEVERS, _values(row, measure, RETRIEVERS), strict=True)
            ),
            (escape(_helped(row)), None),
        ]
        for row in rows
        for measure in (row.measure, RECALL)
    ]
    names = ("documents", "n", "measure", *RETRIEVERS, "better")
    return f"<h2>Documents found</h2>{table(names, cells)}"


def _link(row: Row) -> str:
    return f'<a href="{quote(row.name)}/{REPORT}">{escape(row.name)}</a>'


def _table(rows: Sequence[Row]) -> str:
    arms = _arms(rows)
    names = ("data", "task", "n", "measure", *arms, "evidence helped", "calibration error", "flags")
    return table(names, [_cells(row, arms) for row in rows])


def _arms(rows: Sequence[Row]) -> list[str]:
    """Return the arms of which there is a run."""
    return [arm for arm in ARMS if any(arm in row.arms for row in rows)]


def _cells(row: Row, arms: Sequence[str]) -> list[Cell]:
    measured = [
        (_value(row.arms[arm][row.measure]), row.arms[arm][row.measure]["value"])
        if arm in row.arms
        else (ABSENT, -1.0)
        for arm in arms
    ]
    return [
        (_link(row), None),
        (escape(row.task), None),
        (escape(_asked(row)), float(row.examples)),
        (escape(row.measure), None),
        *measured,
        (escape(_helped(row)), None),
        _calibration(row),
        (escape(_flags(row)), None),
    ]


def _bias(rows: Sequence[Row]) -> str:
    """Return a table of how far answers follow stereotypes, with evidence and without."""
    cells: list[list[Cell]] = [
        [
            (escape(row.name), None),
            (escape(arm), None),
            (escape(name.replace("_", " ")), None),
            (_value(found), found["value"]),
        ]
        for row in rows
        for arm, measures in row.arms.items()
        for name, found in measures.items()
        if name.startswith(BIAS)
    ]
    if not cells:
        return ""
    return (
        "<h2>Bias</h2><p>From −100 (always against stereotypes) by 0 to 100 (always with them)."
        f"</p>{table(('data', 'arm', 'measure', 'bias'), cells)}"
    )


def _asked(row: Row) -> str:
    return f"{row.examples:,}" + (f" of {row.of:,}" if row.of > row.examples else "")


def _value(found: Mapping[str, float]) -> str:
    value, low, high = (100 * found[name] for name in ("value", "low", "high"))
    return f"{value:.1f} [{low:.1f}, {high:.1f}]"


def _helped(row: Row) -> str:
    return "; ".join(f"{arm}: {words}" for arm, words in row.helped.items()) or ABSENT


def _calibration(row: Row) -> Cell:
    """Return the calibration error of the first arm in use in which anything was answered."""
    arm = next((arm for arm in IN_USE if CALIBRATION in row.arms.get(arm, {})), None)
    if arm is None:
        return ABSENT, -1.0
    error = row.arms[arm][CALIBRATION]
    return f"{_value(error)} ({arm})", error["value"]


def _flags(row: Row) -> str:
    return ", ".join(row.flags).replace("_", " ") or ABSENT


def _sides(row: Row) -> dict[str, tuple[float, float, float]]:
    """Return of each arm its value and the ends of its interval."""
    measured = {arm: found[row.measure] for arm, found in row.arms.items()}
    return {arm: (one["value"], one["low"], one["high"]) for arm, one in measured.items()}
