"""A form is answered in full and in time, or it is an error that says why."""

import gzip
import http.client
import json
import socket
import time

import pytest

from wherefrom.kb.errors import SourceError, UsageError
from wherefrom.kb.web_request import checked_address, post_form, post_json


def post(url, timeout_seconds=5.0):
    return post_form(
        url, {"query": "a & b ü"}, accept="text/turtle", timeout_seconds=timeout_seconds
    )


def test_the_form_arrives_and_the_answer_comes_back(serve):
    seen = []

    def answer(asked):
        seen.append((asked.command, asked.path, asked.form, dict(asked.headers)))
        asked.reply("<a>", "Text/Turtle; charset=utf-8", status=404, X_More="1")

    found = post(serve(answer) + "?graph=g")
    assert (found.status, found.body, found.media_type) == (404, b"<a>", "text/turtle")
    assert found.headers["x-more"] == "1"
    ((command, path, form, headers),) = seen
    assert (command, path, form) == ("POST", "/sparql?graph=g", {"query": ["a & b ü"]})
    assert headers["Accept"] == "text/turtle"
    assert headers["User-Agent"].startswith("wherefrom/")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_with_the_form(serve, status):
    seen = []

    def answer(asked):
        seen.append((asked.command, asked.path, asked.form))
        if asked.path == "/sparql":
            asked.reply(status=status, Location="/moved#here")
        else:
            asked.reply("found")

    found = post(serve(answer))
    assert found.body == b"found"
    assert found.url.endswith("/moved")
    repeated = ("GET", "/moved", {}) if status == 303 else ("POST", "/moved", seen[0][2])
    assert seen[1] == repeated


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("/sparql", "was reached after 5 redirects and leads further"),
        ("file:///etc/hostname", "leads elsewhere, but 'file:///etc/hostname' is no http or https"),
        ("http://[", "leads elsewhere, but"),
    ],
)
def test_redirects_that_lead_nowhere_are_refused(serve, location, message):
    url = serve(lambda asked: asked.reply(status=302, Location=location))
    with pytest.raises(SourceError, match=message):
        post(url)


def drip(asked, pieces):
    try:
        for piece in pieces:
            asked.wfile.write(piece)
            if asked.stopped.wait(0.02):
                break
    except OSError:  # the other side has gone
        pass
    asked.close_connection = True


def dripping_head(asked):
    drip(asked, [b"HTTP/1.1 200 OK\r\n"] + [b"X"] * 1000)


def dripping_body(asked):
    drip(asked, [b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"] + [b"x"] * 1000)


def dripping_chunks(asked):
    drip(asked, [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] + [b"1\r\nx\r\n"] * 1000)


def silent(asked):
    asked.stopped.wait(10)


def endless_redirects(asked):
    asked.stopped.wait(0.15)
    asked.reply(status=302, Location="/again")


@pytest.mark.parametrize(
    "answer", [silent, dripping_head, dripping_body, dripping_chunks, endless_redirects]
)
def test_the_deadline_holds_whatever_the_server_does(serve, answer):
    began = time.monotonic()
    with pytest.raises(OSError, match="time"):
        post(serve(answer), timeout_seconds=0.3)
    assert 0.25 < time.monotonic() - began < 2.0


def test_an_answer_that_ends_early_is_an_error(serve):
    url = serve(lambda asked: asked.reply("<a>", Content_Length="10"))
    with pytest.raises(http.client.IncompleteRead):
        post(url)


def test_a_server_that_is_not_there_is_an_error(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(OSError, match="refused"):
            post(f"http://127.0.0.1:{bound.getsockname()[1]}/")


def test_a_server_that_does_not_encrypt_is_an_error(serve):
    with pytest.raises(OSError, match="SSL"):
        post(serve(lambda asked: asked.reply("found")).replace("http:", "https:"))


def test_packed_answers_are_unpacked(serve):
    body = gzip.compress(b"owl") + gzip.compress(b"s")
    assert post(serve(lambda asked: asked.reply(body, Content_Encoding="GZIP"))).body == b"owls"
    cut = serve(lambda asked: asked.reply(body[:-4], Content_Encoding="gzip"))
    with pytest.raises(SourceError, match="answered with damaged gzip data"):
        post(cut)
    with pytest.raises(SourceError, match="in the encoding 'br'; only gzip"):
        post(serve(lambda asked: asked.reply(body, Content_Encoding="br")))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_larger_answer_than_is_allowed_is_refused(serve, monkeypatch, pack):
    monkeypatch.setattr("wherefrom.kb.web_request.LARGEST_ANSWER_BYTES", 5000)
    encoding = "identity" if pack is bytes else "gzip"
    for size, allowed in ((5000, True), (5001, False)):
        url = serve(lambda asked, n=size: asked.reply(pack(b"x" * n), Content_Encoding=encoding))
        if allowed:
            assert len(post(url).body) == size
        else:
            with pytest.raises(SourceError, match="answered with more than"):
                post(url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("example.org/sparql", "no http or https address .did you mean https://example.org/sparql"),
        ("ftp://example.org/", "is no http or https address"),
        ("http:///sparql", "is no http or https address"),
        ("", "is no http or https address"),
        ("http://[::1", "is no address: "),
        ("http://example.org:owl/", "is no address: "),
        ("http://a..b/", "is no address: "),
        (f"http://{'a' * 70}.org/", "is no address: "),
        ("http://ann:secret@example.org/", "the address of example.org holds a user name"),
        ("http://example.org/a b", "write http://example.org/a%20b"),
        ("http://example.org/ü", "write http://example.org/%C3%BC"),
        ("http://example.org/\n", "is no|may; write"),
    ],
)
def test_a_malformed_address_is_refused(url, message):
    with pytest.raises(UsageError, match=message) as caught:
        checked_address(url)
    assert "secret" not in str(caught.value)


def test_a_good_address_loses_its_fragment_only():
    url = "https://example.org:8080/sparql?default-graph-uri=http%3A%2F%2Fdbpedia.org"
    assert checked_address(url + "#top") == url


def test_json_arrives_with_its_headers(serve):
    seen = []

    def answer(asked):
        seen.append((asked.command, json.loads(asked.body), dict(asked.headers)))
        asked.reply("{}", "application/json")

    url = serve(answer)
    found = post_json(url, {"a": "ü\ud800"}, authorization="Bearer k", timeout_seconds=5.0)
    assert (found.status, found.body) == (200, b"{}")
    ((command, value, headers),) = seen
    assert (command, value) == ("POST", {"a": "ü\ud800"})
    assert headers["Content-Type"] == headers["Accept"] == "application/json"
    assert headers["Authorization"] == "Bearer k"
    post_json(url, {}, timeout_seconds=5.0)
    assert "Authorization" not in seen[1][2]


def test_a_key_does_not_follow_a_redirect_to_another_server(serve):
    seen = []

    def answer(asked):
        seen.append(asked.headers.get("Authorization"))
        asked.reply("{}")

    def moved(asked):
        where = elsewhere if asked.path == "/moved" else "/moved"
        seen.append(asked.headers.get("Authorization"))
        asked.reply(status=307, Location=where)

    elsewhere = serve(answer)
    post_json(serve(moved), {}, authorization="Bearer k", timeout_seconds=5.0)
    assert seen == ["Bearer k", "Bearer k", None]
