"""Send a form or JSON to a web server and read its whole answer before a deadline.

The standard library limits how long a server may be silent, not how long it may talk: one that
sends a byte now and then would be listened to for ever. Here every wait for the network gets only
the time that is left.
"""

import gzip
import http.client
import io
import json
import socket
import ssl
import time
import urllib.request
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any, cast
from urllib.parse import quote, urldefrag, urlencode, urljoin, urlsplit

from wherefrom.kb.errors import SourceError, UsageError

LARGEST_ANSWER_BYTES = 128 * 1024 * 1024
_MOST_REDIRECTS = 5
_REPEATED = (301, 302, 307, 308)  # the same form goes to the new address
_FETCHED = 303  # the answer lies at the new address


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: `body` is unpacked, names of `headers` are in small letters."""

    url: str  # where redirects led to
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The type of the body without its parameters, empty where the server does not say."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def checked_address(url: str) -> str:
    """Return an address that a form can be sent to, without its fragment.

    Raises
    ------
    UsageError
        If it is not http or https, names no host, or holds a password or a character that must be
        percent-encoded.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (raises where it is no number)
        (parts.hostname or "").encode("idna")  # what looking it up would do
    except ValueError as error:
        raise UsageError(f"{url!r} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        guess = f"https://{url}" if "://" not in url else ""
        hint = f" (did you mean {guess}?)" if guess else ""
        raise UsageError(f"{url!r} is no http or https address{hint}")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"the address of {parts.hostname} holds a user name; leave it out")
    if not url.isascii() or not url.isprintable() or " " in url:
        encoded = quote(url, safe=":/?#[]@!$&'()*+,;=%~")
        raise UsageError(f"{url!r} holds characters that no address may; write {encoded}")
    return urldefrag(url).url


def post_form(url: str, fields: dict[str, str], *, accept: str, timeout_seconds: float) -> Answer:
    """Send a form and return what the server answers, whatever its status.

    Parameters
    ----------
    accept
        The media types that are wanted, as the header `Accept` lists them.
    timeout_seconds
        How long all of it may take: connecting, redirects, and reading to the last byte.

    Raises
    ------
    OSError
        If the server cannot be reached, or the time is over (`TimeoutError`).
    http.client.HTTPException
        If the answer is no HTTP, or ends early.
    SourceError
        If the answer is larger than 128 MiB or damaged, or redirects lead nowhere.
    """
    form = urlencode(fields).encode("ascii")
    return _post(url, form, {"Accept": accept}, timeout_seconds)


def post_json(
    url: str, value: object, *, authorization: str = "", timeout_seconds: float
) -> Answer:
    """Send a value as JSON, asking for JSON, and return what the server answers; see `post_form`.

    `authorization` is what the header of that name says, none where it is empty. It is not sent
    on where a redirect leads to another server.
    """
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    if authorization:
        headers["Authorization"] = authorization
    return _post(url, json.dumps(value).encode("ascii"), headers, timeout_seconds)


def _post(url: str, body: bytes, named: Mapping[str, str], timeout_seconds: float) -> Answer:
    deadline = time.monotonic() + timeout_seconds
    sent: bytes | None = body
    headers = {
        **named,
        "Accept-Encoding": "gzip",
        "User-Agent": f"wherefrom/{version('wherefrom')}",
    }
    for _ in range(_MOST_REDIRECTS + 1):
        request = urllib.request.Request(url, data=sent, headers=headers)
        with _open(request, deadline) as response:
            status = response.status
            location = response.getheader("Location")
            if location is None or status not in (*_REPEATED, _FETCHED):
                return _answer(url, response)
        sent = None if status == _FETCHED else sent
        before, url = url, _redirected(url, location)
        if _server(url) != _server(before):
            headers.pop("Authorization", None)
    raise SourceError(f"{url} was reached after {_MOST_REDIRECTS} redirects and leads further")


def _server(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _redirected(url: str, location: str) -> str:
    try:
        return checked_address(urljoin(url, location))
    except ValueError as error:  # a UsageError is one, too
        raise SourceError(f"{url} leads elsewhere, but {error}") from error


def _open(request: urllib.request.Request, deadline: float) -> http.client.HTTPResponse:
    opener = urllib.request.OpenerDirector()  # one that follows no redirect and raises at no status
    handlers = (urllib.request.ProxyHandler(), _Http(deadline), _Https(deadline))
    for handler in handlers:
        opener.add_handler(handler)
    response = opener.open(request, timeout=_time_left(deadline))
    return cast(http.client.HTTPResponse, response)


def _time_left(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the time is over")
    return seconds


class _Http(urllib.request.HTTPHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(partial(_connection, self._deadline), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, req: urllib.request.Request) -> Any:
        connection = partial(_secure_connection, self._deadline)
        return self.do_open(connection, req)


def _connection(deadline: float, host: str, *, timeout: float) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(host, timeout=timeout)
    connection.response_class = partial(_Response, deadline)  # type: ignore[assignment]
    return connection


def _secure_connection(deadline: float, host: str, *, timeout: float) -> http.client.HTTPConnection:
    context = ssl.create_default_context()
    connection = http.client.HTTPSConnection(host, timeout=timeout, context=context)
    connection.response_class = partial(_Response, deadline)  # type: ignore[assignment]
    return connection


class _Response(http.client.HTTPResponse):
    """A response that is read with the time that is left."""

    def __init__(self, deadline: float, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self.fp = io.BufferedReader(_Timed(sock, self.fp.detach(), deadline))


class _Timed(io.RawIOBase):
    """The reading end of a socket; each read may last until the deadline."""

    def __init__(self, connected: socket.socket, raw: io.RawIOBase, deadline: float) -> None:
        super().__init__()
        self._socket = connected
        self._raw = raw
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(_time_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _answer(url: str, response: http.client.HTTPResponse) -> Answer:
    body = response.read(LARGEST_ANSWER_BYTES + 1)
    if len(body) > LARGEST_ANSWER_BYTES:
        raise _too_large(url)
    if response.length:  # bytes that were promised; the library does not mind that they are missing
        raise http.client.IncompleteRead(body, response.length)
    headers = {name.lower(): value for name, value in response.getheaders()}
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        body = _unpacked(url, body)
    elif encoding not in ("identity", ""):
        raise SourceError(f"{url} answered in the encoding {encoding!r}; only gzip is understood")
    return Answer(url, response.status, headers, body)


def _unpacked(url: str, packed: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
            body = stream.read(LARGEST_ANSWER_BYTES + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise SourceError(f"{url} answered with damaged gzip data: {error}") from error
    if len(body) > LARGEST_ANSWER_BYTES:
        raise _too_large(url)
    return body


def _too_large(url: str) -> SourceError:
    size = f"{LARGEST_ANSWER_BYTES // 2**20} MiB"
    return SourceError(f"{url} answered with more than {size}; ask for fewer rows a page")
