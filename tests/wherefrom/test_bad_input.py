"""Bad input, as the command line meets it: a clear message, the exit code, nothing lost."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wherefrom.command import run

pytestmark = pytest.mark.usefixtures("one_thread")
WHEREFROM = Path(sys.executable).with_name("wherefrom")
GOOD = '{"id": "a", "title": "A", "text": "One. Two."}\n'
SMALL_DISK_BYTES = 20_000


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file of a knowledge base, apart from lock and stamps."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("lock", "stamps.json")
    }


@pytest.fixture
def fails(tiny_kb: Path, capsys) -> Callable[..., str]:
    """Give a function that runs a command that must fail, and returns its message."""

    def run_it(*arguments: str | Path, code: int) -> str:
        capsys.readouterr()
        before = contents(tiny_kb)
        assert run([str(argument) for argument in arguments]) == code
        assert contents(tiny_kb) == before
        printed = capsys.readouterr()
        assert printed.out == ""
        message = printed.err.splitlines()[-1]
        assert message.startswith("error: ")
        return message

    return run_it


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("absent.jsonl", None, "does not exist"),
        ("empty.jsonl", b"", "empty"),
        ("binary.jsonl", b"\x00\x01\x02" * 50, "binary"),
        ("archive.jsonl", b"PK\x03\x04" + b"x" * 50, "zip"),
        ("latin.jsonl", '{"id": "a", "title": "A", "text": "café"}'.encode("latin-1"), "UTF-8"),
        ("cut.jsonl", GOOD.encode() + GOOD.encode()[:20], "cut.jsonl, line 2"),
        ("cut.jsonl.gz", gzip.compress(GOOD.encode() * 1000, mtime=0)[:60], "truncated"),
        ("notext.jsonl", b'{"id": "a", "title": "A"}\n', "notext.jsonl, line 1"),
        ("number.jsonl", b'{"id": "a", "title": "A", "text": 7}\n', "number.jsonl, line 1"),
        ("list.jsonl", b"[1, 2]\n", "list.jsonl, line 1"),
        ("twice.jsonl", GOOD.encode() * 2, "twice.jsonl, line 2"),
    ],
)
def test_a_bad_source_stops_the_build(tmp_path, tiny_kb, fails, name, content, wanted):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert wanted in fails("build", tiny_kb, f"jsonl:{path}", code=1)
    fresh = tmp_path / "fresh.kb"
    assert wanted in fails("build", fresh, f"jsonl:{path}", code=1)
    assert not fresh.exists()


def test_a_duplicate_id_is_counted_when_skipping(tmp_path, tiny_encoder_folder, capsys):
    path = tmp_path / "twice.jsonl"
    path.write_text(GOOD * 3)
    command = ["build", str(tmp_path / "my.kb"), f"jsonl:{path}", "--skip-bad", "--json"]
    assert run([*command, "--encoder", str(tiny_encoder_folder)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["added"], report["skipped"]) == (1, 2)


@pytest.mark.parametrize("command", ["search", "ask", "check"])
@pytest.mark.parametrize("question", ["", "  \n", "why " * 25_600])
def test_an_empty_or_endless_question_is_refused(tiny_kb, fails, command, question):
    message = fails(command, tiny_kb, question, code=2)
    assert len(message) < 400


def test_a_choice_needs_alternatives(tiny_kb, fails):
    assert "choice" in fails("choose", tiny_kb, "Which?", code=2)
    assert "choice" in fails("choose", tiny_kb, "Which?", "--choice", "A", code=2)
    assert "twice" in fails("choose", tiny_kb, "Which?", "--choice", "A", "--choice", "A", code=2)


def test_an_unknown_value_names_the_nearest(tiny_kb, fails):
    message = fails("search", tiny_kb, "x", "--retriever", "hybird", code=2)
    assert "did you mean hybrid?" in message
    assert "at least 1" in fails("search", tiny_kb, "x", "-k", "0", code=2)
    assert "at least 1" in fails("ask", tiny_kb, "x", "-k", "-3", code=2)


def test_bytes_that_are_no_text_are_refused(tiny_kb):
    command = [os.fsencode(WHEREFROM), b"ask", os.fsencode(tiny_kb), b"caf\xe9?"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 2, done.stderr
    assert b"error: " in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_bad_line_of_questions_is_named(tmp_path, tiny_kb, fails):
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": 1, "question": "x"}\n{"id": 2}\n')
    for command in ("search", "ask", "choose"):
        message = fails(command, tiny_kb, "--questions", path, code=1)
        assert "questions.jsonl, line " in message


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("ask", "the question is too long for the reader: 120 tokens, at most 93 are allowed"),
        ("check", "the claim is too long for the reader: 120 tokens, at most 64 are allowed"),
        ("choose", "the question is too long for the reader: 120 tokens, at most 93 are allowed"),
    ],
)
def test_a_question_too_long_for_the_reader_is_named(
    tmp_path, tiny_kb, tiny_reader_folder, fails, command, problem
):
    """By its line and id in a file; those before it are not answered either."""
    text = "the capital " * 60
    reader = ["--reader", tiny_reader_folder]
    choices = ["--choice", "A", "--choice", "B"] if command == "choose" else []
    message = fails(command, tiny_kb, text, *choices, *reader, code=2)
    assert message.startswith(f"error: {problem}")
    assert "(it begins 'the capital the" in message
    path = tmp_path / "many.jsonl"
    key, option = ("claim", "--claims") if command == "check" else ("question", "--questions")
    line = {"choices": [{"label": "A", "text": "x"}, {"label": "B", "text": "y"}]}
    lines = [{"id": name, key: asked, **line} for name, asked in ((1, "x"), ("two", text))]
    path.write_text("\n\n".join(json.dumps(line) for line in lines))
    message = fails(command, tiny_kb, option, path, *reader, code=2)
    assert message.startswith(f"error: {path}, line 3 (id 'two'): {problem}")


def test_whatever_is_wrong_with_a_question_of_a_file_is_placed(
    tmp_path, tiny_kb, tiny_reader_folder, fails
):
    path = tmp_path / "many.jsonl"
    for command, line, problem in (
        ("search", {"question": " "}, "the query is empty"),
        ("ask", {"question": ""}, "the question is empty"),
        ("ask", {"question": "why " * 9_000}, "the question has 36,000 characters, at most 10,000"),
        ("choose", {"question": "x", "choices": []}, "the question needs at least two choices"),
    ):
        good = {"id": 1, "question": "x", "choices": [{"label": n, "text": n} for n in "AB"]}
        path.write_text("".join(json.dumps(row) + "\n" for row in (good, {"id": 2, **line})))
        reader = [] if command == "search" else ["--reader", tiny_reader_folder]
        message = fails(command, tiny_kb, "--questions", path, *reader, code=2)
        assert message.startswith(f"error: {path}, line 2 (id 2): {problem}")


def test_a_damaged_file_is_named(tiny_kb, capsys):
    (vectors,) = (tiny_kb / "dense").glob("*.faiss")
    content = bytearray(vectors.read_bytes())
    content[-1] ^= 1
    vectors.write_bytes(content)
    for command in (["search", str(tiny_kb), "x"], ["verify", str(tiny_kb)]):
        capsys.readouterr()
        assert run(command) == 1
        assert vectors.name in capsys.readouterr().err


@pytest.mark.parametrize("change", ["version", "text", "foreign"])
def test_a_foreign_knowledge_base_is_refused(tiny_kb, change, capsys):
    manifest = tiny_kb / "manifest.json"
    text = manifest.read_text()
    changed = {
        "version": re.sub(r'"version": \d+', '"version": 999', text, count=1),
        "text": text.replace('"generation": 1', '"generation": 2', 1),
        "foreign": '{"name": "something else"}',
    }[change]
    assert changed != text
    manifest.write_text(changed)
    for command in ("info", "verify", "compact"):
        capsys.readouterr()
        assert run([command, str(tiny_kb)]) == 1
        assert "manifest.json" in capsys.readouterr().err
    assert manifest.read_text() == changed


def test_a_folder_of_something_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")
    source = tmp_path / "one.jsonl"
    source.write_text(GOOD)
    assert run(["build", str(tmp_path), f"jsonl:{source}"]) == 2
    assert "not a knowledge base" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.jsonl", "thesis.txt"]


def test_another_encoder_is_refused(tmp_path, tiny_kb, fails, tiny_encoder_folder):
    import torch
    from safetensors.torch import load_file, save_file

    other = tmp_path / "other"
    shutil.copytree(tiny_encoder_folder, other)
    weights = other / "model.safetensors"
    tensors = {name: tensor + 0.5 for name, tensor in load_file(weights).items()}
    assert all(tensor.dtype == torch.float32 for tensor in tensors.values())
    save_file(tensors, weights, metadata={"format": "pt"})
    source = tmp_path / "new.jsonl"
    source.write_text(GOOD)
    for command in (
        ["build", tiny_kb, f"jsonl:{source}", "--encoder", other],
        ["search", tiny_kb, "x", "--encoder", other],
    ):
        assert "encoder" in fails(*command, code=1)


def test_other_rules_are_refused(tmp_path, tiny_kb, fails):
    source = tmp_path / "new.jsonl"
    source.write_text(GOOD)
    assert "max_words" in fails("build", tiny_kb, f"jsonl:{source}", "--max-words", "7", code=2)


@pytest.mark.slow
def test_a_full_disk_leaves_the_knowledge_base_as_it_was(tmp_path, tiny_kb):
    """Files may not grow past a limit, as on a disk that is full."""
    source = tmp_path / "big.jsonl"
    with source.open("w") as lines:
        for number in range(300):
            text = f"Sentence {number} of a longer text that says little. " * 5
            lines.write(json.dumps({"id": f"d{number}", "title": "T", "text": text}) + "\n")
    before = contents(tiny_kb)
    limit = "import resource, runpy, sys; sys.argv = sys.argv[1:]; resource.setrlimit("
    limit += f"resource.RLIMIT_FSIZE, ({SMALL_DISK_BYTES}, {SMALL_DISK_BYTES})); "
    limit += "from wherefrom.command import main; main(sys.argv)"
    command = [sys.executable, "-c", limit, "build", tiny_kb, f"jsonl:{source}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "error: cannot write" in done.stderr
    assert "Traceback" not in done.stderr
    kept = {name: content for name, content in contents(tiny_kb).items() if "staging" not in name}
    assert kept == before
    assert run(["verify", str(tiny_kb)]) == 0
    assert run(["build", str(tiny_kb), f"jsonl:{source}"]) == 0
