"""`ask` with a generator: on the command line and in Python, with what can go wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wherefrom
from wherefrom.command import run
from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.generator import open_generator

pytestmark = pytest.mark.usefixtures("one_thread")
QUESTION = "What is the capital of France?"
WRITTEN = "Paris is the capital of France [1]. It is full of owls [2]."


@pytest.fixture
def seen() -> list[Any]:
    return []


@pytest.fixture
def address(serve: Callable[..., str], seen: list[Any]) -> str:
    """Give the address of a server that always writes the same, and keeps what it is asked."""

    def answer(asked: Any) -> None:
        seen.append((json.loads(asked.body), asked.headers.get("Authorization")))
        message = {"role": "assistant", "content": WRITTEN}
        asked.reply(json.dumps({"choices": [{"message": message}]}), "application/json")

    return serve(answer).replace("/sparql", "/v1")


@pytest.fixture
def ask(tiny_kb: Path, tiny_reader_folder: Path, capsys) -> Callable[..., Any]:
    """Give a function that runs `ask` and returns exit code, stdout and the last line of stderr."""

    def run_it(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["ask", str(tiny_kb), "--reader", str(tiny_reader_folder), *arguments])
        printed = capsys.readouterr()
        return code, printed.out, (printed.err.splitlines() or [""])[-1]

    return run_it


def without_time(table: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name != "timing_seconds"}


def test_json_has_the_sentences_beside_all_else(ask, address, tiny_kb):
    code, out, _ = ask(QUESTION, "--generator", address, "--json")
    assert code == 0
    found = json.loads(out)
    _, plain, _ = ask(QUESTION, "--json")
    assert list(found) == [*json.loads(plain), "draft", "abstention", "sentences"]
    assert found["draft"] == "Paris is the capital of France. It is full of owls."
    texts = [sentence["text"] for sentence in found["sentences"]]
    assert texts == ["Paris is the capital of France.", "It is full of owls."]
    for sentence in found["sentences"]:
        assert sentence["verdict"] in ("supported", "refuted", "undecided")
        assert 0 <= sentence["entailment"] <= 1
        assert bool(sentence["citations"]) == (sentence["verdict"] != "undecided")
    assert found["abstained"] == bool(found["abstention"])
    assert found["answer"] == ("" if found["abstained"] else found["draft"])


def test_options_reach_the_server_and_examples_the_prompt(
    ask, address, seen, tmp_path, monkeypatch
):
    monkeypatch.setenv("OWL_KEY", "secret")
    examples = tmp_path / "examples.jsonl"
    examples.write_text(
        '{"question": "What is the capital of Germany?", "answer": "Berlin it is."}'
    )
    more = [
        "--model",
        "owl",
        "--api-key-variable",
        "OWL_KEY",
        "--examples",
        str(examples),
        "-k",
        "1",
    ]
    code, out, _ = ask(QUESTION, "--generator", address, *more)
    assert (code, "Paris is the capital of France." in out) == (0, True)
    ((body, key),) = seen
    assert (body["model"], key) == ("owl", "Bearer secret")
    roles = [message["role"] for message in body["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert body["messages"][2]["content"] == "Berlin it is."
    assert "[2]" not in body["messages"][3]["content"]


def test_python_and_a_file_of_questions_say_the_same(
    ask, address, tiny_kb, tiny_reader_folder, tmp_path
):
    questions = tmp_path / "questions.jsonl"
    questions.write_text(f'{{"id": 7, "question": "{QUESTION}"}}\n' * 2)
    _, one, _ = ask(QUESTION, "--generator", address, "--json")
    _, listed, _ = ask("--questions", str(questions), "--generator", address, "--json")
    expected = {"id": 7, **without_time(json.loads(one))}
    assert [without_time(found) for found in json.loads(listed)] == [expected] * 2
    kb = wherefrom.open(tiny_kb, reader=str(tiny_reader_folder))
    for generator in (address, address, open_generator(address)):
        answer = kb.ask(QUESTION, generator=generator)
        assert answer.draft is not None
        assert answer.draft.text == expected["draft"]
        assert answer.probability == expected["probability"]
        assert "owls" in str(answer) and "owls" in answer._repr_html_()
    with pytest.raises(UsageError, match="examples go with a generator"):
        kb.ask(QUESTION, examples=[])


def test_a_chat_model_of_this_machine_answers(ask, tiny_chat_folder):
    code, out, _ = ask(QUESTION, "--generator", str(tiny_chat_folder), "-k", "1", "--json")
    assert code == 0
    assert json.loads(out)["draft"]


@pytest.mark.parametrize(
    ("arguments", "code", "wanted"),
    [
        (["--model", "owl"], 2, "--model goes with --generator"),
        (["--api-key-variable", "OWL_KEY"], 2, "--api-key-variable goes with --generator"),
        (["--examples", "absent.jsonl"], 2, "--examples goes with --generator"),
        (["--generator", "URL", "--examples", "absent.jsonl"], 1, "absent.jsonl does not exist"),
        (["--generator", "URL", "--api-key-variable", "NO_KEY"], 2, "'NO_KEY'"),
        (["--generator", "ftp://x"], 2, "no http or https address"),
        (["--generator", "absent.gguf"], 1, "absent.gguf: No such file"),
        (["--generator", "./absent/folder"], 1, "no such folder"),
        (["--generator", "absent.gguf", "--model", "owl"], 2, "goes with the address of a server"),
    ],
)
def test_what_cannot_be_used_is_named(ask, address, seen, arguments, code, wanted):
    words = [address if word == "URL" else word for word in arguments]
    found, out, message = ask(QUESTION, *words)
    assert (found, out) == (code, "")
    assert message.startswith("error: ")
    assert wanted in message
    assert seen == []


def test_a_server_that_refuses_ends_with_1(ask, serve):
    url = serve(lambda asked: asked.reply("no such model", "text/plain", status=404))
    code, out, message = ask(QUESTION, "--generator", url)
    assert (code, out) == (1, "")
    assert "refused a completion: status 404, 'no such model'" in message
