"""Test denials: what a rule is sure of, and what none is."""

import pytest

from wherefrom.pipeline.negation import denied


@pytest.mark.parametrize(
    ("statement", "denial"),
    [
        ("The tower was built in 1889.", "The tower was not built in 1889."),
        ("a man is listening to violins", "a man is not listening to violins"),
        ("The dogs are brown.", "The dogs are not brown."),
        ("A penguin can swim.", "A penguin cannot swim."),
        ("She will win.", "She will not win."),
        ("The wall was not old.", "The wall was old."),
        ("A penguin cannot fly.", "A penguin can fly."),
        ("  It is near.  ", "It is not near."),
    ],
)
def test_what_is_denied(statement: str, denial: str) -> None:
    assert denied(statement) == denial
    assert denied(denial) == statement.strip()


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "A man sleeps.",  # no verb that "not" can follow
        "is it the capital",  # a question
        "Is it old?",
        "All men are old.",  # "are not" would not say the contrary
        "Some men are old.",
        "Two men are old.",
        "Nobody is there.",
        "He may be old and it is late.",
        "The man who is old is happy.",
        "She says that it is old.",
        "He only is old.",
        "It isn't old.",
        "It's what it is.",
        "It is old. It is big.",
        "It is old; he knew.",
        "He is old or young.",
        "He did not go.",  # "He did go" is sure, but rarely said
        "It is not old, but all is well.",
        "There was a man.",
        " ".join(["The", *["very"] * 25, "old man is here."]),
    ],
)
def test_what_no_rule_is_sure_of(statement: str) -> None:
    assert denied(statement) is None
