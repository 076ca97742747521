"""Templates that stand for words give those words; the rest give none."""

import pytest

from wherefrom.kb.templates import template_text


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("convert", ["5", "km"], "5 km"),
        ("cvt", ["5", "-", "10", "km", "mi"], "5–10 km"),
        ("convert", ["5"], "5"),
        ("lang", ["fr", "chien"], "chien"),
        ("lang-fr", ["chien"], "chien"),
        ("langx", ["de", "Hund"], "Hund"),
        ("lang", ["fr"], "fr"),
        ("circa", ["1500"], "c. 1500"),
        ("Nowrap", [" a b "], "a b"),
        ("frac", ["1", "2"], "1/2"),
        ("frac", ["3", "1", "2"], "3 1/2"),
        ("As of", ["2020", "5"], "As of 5 2020"),
        ("reign", ["1", "2"], "r. 1–2"),
        ("fl.", ["1300"], "fl. 1300"),
        ("nbsp", [], " "),
        ("spaced_ndash", [], " – "),
        ("cite web", ["x"], ""),
        ("convert", [], ""),
        ("#if:x", ["y"], ""),
    ],
)
def test_words(name, arguments, words):
    assert template_text(name, arguments) == words
