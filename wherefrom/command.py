"""Run the command line: `wherefrom COMMAND …`.

Results go to stdout, messages and progress to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage,
130 interrupted. Heavy packages are imported by the commands that need them, not here.
"""

import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from wherefrom.commands_answer import ask, check, choose, classify, search
from wherefrom.commands_bench import bench
from wherefrom.commands_graph import export, graph, sparql
from wherefrom.commands_store import build, compact, delete, info, verify
from wherefrom.commands_train import calibrate, compress, train
from wherefrom.kb.errors import StorageError, UsageError, WherefromError

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


class _InterruptedError(Exception):
    """Carry a keyboard interrupt past typer, which would drop what it says."""


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            raise _InterruptedError(str(interrupt) or "stopped") from interrupt


app = typer.Typer(
    name="wherefrom",
    cls=_Commands,
    help="Answers that say where they come from: build a knowledge base, then ask it.",
    epilog="SOURCE, exit codes and JSON: docs/command-line.md.",
    context_settings={"help_option_names": ["--help", "-h"]},
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich panels would double the time that help takes
)
_STORE = (build, delete, compact, info, verify)
_ANSWER = (search, ask, check, choose, classify)
_GRAPH = (graph, sparql, export)
_TRAIN = (train, compress, calibrate)
for command in (*_STORE, *_ANSWER, *_GRAPH, *_TRAIN):
    app.command()(command)
app.add_typer(bench, name="bench")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"wherefrom {version('wherefrom')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(WRONG_USAGE)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code; `arguments` default to those of the process."""
    if isinstance(sys.stdout, TextIOWrapper):  # a letter that it cannot encode must not end a run
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code, with every expected failure put as a message.

    An error that nobody expected is not caught, so that its traceback can be reported.
    """
    try:
        return app(args=list(arguments), prog_name="wherefrom", standalone_mode=False) or DONE
    except UsageError as error:
        return _failed(str(error), WRONG_USAGE)
    except StorageError as error:
        return _failed(error.strerror or str(error), FAILED)  # without "[Errno 28]"
    except WherefromError as error:
        return _failed(str(error), FAILED)
    except typer.TyperException as error:
        return _failed(f"{error.format_message()}{_hint(error)}", error.exit_code)
    except (_InterruptedError, KeyboardInterrupt) as interrupt:
        return _failed(str(interrupt) or "stopped", INTERRUPTED)


def _failed(message: str, code: int) -> int:
    typer.echo(f"error: {message}", err=True)
    return code


def _hint(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)  # only errors of a command's arguments have one
    return f" (see {context.command_path} --help)" if context else ""
