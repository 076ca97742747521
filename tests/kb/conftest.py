"""A real web server on loopback, for the tests of what is read from the web."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest


class Asked(BaseHTTPRequestHandler):
    """One request, and how to answer it."""

    form: dict[str, list[str]]
    stopped: threading.Event  # set when the test is over; what hangs waits for it
    answer: Callable[["Asked"], None]

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.form = parse_qs(self.rfile.read(length).decode())
        type(self).answer(self)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def reply(
        self,
        body: str | bytes = b"",
        media_type: str = "application/n-triples",
        status: int = 200,
        **headers: str,
    ) -> None:
        """Send a whole answer; `Retry_After="1"` becomes the header `Retry-After: 1`."""
        content = body.encode() if isinstance(body, str) else body
        named = {"Content-Type": media_type, "Content-Length": str(len(content))}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.send_response(status)
        for name, value in named.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


Serve = Callable[[Callable[[Asked], None]], str]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Give a function that starts a server which answers as it is told, and returns its address."""
    monkeypatch.setenv("no_proxy", "*")
    stopped = threading.Event()
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[Asked], None]) -> str:
        handler = type("Handler", (Asked,), {"answer": answer, "stopped": stopped})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that hung up
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/sparql"

    yield start
    stopped.set()
    for server in servers:
        server.shutdown()
        server.server_close()
