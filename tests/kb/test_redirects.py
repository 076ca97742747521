"""Redirects are found by target, through chains, and without end in circles."""

import threading

import pytest

from wherefrom.kb.errors import SourceError
from wherefrom.kb.redirects import Redirects


def test_aliases_follow_chains_and_circles_end():
    pairs = [("B", "A"), ("C", "B"), ("D", "C"), ("A2", "A"), ("X", "Y"), ("Y", "X"), ("B", "A")]
    redirects = Redirects(pairs)
    assert redirects.aliases("A") == ("A2", "B", "C", "D")
    assert redirects.aliases("X") == ("Y",)
    assert redirects.aliases("none") == ()
    redirects.close()


def test_another_thread_may_ask():
    redirects = Redirects([("B", "A")])
    found = []
    thread = threading.Thread(target=lambda: found.append(redirects.aliases("A")))
    thread.start()
    thread.join()
    redirects.close()
    assert found == [("B",)]


def test_an_error_of_the_source_passes_through():
    def pairs():
        yield "B", "A"
        raise SourceError("cut short")

    with pytest.raises(SourceError, match="cut short"):
        Redirects(pairs())
