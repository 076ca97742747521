"""Test that statements are made in the number that is wanted, or that it is said why not."""

import random

import pytest

from wherefrom.kb.errors import UsageError
from wherefrom.pipeline.examples import CONTRADICTION, ENTAILMENT, NEUTRAL, PairExample
from wherefrom.pipeline.squad import SquadQuestion
from wherefrom.pipeline.statement_pairs import statement_pairs
from wherefrom.pipeline.tries import TRIES

TEXT = "Ada lives in Paris. Bob paints."


def question(asked: str, answer: str) -> SquadQuestion:
    return SquadQuestion(asked, asked, "People", TEXT, ((answer, TEXT.index(answer)),))


WHO = [question("Who lives in Paris?", "Ada"), question("Who paints?", "Bob")]
ACROSS = [question("Who lives in Paris?", "Paris. Bob"), question("Who?", TEXT)]


def test_each_question_gives_a_right_a_wrong_and_an_unsupported_statement() -> None:
    made = statement_pairs(WHO, 60, random.Random(1))
    assert len(made) == 60
    assert set(made) == {
        PairExample("People: Ada lives in Paris.", "Ada lives in Paris.", ENTAILMENT),
        PairExample("People: Ada lives in Paris.", "Bob lives in Paris.", CONTRADICTION),
        PairExample("People: Bob paints.", "Ada lives in Paris.", NEUTRAL),
        PairExample("People: Bob paints.", "Bob paints.", ENTAILMENT),
        PairExample("People: Bob paints.", "Ada paints.", CONTRADICTION),
        PairExample("People: Ada lives in Paris.", "Bob paints.", NEUTRAL),
    }


def test_answers_across_sentences_are_refused_unless_fewer_will_do() -> None:
    message = rf"answers within one sentence: 0 of 9 examples could be made in {TRIES} draws"
    with pytest.raises(UsageError, match=message):
        statement_pairs(ACROSS, 9, random.Random(1))
    assert statement_pairs(ACROSS, 9, random.Random(1), fewer=True) == []


def test_fewer_changes_no_draw() -> None:
    wanted = statement_pairs(WHO, 9, random.Random(1))
    assert statement_pairs(WHO, 9, random.Random(1), fewer=True) == wanted


def test_a_paragraph_with_one_question_gives_none() -> None:
    assert statement_pairs(WHO[:1], 9, random.Random(1)) == []
