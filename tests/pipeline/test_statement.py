"""Test statements made of questions and answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.pipeline.statement import as_statement, titled

STATEMENTS = [
    # who and what, as the subject
    ("Who painted the Mona Lisa?", "Leonardo da Vinci", "Leonardo da Vinci painted the Mona Lisa."),
    ("Who was born in Ulm?", "Albert Einstein", "Albert Einstein was born in Ulm."),
    ("What will happen?", "nothing", "nothing will happen."),
    ("Which country has won?", "Brazil", "Brazil has won."),
    # who and what, after a copula
    ("What is the capital of France?", "Paris", "the capital of France is Paris."),
    ("Who was the first president?", "Washington", "the first president was Washington."),
    # who and what, as the object
    ("What did Marie Curie discover?", "polonium", "Marie Curie discover polonium."),
    # a preposition before or behind
    ("In which year did the war end?", "1945", "the war end in 1945."),
    ("In what city was he born?", "in Ulm", "he was born in Ulm."),
    ("Which country is it in?", "Peru", "it is in Peru."),
    ("To whom was it given?", "the king", "it was given to the king."),
    # when, where and why
    ("When was the Eiffel Tower built?", "1889", "the Eiffel Tower was built in 1889."),
    ("When was he born?", "14 March 1879", "he was born on 14 March 1879."),
    ("When was he born?", "in March 1879", "he was born in March 1879."),
    ("What year did it begin?", "1914", "it begin in 1914."),
    ("Where did he live?", "Ulm", "he live in Ulm."),
    ("Where was it made?", "near Ulm", "it was made near Ulm."),
    ("Why did he leave?", "he was ill", "he leave because he was ill."),
    ("When the war ended?", "1945", "the war ended in 1945."),
    # how
    ("How many people live there?", "two", "two people live there."),
    ("How many moons does Mars have?", "two", "Mars have two moons."),
    ("How many moons does Mars have?", "two moons", "Mars have two moons."),
    ("How tall is the tower?", "330 metres", "the tower is 330 metres tall."),
    ("How did it end?", "badly", "it end badly."),
    # nothing that the rules know: the words stay as they are
    ("Which king ruled France?", "Louis XIV", "Louis XIV king ruled France."),
    ("Is Paris in France?", "yes", "Is Paris in France: yes."),
    ("La capitale de la France ?", "Paris", "La capitale de la France: Paris."),
    ("Who?", "Bergson", "Bergson."),
    ("what is it", "a cat.", "it is a cat."),
    ("Who named it?", "", "Who named it."),
    ("", "Paris", "Paris."),
    ("?", "", "."),
]
QUESTION_WORDS = st.lists(
    st.sampled_from(
        "who what which when where why how many in at is was did has the year king born named "
        "live there it Paris 東京 ? , . : to whom year much".split()
    ),
    max_size=9,
).map(" ".join)
TEXTS = st.one_of(QUESTION_WORDS, st.text(max_size=40))


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(("question", "answer", "statement"), STATEMENTS)
def test_statements(question: str, answer: str, statement: str) -> None:
    assert as_statement(question, answer) == statement


@given(TEXTS, TEXTS)
def test_a_statement_holds_the_answer_and_ends_in_a_stop(question: str, answer: str) -> None:
    statement = as_statement(question, answer)
    assert statement.endswith(".")
    assert squeezed(answer.strip().rstrip(".")) in squeezed(statement)


@given(QUESTION_WORDS.filter(lambda question: question.strip(" ?.")))
def test_other_answers_make_other_statements(question: str) -> None:
    assert as_statement(question, "Ulm") != as_statement(question, "Rome")


def test_a_title_goes_before_its_sentence() -> None:
    assert titled("Ulm", "It is old.") == "Ulm: It is old."
    assert titled("", "It is old.") == "It is old."
