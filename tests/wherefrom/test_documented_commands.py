"""Each command of docs/command-line.md is run as it is written, and prints what it promises."""

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wherefrom.command import app, run

pytestmark = pytest.mark.usefixtures("one_thread")
PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
SECTIONS = dict(
    zip(*[iter(re.split(r"^## wherefrom (\S+)$", PAGE, flags=re.MULTILINE)[1:])] * 2, strict=True)
)
FILES = {
    "questions.jsonl": {"id": 1, "question": "What is the capital of France?"},
    "claims.jsonl": {"id": "c", "claim": "Berlin is the capital of Germany."},
    "texts.jsonl": {"id": 7, "text": "Paris is old."},
    "choices.jsonl": {
        "id": "m",
        "question": "Which is the capital of France?",
        "choices": [{"label": "A", "text": "Paris"}, {"label": "B", "text": "Berlin"}],
    },
}
WITH_READER = ("ask", "check", "choose", "classify", "bench")
SPARQL = "SELECT ?name { ?entity a wf:Entity ; wf:name ?name } ORDER BY ?name"


def usage(command: str) -> list[str]:
    """Return the words of a command's first line, with what it stands for put in capitals."""
    written = re.search(rf"`(wherefrom {command} [^`]*)`", SECTIONS[command])
    assert written is not None
    return shlex.split(written[1])[1:]


