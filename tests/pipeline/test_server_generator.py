"""A server of a language model is asked as the protocol says, and every failure is named."""

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from wherefrom.kb.errors import ModelError, UsageError
from wherefrom.pipeline.generator import open_generator
from wherefrom.pipeline.server_generator import ServerGenerator
from wherefrom.pipeline.text_prompt import Message

CHAT = [Message("system", "Be brief."), Message("user", "Who? ü \ud800")]


def completion(text: object, **more: object) -> str:
    message = {"role": "assistant", "content": text}
    return json.dumps({"choices": [{"index": 0, "message": message, **more}], "usage": {}})


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wherefrom.kb.web_attempts.FIRST_WAIT_SECONDS", 0.01)


@pytest.fixture
def address(serve: Callable[..., str]) -> Callable[..., str]:
    """Give a function that starts a server and returns what stands before /chat/completions."""
    return lambda answer: serve(answer).replace("/sparql", "/v1")


def test_the_chat_is_sent_and_the_text_comes_back(address: Callable[..., str]) -> None:
    seen: list[Any] = []

    def answer(asked: Any) -> None:
        seen.append((asked.path, json.loads(asked.body), asked.headers.get("Authorization")))
        asked.reply(completion(f"text {len(seen)} ü\n"), "application/json")

    found = open_generator(address(answer) + "/")
    assert found.generate([CHAT, CHAT[1:]], max_new_tokens=7) == ["text 1 ü\n", "text 2 ü\n"]
    path, body, key = seen[0]
    assert (path, key) == ("/v1/chat/completions", None)
    user = {"role": "user", "content": "Who? ü ?"}
    assert body == {
        "messages": [{"role": "system", "content": "Be brief."}, user],
        "temperature": 0,
        "max_tokens": 7,
        "stream": False,
    }
    assert seen[1][1]["messages"] == [user]
    assert found.context_tokens is None
    assert found.count_tokens("x" * 9) == 3


def test_the_model_and_the_key_are_sent_where_they_are_given(
    address: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def answer(asked: Any) -> None:
        seen.append((json.loads(asked.body)["model"], asked.headers["Authorization"]))
        asked.reply(completion("yes"))

    monkeypatch.setenv("OWL_KEY", " secret\n")
    url = address(answer) + "/chat/completions"  # the whole address is understood, too
    open_generator(url, model="owl-7b", api_key_variable="OWL_KEY").generate([CHAT])
    assert seen == [("owl-7b", "Bearer secret")]


@pytest.mark.parametrize(
    ("url", "options", "message"),
    [
        ("ftp://example.org", {}, "no http or https address"),
        ("http://", {}, "no http or https address"),
        ("http://me:pw@example.org/v1", {}, "holds a user name"),
        ("http://example.org", {"api_key_variable": "NO_SUCH_KEY"}, "'NO_SUCH_KEY'.*is not set"),
        ("http://example.org", {"api_key_variable": "BAD_KEY"}, "characters that no key may"),
        ("owl/7b", {"model": "owl"}, "a model name goes with the address of a server"),
        ("owl.gguf", {"api_key_variable": "BAD_KEY"}, "a key goes with the address"),
        ("", {}, "a generator is an address, a GGUF file, a folder or a name"),
    ],
)
def test_wrong_usage_is_refused_at_once(
    url: str, options: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAD_KEY", "schlüssel")
    with pytest.raises(UsageError, match=message) as raised:
        open_generator(url, **options)
    assert "schlüssel" not in str(raised.value)


def test_numbers_out_of_range_are_refused() -> None:
    for seconds in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(UsageError, match="timeout_seconds must be positive"):
            ServerGenerator("http://example.org", timeout_seconds=seconds)
    with pytest.raises(UsageError, match="attempts must be at least 1, got 0"):
        ServerGenerator("http://example.org", attempts=0)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(address: Callable[..., str], status: int) -> None:
    tries: list[int] = []

    def answer(asked: Any) -> None:
        tries.append(len(tries))
        if len(tries) < 3:
            asked.reply("busy", "text/plain", status=status)
        else:
            asked.reply(completion("at last"))

    url = address(answer)
    assert ServerGenerator(url).generate([CHAT]) == ["at last"]
    tries.clear()
    with pytest.raises(ModelError, match=f"a completion in 2 attempts: status {status}, 'busy'"):
        ServerGenerator(url, attempts=2).generate([CHAT])
    assert len(tries) == 2


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_a_refusal_is_final_and_says_why(address: Callable[..., str], status: int) -> None:
    tries: list[int] = []

    def answer(asked: Any) -> None:
        tries.append(status)
        asked.reply('{"error": {"message": "no model owl"}}', "application/json", status=status)

    with pytest.raises(ModelError, match=f"refused a completion: status {status}.*no model owl"):
        ServerGenerator(address(answer)).generate([CHAT])
    assert len(tries) == 1


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ("\n<!DOCTYPE html><title>Hi</title>", "text/html", "text/html, which is not JSON.*<!DOCT"),
        ("", "application/json", "which is not JSON; it begins ''"),
        ('{"choices": [', "application/json", "which is not JSON"),
        (b"\xff\xfe", "application/json", "which is not JSON"),
        ("[" * 100_000, "application/json", "which is not JSON"),
        ("data: {}\n\ndata: [DONE]", "text/event-stream", "text/event-stream, which is not JSON"),
        ("{}", "application/json", r"without choices\[0\]"),
        ("[]", "application/json", r"without choices\[0\]"),
        ("3", "application/json", r"without choices\[0\]"),
        ('{"choices": []}', "application/json", r"without choices\[0\]"),
        ('{"choices": [{"text": "old"}]}', "application/json", r"without choices\[0\]"),
        ('{"error": "overloaded"}', "application/json", "overloaded"),
        (completion(None), "application/json", "content that is no text: None"),
        (completion([{"type": "text"}]), "application/json", "content that is no text"),
        (completion("owl " * 10_000), "application/json", "40,000 characters.*asked for 9 tokens"),
    ],
)
def test_an_answer_that_is_no_completion_is_refused(
    address: Callable[..., str], body: str | bytes, kind: str, message: str
) -> None:
    url = address(lambda asked: asked.reply(body, kind))
    with pytest.raises(ModelError, match=message):
        ServerGenerator(url).generate([CHAT], max_new_tokens=9)


def test_a_server_that_hangs_is_given_up(address: Callable[..., str]) -> None:
    url = address(lambda asked: asked.stopped.wait(10))
    with pytest.raises(ModelError, match=r"no complete answer within 0\.2 seconds"):
        ServerGenerator(url, timeout_seconds=0.2, attempts=2).generate([CHAT])


def test_an_answer_cut_short_and_a_server_that_is_not_there_are_errors(
    address: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = address(lambda asked: asked.reply(completion("a"), Content_Length="9000"))
    with pytest.raises(ModelError, match=r"in 1 attempt: .*IncompleteRead"):
        ServerGenerator(cut, attempts=1).generate([CHAT])
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/v1"
        with pytest.raises(ModelError, match=r"in 2 attempts: .*refused"):
            ServerGenerator(url, attempts=2).generate([CHAT])
