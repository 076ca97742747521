"""The commands that measure: `bench TASK`, `compare`, `rerun`, `export` RUN, `scorecard`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from wherefrom.options import (
    AsJson,
    BestRetriever,
    Device,
    Encoder,
    Passages,
    Reader,
    whole_number,
)
from wherefrom.printing import message, print_json

if TYPE_CHECKING:
    from wherefrom.benchmarks.task import Task

RUN = "run"
SearchedKb = Annotated[
    Path | None, typer.Option(metavar="KB", help="Knowledge base to retrieve from.")
]
Scan = Annotated[
    bool,
    typer.Option(
        "--scan/--no-scan", help="Whether KB is looked through for the examples (contamination)."
    ),
]
Seed = Annotated[int, typer.Option(metavar="N", parser=whole_number, help="Of all that is drawn.")]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")]


class _Tasks(TyperGroup):
    """A group whose first word, where it names no command, names a task to run."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands:
            args = [RUN, *args]
        return super().resolve_command(ctx, args)


bench = typer.Typer(
    cls=_Tasks,
    help="Measure a reader on a task or on all of a folder, compare two runs, or do one again: "
    "bench TASK --data FILE --out DIR.",
    subcommand_metavar="TASK|compare|export|rerun|scorecard [ARGS]...",
    context_settings={"help_option_names": ["--help", "-h"]},
    rich_markup_mode=None,
)


def _list_tasks(wanted: bool) -> None:
    if wanted:
        from wherefrom.benchmarks.tasks import TASKS

        width = max(len(name) for name in TASKS)
        for task in TASKS.values():
            typer.echo(f"{task.name:<{width}}  {task.shape:<8}  {task.form}")
        raise typer.Exit


@bench.callback()
def _start(
    tasks: Annotated[
        bool,
        typer.Option(
            "--list", callback=_list_tasks, is_eager=True, help="Print the tasks and exit."
        ),
    ] = False,
) -> None:
    """Measure a reader on a task or on all of a folder, compare two runs, or do one again."""


