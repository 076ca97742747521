"""Other names in questions: of the passage or of elsewhere, and never one for the same thing."""

import random

import pytest

from wherefrom.pipeline.edits import edited
from wherefrom.pipeline.other_names import foreign_name_edits, name_edits, names_of
from wherefrom.pipeline.squad import SquadQuestion

PASSAGE = (
    "The museum in London opened in the spring. It closed when war came. Years later a branch "
    "in Glasgow was planned by Ann Lee. It never had many visitors."
)


def asked(question, context=PASSAGE, *, title="", answer="the spring"):
    return SquadQuestion("q", question, title, context, ((answer, context.find(answer)),))


def changed(question, *others):
    known = names_of([question, *others])
    return [
        {edited(question.question, [edit]) for edit in edits}
        for edits in (
            name_edits(question, known),
            foreign_name_edits(question, known, random.Random(1)),
        )
    ]


def test_a_name_becomes_another_of_the_passage_or_of_another_question():
    question = asked("When did the museum in London open?")
    elsewhere = asked("When did it in Oslo open?", "A bank in Oslo opened in the spring.")
    here, foreign = changed(question, elsewhere)
    assert here == {"When did the museum in Glasgow open?"}
    assert foreign == {"When did the museum in Oslo open?"}


@pytest.mark.parametrize(
    ("question", "title", "answer"),
    [
        ("When did the museum in London open?", "London", "the spring"),  # what all is about
        ("Where, if not in London, is a branch?", "", "Glasgow"),  # the answer
        ("In London or in Glasgow?", "", "the spring"),  # asked of both
        ("What branch in London was planned later?", "", "the spring"),  # may be answered there
        ("London has what?", "", "the spring"),  # where the question begins
        ("What has the museum?", "", "the spring"),
    ],
)
def test_where_no_name_of_the_passage_is_taken(question, title, answer):
    here, _ = changed(asked(question, title=title, answer=answer))
    assert here == set()


@pytest.mark.parametrize(
    ("question", "context"),
    [
        ("Who was in New York City?", "The fund in NYC grew. It grew."),
        ("Who was in France?", "The spring in Francia was cold."),
        ("Who met Ann Baker then?", "The son of Ann Baker Lee was cold. Somebody met Lee."),
        ("Who lived in France?", "It was in Spring. A spring was cold."),  # a word as any other
    ],
)
def test_names_for_the_same_and_words_with_a_capital_are_not_taken(question, context):
    here, _ = changed(asked(question, context, answer="was cold"))
    assert here == set()


def test_another_name_is_taken_for_one_of_more_words():
    here, _ = changed(asked("Who was in New York City?", "It is old. It was in Rome.", answer="It"))
    assert here == {"Who was in Rome?"}


def test_a_name_of_elsewhere_is_not_in_the_passage():
    question = asked("When did the museum in London open?")
    for _ in range(3):
        _, foreign = changed(question, asked("When did it in Glasgow open?"))
        assert foreign == set()
