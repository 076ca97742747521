"""The contract of the command line as a whole: exit codes, streams, messages, light imports."""

import importlib.metadata
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from wherefrom.command import run
from wherefrom.kb.errors import DamagedError, LockedError, StorageError, UsageError

WHEREFROM = Path(sys.executable).with_name("wherefrom")
COMMANDS = ["build", "delete", "compact", "info", "verify"]
COMMANDS += ["search", "ask", "check", "choose", "classify", "graph", "sparql", "export", "train"]


def test_help_lists_every_command(capsys):
    assert run(["--help"]) == 0
    printed = capsys.readouterr().out
    assert [name for name in COMMANDS if f"\n  {name} " not in printed] == []


def test_version(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"wherefrom {importlib.metadata.version('wherefrom')}\n"


def test_without_a_command_help_goes_to_stderr(capsys):
    assert run([]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Commands:" in printed.err


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["serach", "my.kb", "x"], "'search'"),
        (["ask", "my.kb", "x", "--quesitons", "f"], "--questions"),
        (["ask", "my.kb", "--k"], "--k"),
        (["ask"], "KB"),
        (["ask", "my.kb", "x", "-k", "ten"], "ten"),
        (["ask", "my.kb"], "found nothing"),
        (["ask", "my.kb", "x", "--questions", "f.jsonl"], "found both"),
        (["check", "my.kb"], "found nothing"),
        (["classify", "--label", "A"], "found nothing"),
        (["classify", "x", "--label", "A"], "two labels or more, got 1"),
        (["classify", "x", "--label", "A", "--label", "A"], "the label 'A' stands twice"),
        (["classify", "x", "--label", "A", "--label", " "], "a label is empty"),
        (["classify", " ", "--label", "A", "--label", "B"], "the text is empty"),
        (["classify", "x", "--several", "--label", "A", "--hypothesis", "It is."], "has no {}"),
        (["classify", "x", "--label", "A", "--label", "b " * 600], "is too long for the reader"),
        (["build", "my.kb"], "SOURCE"),
        (["build", "my.kb", "jsnol:f"], "did you mean jsonl?"),
        (["build", "my.kb", "jsonl:"], "jsonl:FILE"),
        (["build", "my.kb", "starter", "--max-words", "0"], "at least 1, got 0"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_line(arguments, wanted, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert wanted in printed.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("no"), 2),
        (DamagedError("no"), 1),
        (LockedError("no"), 1),
        (StorageError("no"), 1),
        (StorageError(28, "no"), 1),
        (KeyboardInterrupt("no"), 130),
    ],
)
def test_each_error_has_its_exit_code(error, code, capsys, monkeypatch):
    def fail(path):
        raise error

    monkeypatch.setattr("wherefrom.indexes.info.info", fail)
    assert run(["info", "my.kb"]) == code
    assert capsys.readouterr().err == "error: no\n"


def test_an_unexpected_error_keeps_its_traceback(monkeypatch):
    def fail(path):
        raise ZeroDivisionError

    monkeypatch.setattr("wherefrom.indexes.info.info", fail)
    with pytest.raises(ZeroDivisionError):
        run(["info", "my.kb"])


@pytest.mark.parametrize("command", ["info", "verify", "compact", "delete", "search", "ask"])
def test_a_missing_knowledge_base_is_named(command, capsys, tmp_path):
    arguments = [command, str(tmp_path / "absent.kb")]
    arguments += ["x"] if command in ("delete", "search", "ask") else []
    assert run(arguments) == 1
    assert "absent.kb" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_is_installed_and_says_what_the_library_says(capsys):
    assert WHEREFROM.exists(), "install the project first: make install"
    plain = {**os.environ, "COLUMNS": "80", "TERMINAL_WIDTH": "80"}
    done = subprocess.run([WHEREFROM, "--help"], capture_output=True, text=True, env=plain)
    assert (done.returncode, done.stderr) == (0, "")
    assert run(["--help"]) == 0
    assert done.stdout.split() == capsys.readouterr().out.split()


def test_help_imports_nothing_heavy():
    code = "import sys; from wherefrom.command import run; run(['--help']); print(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    loaded = set(printed.splitlines()[-1].split())
    heavy = {"torch", "transformers", "numpy", "pyarrow", "faiss", "bm25s", "datasets", "sklearn"}
    assert loaded & heavy == set()


@pytest.mark.slow
def test_an_interrupt_ends_with_130_and_a_sentence(tmp_path, tiny_encoder_folder):
    """A build that waits for its input is interrupted as by Ctrl-C.

    Where the tests run in a shell's background they ignore interrupts, and so would the build.
    """
    pipe = tmp_path / "slow.jsonl"
    os.mkfifo(pipe)
    folder = tmp_path / "my.kb"
    command = [WHEREFROM, "build", folder, f"jsonl:{pipe}", "--encoder", tiny_encoder_folder]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with pipe.open("w") as writer:  # returns once the build has opened it for reading
        writer.write('{"id": "a", "title": "A", "text": "One."}\n')
        writer.flush()
        for _ in range(12):  # an interrupt within a destructor is lost: a person repeats it
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
                break
        else:
            process.kill()
    out, err = process.communicate()
    assert process.returncode == 130, err
    assert out == ""
    assert "error: stopped" in err
    assert "Traceback" not in err


def test_a_closed_pipe_is_no_failure_to_report(tiny_kb):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = subprocess.run(
            [WHEREFROM, "info", tiny_kb], stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert done.stderr == b""