@bench.command(RUN)
def run_bench(
    task: Annotated[str, typer.Argument(metavar="TASK", help="What to measure (see --list).")],
    data: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="File or folder of the task's public format, or hf:DATASET."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the run; it may be resumed.")],
    kb: SearchedKb = None,
    arms: Annotated[
        str | None,
        typer.Option(
            metavar="ARM,…",
            help="none, retrieved, gold, shuffled or adversarial evidence; of beir and multihop "
            "dense, sparse, hybrid or graph; by default what can be.",
        ),
    ] = None,
    split: Annotated[
        str | None, typer.Option(metavar="NAME", help="Judgements of beir (default: test).")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", parser=whole_number, help="The first so many examples alone."),
    ] = None,
    seed: Seed = 0,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="WANTED=COLUMN", help="Of hf: the column that holds WANTED."),
    ] = None,
    trained_on: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Count the examples that this file of TASK holds, too."),
    ] = None,
    changed: Annotated[
        str | None,
        typer.Option(
            metavar="WAY",
            help="Ask each example once more with typos, synonyms, negation, entities or "
            "distractors.",
        ),
    ] = None,
    wordnet: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="WordNet dictionary, for changed examples of synonyms."),
    ] = None,
    scan: Scan = True,
    k: Annotated[
        int | None,
        typer.Option(
            "-k",
            metavar="N",
            parser=whole_number,
            help="How many passages to retrieve: 10, of beir and multihop 100.",
        ),
    ] = None,
    retriever: BestRetriever = None,
    reader: Reader = None,
    encoder: Encoder = None,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Run a task: predictions, measures with intervals, and whether the evidence mattered."""
    from wherefrom.bars import ProgressBars
    from wherefrom.benchmarks.changing import Change
    from wherefrom.benchmarks.hub_data import read_columns, take_data
    from wherefrom.benchmarks.respondents import open_measured
    from wherefrom.benchmarks.run import has_begun, run_task
    from wherefrom.benchmarks.tasks import find_task
    from wherefrom.kb.errors import UsageError
    from wherefrom.kb.huggingface import SCHEME

    chosen = find_task(task)
    change = None if changed is None else Change.of(changed, wordnet)
    file = _file(chosen, data, split)
    respondent, described = open_measured(
        chosen, file, kb, reader=reader, encoder=encoder, device=device, k=k, retriever=retriever
    )
    if data.startswith(SCHEME):
        columns = read_columns(column or ())
        described["data_source"] = {"data": data, "columns": columns}
        location = data.removeprefix(SCHEME)
        file = take_data(location, chosen, out, columns=columns, begun=has_begun(out))
    elif column:
        raise UsageError("--column is of use only for data of hf:")
    with ProgressBars() as bars:
        done = run_task(
            chosen,
            file,
            out,
            respondent,
            arms=None if arms is None else tuple(arms.split(",")),
            described=described,
            limit=limit,
            seed=seed,
            change=change,
            suspects=respondent.suspects(trained_on or (), scans=scan),
            progress=bars,
        )
    if as_json:
        print_json(done.metrics)
        return
    for line in done.lines:
        typer.echo(line)
    message(
        f"{done.folder}: predictions.jsonl, metrics.json, timing.json, manifest.json, report.html"
    )


def _file(task: "Task", data: str, split: str | None) -> Path:
    """Return where the data are; raise UsageError where the task is not read from such."""
    from wherefrom.benchmarks.task import itself
    from wherefrom.kb.beir_queries import judgements_file
    from wherefrom.kb.errors import UsageError
    from wherefrom.kb.huggingface import SCHEME

    if data.startswith(SCHEME) and task.files is not itself:
        raise UsageError(f"{task.name} is read from a folder; a data set of hf: gives one file")
    if split is None:
        return Path(data)
    if task.name != "beir":
        raise UsageError(f"--split goes with beir; the data of {task.name} are one file")
    return judgements_file(Path(data), split)


@bench.command()
def compare(
    run: RunFolder,
    other: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of another run.")],
    as_json: AsJson = False,
) -> None:
    """Say what changed from a run to another, and whether that is more than noise."""
    from wherefrom.benchmarks.run_comparison import compare_runs

    found = compare_runs(run, other)
    if as_json:
        print_json({"settings": found.settings, "differences": found.differences})
        return
    for name, (before, after) in found.settings.items():
        typer.echo(f"{name}: {before} -> {after}")
    for line in found.lines:
        typer.echo(line)


@bench.command()
def scorecard(
    data: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder with the files of tasks.")],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the scorecard; it may be resumed.")
    ],
    kb: SearchedKb = None,
    full: Annotated[
        bool, typer.Option("--full", help="Ask all examples, not a few of each file.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="At most N examples of each file.")
    ] = None,
    seed: Seed = 0,
    scan: Scan = True,
    k: Passages = 10,
    retriever: BestRetriever = None,
    reader: Reader = None,
    encoder: Encoder = None,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Run every evaluation that a folder holds, and write one page and one table of all."""
    from functools import partial

    from wherefrom.bars import ProgressBars
    from wherefrom.benchmarks.respondents import open_over, open_respondent
    from wherefrom.benchmarks.scorecard import run_scorecard
    from wherefrom.benchmarks.scorecard_page import PAGE, scorecard_markdown, write_scorecard
    from wherefrom.kb.errors import SourceError

    settings: dict[str, Any] = {"reader": reader, "device": device, "k": k}
    searching: dict[str, Any] = {"encoder": encoder, "retriever": retriever}
    respondent, described = open_respondent(kb, **settings, **(searching if kb else {}))
    with ProgressBars() as bars:
        card = run_scorecard(
            data,
            out,
            respondent,
            described=described,
            open_over=partial(open_over, **settings, **searching, progress=bars),
            mode="full" if full else "quick",
            limit=limit,
            suspects=respondent.suspects(scans=scan),
            seed=seed,
            progress=bars,
        )
    write_scorecard(card, out)
    if as_json:
        print_json(card.as_json())
    else:
        typer.echo(scorecard_markdown(card), nl=False)
    message(f"{out / PAGE}: {len(card.rows)} evaluations; {len(card.left_out)} files left out")
    if card.failed:
        told = "; ".join(f"{name}: {why}" for name, why in card.failed.items())
        raise SourceError(f"could not be read: {told}")


@bench.command()
def export(
    run: RunFolder,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="NAME",
            help="trec (runs and qrels), squad (predictions) or kilt (JSON lines).",
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for a file of each arm.")],
) -> None:
    """Write the predictions of a run as the official scripts of others read them."""
    from wherefrom.benchmarks.exports import export_run

    for file in export_run(run, form, out):
        typer.echo(file)


@bench.command()
def rerun(
    run: RunFolder,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the new run.")],
    data: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the data are now.")
    ] = None,
    kb: Annotated[
        Path | None, typer.Option(metavar="KB", help="Where the knowledge base is now.")
    ] = None,
    reader: Reader = None,
    encoder: Encoder = None,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Do a run again from its manifest; fail where it cannot be the same, or is not."""
    from wherefrom.bars import ProgressBars
    from wherefrom.benchmarks.rerun import Found
    from wherefrom.benchmarks.rerun import rerun as do_again

    found = Found(data, kb, reader, encoder, device)
    with ProgressBars() as bars:
        again = do_again(run, out, found=found, progress=bars)
    for other in again.others:
        message(f"differs, but changed nothing: {other}")
    if as_json:
        print_json({"identical": again.compared, "others": list(again.others)})
        return
    typer.echo(f"{again.compared:,} predictions are identical, byte for byte")
