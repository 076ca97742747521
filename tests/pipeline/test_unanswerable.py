"""Questions without an answer: each kind of edit, none that is asked, the same for a seed."""

import random

import pytest

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.other_names import names_of
from wherefrom.pipeline.squad import SquadQuestion
from wherefrom.pipeline.unanswerable import changed_questions, unanswerable_questions

PASSAGE = "The tower in Paris was built in 1889. Years later somebody in Lyon sold maps."


def asked(question, context=PASSAGE, answer="tower"):
    return SquadQuestion("q", question, "", context, ((answer, context.find(answer)),))


def changed(question, seed=0):
    return changed_questions(question, names_of([question]), random.Random(seed))


def test_every_kind_of_edit():
    assert changed(asked("What did people see in Paris?")) == {
        "name": "What did people see in Lyon?",
        "negation": "What didn't people see in Paris?",
        "condition": "What did people see in Paris in 1886?",
    }
    for seed in range(20):
        made = changed(asked("What was the first thing made in 1889?"), seed)
        assert set(made) == {"number", "antonym"}
        assert made["antonym"] == "What was the last thing made in 1889?"
        assert made["number"][-5:-1].isdigit() and "1889" not in made["number"]
        (condition,) = set(changed(asked("What were the gifts?"), seed).values())
        assert condition.startswith("What were the gifts in 18")
        assert condition[-5:] != "1889?"


@pytest.mark.parametrize(
    ("question", "denied"),
    [
        ("What can people see?", {"What can't people see?"}),
        ("What will stand there?", {"What won't stand there?"}),
        ("Who was killed?", {"Who wasn't killed?", "Who was not killed?"}),
        ("What is found there?", {"What isn't found there?", "What is not found there?"}),
    ],
)
def test_negations(question, denied):
    made = {changed(asked(question), seed)["negation"] for seed in range(20)}
    assert made == denied


@pytest.mark.parametrize(
    "question",
    [
        "What did people not see?",
        "What didn't people see?",
        "Who never did so?",
        "How did people see it?",
        "When did people see it?",
        "What is the tower?",  # what it is not says little
        "What is its name called in the trade?",
    ],
)
def test_what_is_not_denied(question):
    assert "negation" not in changed(asked(question))


def test_the_opposite_and_the_condition_are_not_in_the_passage():
    passage = "The largest tower was built in 1889, the smallest one later."
    assert "antonym" not in changed(asked("Which tower is the largest?", passage))
    assert "condition" not in changed(asked("What was built in 1889?"))
    assert "condition" not in changed(asked("When was it made?"))
    assert "condition" not in changed(asked("What was made?", "A tower was made."))


def test_examples_have_no_answer_and_are_those_of_the_seed():
    questions = [asked("What did people see in Paris?"), asked("Who was the first?")]
    made = unanswerable_questions(questions, 60, random.Random(5))
    assert len(made) == 60
    assert {(one.start, one.end, one.text) for one in made} == {(-1, -1, PASSAGE)}
    assert not {one.question for one in made} & {one.question for one in questions}
    assert made == unanswerable_questions(questions, 60, random.Random(5))
    assert made != unanswerable_questions(questions, 60, random.Random(6))


def test_what_is_asked_already_is_not_made():
    questions = [
        asked("Which is the largest?", "It is big."),
        asked("Which is the SMALLEST?", "No."),
        asked("Which is taller?", "It is big."),
    ]
    made = unanswerable_questions(questions, 9, random.Random(5))
    assert {one.question for one in made} == {"Which is shorter?"}


def test_nothing_is_made_of_no_answers_and_what_cannot_be_changed_is_refused():
    unanswered = SquadQuestion("q", "Who was the first?", "", PASSAGE, ())
    assert unanswerable_questions([unanswered], 3, random.Random(1)) == []
    message = "too few questions that can be changed: 0 of 2 examples could be made in 200 draws"
    with pytest.raises(UsageError, match=message):
        unanswerable_questions([asked("What is it?")], 2, random.Random(1))
