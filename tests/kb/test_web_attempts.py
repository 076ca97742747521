"""A server is asked again where that may help, for as long as it wishes, and no longer."""

from collections.abc import Callable

import pytest

from wherefrom.kb.errors import SourceError
from wherefrom.kb.web_attempts import LONGEST_WAIT_SECONDS, answered, beginning
from wherefrom.kb.web_request import Answer

URL = "http://example.org/x"


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr("wherefrom.kb.web_attempts.time.sleep", waited.append)
    return waited


def in_turn(*results: Answer | Exception) -> Callable[[], Answer]:
    left = list(results)

    def ask() -> Answer:
        result = left.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    return ask


def replied(status: int, body: bytes = b"\n so \n", **headers: str) -> Answer:
    return Answer(URL, status, {name.replace("_", "-"): v for name, v in headers.items()}, body)


def asked(ask: Callable[[], Answer], attempts: int = 3) -> Answer:
    return answered(ask, url=URL, what="a thing", attempts=attempts, timeout_seconds=2.5)


def test_the_first_good_answer_counts_and_waits_double(waits: list[float]) -> None:
    results = [ConnectionResetError("gone"), TimeoutError(), replied(503), replied(200, b"yes")]
    assert asked(in_turn(*results), attempts=4).body == b"yes"
    assert waits == [1.0, 2.0, 4.0]


def test_the_last_trouble_is_told(waits: list[float]) -> None:
    for trouble, message in [
        (TimeoutError(), r"a thing in 2 attempts: no complete answer within 2\.5 seconds"),
        (replied(500), "a thing in 2 attempts: status 500, 'so'"),
        (OSError(111, "refused"), "a thing in 2 attempts: refused"),
    ]:
        with pytest.raises(SourceError, match=message):
            asked(in_turn(trouble, trouble), attempts=2)
    with pytest.raises(SourceError, match="in 1 attempt: "):
        asked(in_turn(TimeoutError()), attempts=1)
    assert waits == [1.0] * 3


def test_a_refusal_is_final(waits: list[float]) -> None:
    with pytest.raises(SourceError, match="refused a thing: status 403"):
        asked(in_turn(replied(403)))
    assert waits == []


def test_a_server_is_waited_for_as_it_wishes(waits: list[float]) -> None:
    asked(in_turn(replied(429, retry_after="7"), replied(503, retry_after="soon"), replied(200)))
    assert waits == [7.0, 2.0]
    too_long = str(int(LONGEST_WAIT_SECONDS) + 1)
    with pytest.raises(SourceError, match="asks to come back in 61 seconds"):
        asked(in_turn(replied(429, retry_after=too_long)))


def test_the_beginning_is_the_first_line_with_words() -> None:
    assert beginning(b" \n\n <html> \nmore") == "'<html>'"
    assert beginning(b"") == "''"
    assert len(beginning(b"x" * 9000)) == 202
