"""Ask a web server again where the connection fails or it is busy, and wait as it wishes."""

import http.client
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.error import URLError

from wherefrom.kb.errors import SourceError
from wherefrom.kb.web_request import Answer

FIRST_WAIT_SECONDS = 1.0  # before the second attempt; twice as long before each further one
LONGEST_WAIT_SECONDS = 60.0
_DONE, _TOO_MANY_REQUESTS, _SERVER_ERRORS = 200, 429, range(500, 600)
_SHOWN_CHARACTERS = 200


def answered(
    ask: Callable[[], Answer], *, url: str, what: str, attempts: int, timeout_seconds: float
) -> Answer:
    """Ask as often as is allowed, and return the answer when it has status 200.

    Parameters
    ----------
    ask
        Sends the request and gives what is answered, whatever its status.
    url, what
        Whom it asks for what, for messages: "URL refused page 3".
    attempts
        How often it is asked when the connection fails or the server is busy.
    timeout_seconds
        What one attempt may take, for messages.

    Raises
    ------
    SourceError
        If the server cannot be reached, refuses, or does not answer in time.
    """
    wait_seconds, trouble = FIRST_WAIT_SECONDS, ""
    for attempt in range(1, attempts + 1):
        wanted_seconds = 0.0
        try:
            answer = ask()
        except TimeoutError:
            trouble = f"no complete answer within {timeout_seconds:g} seconds"
        except (OSError, http.client.HTTPException) as error:
            trouble = _reason(error)
        else:
            if answer.status == _DONE:
                return answer
            trouble = f"status {answer.status}, {beginning(answer.body)}"
            if answer.status != _TOO_MANY_REQUESTS and answer.status not in _SERVER_ERRORS:
                raise SourceError(f"{url} refused {what}: {trouble}")
            wanted_seconds = _wanted_wait(answer, url)
        if attempt < attempts:
            time.sleep(min(max(wait_seconds, wanted_seconds), LONGEST_WAIT_SECONDS))
            wait_seconds *= 2
    tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    raise SourceError(f"{url} did not give {what} in {tries}: {trouble}")


def _wanted_wait(answer: Answer, url: str) -> float:
    """Return how many seconds the server asks to wait, 0 where it does not say.

    Raises
    ------
    SourceError
        If it asks for more than is waited here.
    """
    asked_for = answer.headers.get("retry-after", "").strip()
    if asked_for.isdecimal():
        seconds = float(asked_for)
    else:
        try:
            seconds = (parsedate_to_datetime(asked_for) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):  # no date, or one without a time zone
            return 0.0
    if seconds > LONGEST_WAIT_SECONDS:
        raise SourceError(
            f"{url} is busy (status {answer.status}) and asks to come back in {seconds:.0f} seconds"
        )
    return max(seconds, 0.0)


def _reason(error: Exception) -> str:
    if isinstance(error, URLError) and isinstance(error.reason, Exception):
        error = error.reason
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def beginning(body: bytes) -> str:
    """Show the first line of an answer that has words in it."""
    text = body[: 20 * _SHOWN_CHARACTERS].decode("utf-8", "replace")
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return repr(line[:_SHOWN_CHARACTERS])