@pytest.fixture
def stands_for(
    tmp_path: Path,
    tiny_kb: Path,
    tiny_reader_folder: Path,
    tiny_encoder_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, str]:
    """Give what each word in capitals stands for here."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # where stores of quads are kept
    for name, line in FILES.items():
        (tmp_path / name).write_text(json.dumps(line) + "\n")
    question = "What is the capital of France?"
    words = ["Paris", "Berlin", "capital", "France", "Germany", "Henri", "Bergson", "vital", "old"]
    lines = [{"question": f"What of {word}?", "answers": words} for word in words]  # some are right
    lines += [{"question": "Who am I?"}]  # and none is
    (tmp_path / "known.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    asked = [{"question": line["question"], "answers": words} for line in lines]
    (tmp_path / "asked.jsonl").write_text("".join(json.dumps(line) + "\n" for line in asked))
    source = tmp_path / "more.jsonl"
    source.write_text('{"id": "bees", "title": "Bees", "text": "Bees dance."}\n')
    data = tmp_path / "data"
    data.mkdir()
    context = "Paris is the capital of France. It lies on the Seine."
    answer = {"text": "Paris", "answer_start": 0}
    asked = {"id": "q", "question": question, "answers": [answer]}
    article = {"title": "Paris", "paragraphs": [{"context": context, "qas": [asked]}]}
    (data / "train.json").write_text(json.dumps({"data": [article]}))
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(
        f'encoder = "{tiny_encoder_folder}"\nmax_tokens = 64\nnegatives = 0.0\n'
        '[[spans]]\nfile = "train.json"\n'
    )
    compression = tmp_path / "compression.toml"
    compression.write_text(
        f'reader = "{tiny_reader_folder}"\noverlap_pairs = 6\nrounds = 1\n'
        '[[evaluate]]\nfile = "train.json"\ntask = "spans"\n'
        '[[step]]\nkind = "quantise"\nto = "bf16"\n'
    )
    reader = tmp_path / "reader"
    shutil.copytree(tiny_reader_folder, reader)
    return {
        "KB": str(tiny_kb),
        "SOURCE...": f"jsonl:{source}",
        "DOCUMENT_ID...": "paris",
        "QUERY": "capital",
        "sparql QUERY": SPARQL,
        "export FILE": str(tmp_path / "exported.nq"),
        "ENTITY": "paris",
        "QUESTION": question,
        "TEXT": "The capital of France is old.",
        "CLAIM": "Paris is the capital of France.",
        "READER": str(reader),
        "FILE": str(tmp_path / "known.jsonl"),
        "TASK": "question",
        "bench FILE": str(tmp_path / "asked.jsonl"),
        "bench out": str(tmp_path / "run"),
        "RECIPE": str(recipe),
        "compress RECIPE": str(compression),
        "data": str(data),
        "out": str(tmp_path / "trained"),
    }


@pytest.fixture
def prints(stands_for: dict[str, str], tiny_reader_folder: Path, capsys) -> Callable[..., str]:
    """Give a function that runs a command as it is documented and returns what it prints."""

    def run_it(command: str, *more: str) -> str:
        words = usage(command)
        for number, word in enumerate(words):
            option = words[number - 1].removeprefix("--")
            name = option if word == "DIR" else word
            words[number] = stands_for.get(f"{command} {name}", stands_for.get(name, word))
        reader = ["--reader", str(tiny_reader_folder)] if command in WITH_READER else []
        capsys.readouterr()
        assert run([*words, *reader, *more]) == 0, capsys.readouterr().err
        return str(capsys.readouterr().out)

    return run_it


def documented(command: str) -> object:
    """Return the JSON that a section shows: its block, or what stands at its option `--json`."""
    section = SECTIONS[command]
    block = re.search(r"^```json\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    if block is not None:
        return json.loads(block[1].replace("[ … ]", "[]"))
    return set(re.findall(r'"(\w+)"', section.partition("| `--json` |")[2]))


def same_shape(shown: object, found: object, where: str = "") -> None:
    """Compare the keys of two JSON values, at every depth that both have."""
    if isinstance(shown, dict):
        assert isinstance(found, dict) and list(shown) == list(found), where
        for key, value in shown.items():
            same_shape(value, found[key], f"{where}.{key}")
    elif isinstance(shown, list):
        assert isinstance(found, list), where
        for one, other in zip(shown[:1], found[:1], strict=False):
            same_shape(one, other, f"{where}[0]")
    else:
        kinds = {type(shown), type(found)}
        assert len(kinds) == 1 or kinds == {int, float}, f"{where}: {shown!r} and {found!r}"


def test_the_page_has_a_section_for_each_command() -> None:
    commands = [one.callback.__name__ for one in app.registered_commands]
    assert sorted(SECTIONS) == sorted([*commands, *(one.name for one in app.registered_groups)])


@pytest.mark.parametrize("command", SECTIONS)
def test_a_command_runs_as_documented_and_prints_for_people(command, prints):
    assert prints(command).strip()


@pytest.mark.parametrize("command", [name for name in SECTIONS if name != "info"])
def test_the_json_has_the_documented_keys(command, prints):
    found, shown = json.loads(prints(command, "--json")), documented(command)
    if isinstance(shown, set):
        assert set(found) == shown
    else:
        same_shape(shown, found)
        assert command != "ask" or found["citations"]  # so that their keys were compared


@pytest.mark.parametrize(
    ("command", "option", "file"),
    [
        ("search", "--questions", "questions.jsonl"),
        ("ask", "--questions", "questions.jsonl"),
        ("check", "--claims", "claims.jsonl"),
        ("choose", "--questions", "choices.jsonl"),
        ("classify", "--texts", "texts.jsonl"),
    ],
)
def test_a_file_is_answered_line_by_line(
    command, option, file, stands_for, tmp_path, tiny_reader_folder, capsys
):
    before = ["--label", "A", "--label", "B"] if command == "classify" else [stands_for["KB"]]
    words = [command, *before, option, str(tmp_path / file), "--json"]
    words += ["--reader", str(tiny_reader_folder)] if command in WITH_READER else []
    capsys.readouterr()
    assert run(words) == 0, capsys.readouterr().err
    (found,) = json.loads(capsys.readouterr().out)
    assert found.pop("id") == FILES[file]["id"]
    if command == "search":
        assert list(found) == ["question", "hits"]
        same_shape(documented("search"), found["hits"])
    else:
        same_shape(documented(command), found)
