"""Questions get the bridge put in where they need one, and are left alone where they do not."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.indexes.records import MENTION, PathStep
from wherefrom.pipeline.bridging import LEAST_ODDS, MOST_BRIDGES, Bridged, bridged, put_in
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import Evidence

MakeEvidence = Callable[..., Evidence]
NAME, BRIDGE = "Lothair II", "Ermengarde of Tours"


def question_of(question: str, named: str = NAME, bridge: str = BRIDGE) -> str | None:
    found = put_in(question, named, bridge)
    return None if found is None else found.question


@pytest.mark.parametrize(
    ("question", "named", "asked"),
    [
        # possessive
        ("When did Lothair II's mother die?", NAME, "When did Ermengarde of Tours die?"),
        ("When did Lothair II’s mother die?", NAME, "When did Ermengarde of Tours die?"),
        ("Where was Gold's director born?", "Gold", "Where was Ermengarde of Tours born?"),
        ("Where did James' wife study?", "James", "Where did Ermengarde of Tours study?"),
        ("Is Ada's  husband alive?", "Ada", "Is Ermengarde of Tours alive?"),
        ("Who is Ada's mother married to?", "Ada", "Who is Ermengarde of Tours married to?"),
        # of
        ("When did the mother of Lothair II die?", NAME, "When did Ermengarde of Tours die?"),
        ("Where was the director of film Gold born?", "Gold", "Where was {} born?"),
        ("Where was the director of the film Gold born?", "Gold", "Where was {} born?"),
        ("Where was the director of Gold born?", "Gold", "Where was {} born?"),
        ('Where was the director of "Gold" born?', "Gold", "Where was {} born?"),
        ("Where was the performer of song “Gold” born?", "Gold", "Where was {} born?"),
        ("Which city is the founder of Gold from?", "Gold", "Which city is {} from?"),
        ("Who is the mother of the director of Gold?", "Gold", "Who is the mother of {}?"),
        ("What nationality is the director of Gold?", "Gold", "What nationality is {}?"),
        (
            "What is the birthplace of the director of Gold?",
            "Gold",
            "What is the birthplace of {}?",
        ),
        (
            "What is the name of the wife of the author of Gold?",
            "Gold",
            "What is the name of the wife of {}?",
        ),
        # case
        ("when did lothair ii's mother die?", NAME, "when did {} die?"),
        ("WHERE WAS THE DIRECTOR OF FILM GOLD BORN?", "Gold", "WHERE WAS {} BORN?"),
        ("Where was The Director Of Gold born?", "Gold", "Where was {} born?"),
        # names with brackets
        (
            "Where was the director of Gold (1958 film) born?",
            "Gold (1958 film)",
            "Where was {} born?",
        ),
        (
            "Where was the director of Gold (1958 Film) born?",
            "Gold (1958 film)",
            "Where was {} born?",
        ),
        ("Where was the director of Gold born?", "Gold (1958 film)", "Where was {} born?"),
        ("Where was Gold (1958 film)'s director born?", "Gold (1958 film)", "Where was {} born?"),
        # kin in one word
        ("Who is Ada's grandmother?", "Ada", "Who is {}'s mother?"),
        ("Who is Ada's paternal grandmother?", "Ada", "Who is {}'s mother?"),
        ("Who is the maternal grandfather of Ada?", "Ada", "Who is {}'s father?"),
        ("Who is Ada's mother-in-law?", "Ada", "Who is {}'s mother?"),
        ("Who is the father-in-law of Ada?", "Ada", "Who is {}'s father?"),
        ("Who is the sibling-in-law of Ada?", "Ada", "Who is {}'s sibling?"),
        ("When did the uncle of Ada die?", "Ada", "When did {}'s brother die?"),
        ("Who is Ada's stepmother?", "Ada", "Who is {}'s wife?"),
        # other letters
        ("When did 🦉 Élan's mother die?", "Élan", "When did 🦉 {} die?"),
    ],
)
def test_the_bridge_is_put_in(question, named, asked):
    assert question_of(question, named) == asked.format(BRIDGE)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        # the bridge itself is asked for
        ("Who is Lothair II's mother?", NAME),
        ("Who's Lothair II's mother?", NAME),
        ("Who was the mother of Lothair II?", NAME),
        ("Who was the first husband of Ada?", "Ada"),
        ("What is the name of the director of Gold?", "Gold"),
        ("What is the full name of Gold's director?", "Gold"),
        ("Which person was the director of Gold?", "Gold"),
        ("Name the director of Gold.", "Gold"),
        ("which is the owner of Gold", "Gold"),
        # what is named is no part of another
        ("Who was the first president of the United States?", "United States"),
        ("How large is the city of Cali?", "Cali"),
        ("When was Lothair II born?", NAME),
        ("Who is the capital's mayor of Paris?", "Paris"),
        ("When did Gold's directors die?", "Gold"),
        ("When did the motherland of Ada fall?", "Ada"),
        ("When was Ada's father-figure born?", "Ada"),
        ("When did the co-author of Gold die?", "Gold"),
        ("When did the half-brother of Ada die?", "Ada"),
        ("Is Ada the director who made Gold?", "Gold"),
        # not named at all
        ("When did Lothair's mother die?", NAME),
        ("When did Adam's mother die?", "Ada"),
        ("When did Ada's mother die?", ""),
        ("", "Ada"),
        ("?", "?"),
        # in another language
        ("Wann starb die Mutter von Lothair II?", NAME),
    ],
)
def test_other_questions_are_left_alone(question, named):
    assert question_of(question, named) is None


@pytest.mark.parametrize(
    ("question", "named", "statement"),
    [
        ("When did Ada's mother die?", "Ada", "Eve is the mother of Ada."),
        (
            "Where was the director of Gold born?",
            "Gold (1958 film)",
            "Eve is the director of Gold.",
        ),
        ("Who is Ada's grandfather?", "Ada", "Eve is the parent of Ada."),
        ("Who is Ada's paternal grandfather?", "Ada", "Eve is the father of Ada."),
        ("Who is the maternal aunt of Ada?", "Ada", "Eve is the mother of Ada."),
        ("Who is Ada's brother-in-law?", "Ada", "Eve is the spouse of Ada."),
        ("Where was The Director Of Gold born?", "Gold", "Eve is the director of Gold."),
        ("Where did James' wife study?", "James", "Eve is the wife of James."),
    ],
)
def test_what_putting_it_in_says_of_the_bridge(question, named, statement):
    found = put_in(question, named, "Eve")
    assert found is not None
    assert found.statement == statement


@given(st.text(max_size=40), st.text(max_size=12), st.text(max_size=12))
def test_any_words_may_be_asked(before, named, bridge):
    """What stands before and after is kept, or nothing is put in."""
    for question in (before, f"{before}{named}'s mother died?", f"{before} the mother of {named}"):
        found = put_in(question, named, bridge)
        assert found is None or bridge in found.question


# --- which bridge is meant ---


@pytest.fixture
def tell(make_evidence: MakeEvidence) -> Callable[..., list[Evidence]]:
    """Give a function that makes evidence: an article on Ada, and those that it names."""

    def make(text: str, *names: str) -> list[Evidence]:
        home = make_evidence(text, document="ada", title="Ada", start=100)
        found = [home]
        for rank, name in enumerate(names, start=2):
            start = 100 + text.index(name)
            step = PathStep("Ada", MENTION, name, home.passage_id, start, start + len(name))
            item = make_evidence(f"{name} died in {rank}.", document=name, title=name, rank=rank)
            found.append(replace(item, path=(step,)))
        return found

    return make


class Judge:
    """Stands for a reader's inference head: it finds true what it is told to, and keeps count."""

    def __init__(self, *true: str, odds: float = 0.9) -> None:
        self.true, self.odds = true, odds
        self.asked: list[tuple[str, str]] = []

    def infer(self, premises: Sequence[str], hypotheses: Sequence[str]) -> object:
        import numpy as np

        self.asked += zip(premises, hypotheses, strict=True)
        odds = [self.odds if text in self.true else 0.01 for text in hypotheses]
        return np.array([[one, (1 - one) / 2, (1 - one) / 2] for one in odds])


TEXT = "Ada wrote. Her mother was Eve. Her father was Bob."
QUESTION = "When did Ada's mother die?"


def test_the_bridge_that_its_sentence_speaks_for_is_taken(tell):
    evidence = tell(TEXT, "Bob", "Eve")
    judge = Judge("Eve is the mother of Ada.")
    found = bridged(judge, QUESTION, evidence)
    assert found is not None
    assert found.question == "When did Eve die?"
    assert found.evidence == (evidence[2],)
    assert judge.asked == [
        ("Ada: Her father was Bob.", "Bob is the mother of Ada."),
        ("Ada: Her mother was Eve.", "Eve is the mother of Ada."),
    ]


def test_all_passages_of_the_bridge_are_asked_and_no_others(tell, make_evidence):
    more = make_evidence("Eve was old.", document="Eve", number=1, title="Eve", rank=9)
    evidence = [*tell(TEXT, "Bob", "Eve"), more]
    found = bridged(Judge("Eve is the mother of Ada."), QUESTION, evidence)
    assert found is not None
    assert [item.document_id for item in found.evidence] == ["Eve", "Eve"]


def test_no_bridge_is_taken_that_is_hardly_likely(tell):
    judge = Judge("Eve is the mother of Ada.", odds=LEAST_ODDS - 0.01)
    assert bridged(judge, QUESTION, tell(TEXT, "Bob", "Eve")) is None


def test_of_equals_the_best_ranked_is_taken(tell):
    judge = Judge("Eve is the mother of Ada.", "Bob is the mother of Ada.")
    found = bridged(judge, QUESTION, tell(TEXT, "Bob", "Eve"))
    assert found is not None
    assert found.question == "When did Bob die?"


def test_evidence_without_a_path_of_one_mention_is_no_bridge(tell):
    home, eve = tell(TEXT, "Eve")
    (step,) = eve.path
    judge = Judge("Eve is the mother of Ada.")
    for other in (
        replace(eve, path=()),
        replace(eve, path=(step, step)),
        replace(eve, title="A street named after Eve"),  # it mentions Ada, or comes from elsewhere
    ):
        assert bridged(judge, QUESTION, [home, other]) is None
    assert bridged(judge, QUESTION, []) is None
    assert judge.asked == []


def test_a_fact_is_a_bridge_whose_end_has_yet_to_be_asked(tell, make_evidence):
    step = PathStep("Ada", "mother", "Eve", source="triples:f.tsv", place="line 1")
    fact = replace(make_evidence("Ada: mother: Eve.", title="Ada", rank=3), path=(step,))
    judge = Judge("Eve is the mother of Ada.")
    found = bridged(judge, QUESTION, [*tell(TEXT, "Bob"), fact])
    assert found == Bridged("When did Eve die?", (), step)
    assert judge.asked[-1] == ("Ada: mother: Eve.", "Eve is the mother of Ada.")


def test_what_a_fact_denies_is_no_bridge(make_evidence):
    step = PathStep("Ada", "not mother", "Eve", source="triples:f.tsv", place="line 1")
    fact = make_evidence("Ada: not mother: Eve.", title="Ada")
    denial = replace(fact, path=(step,), denies="Ada: mother: Eve.")
    judge = Judge("Eve is the mother of Ada.")
    assert bridged(judge, QUESTION, [denial]) is None
    assert judge.asked == []


def test_where_the_passage_is_not_shown_the_step_is_the_premise(tell):
    judge = Judge("Eve is the mother of Ada.")
    assert bridged(judge, QUESTION, tell(TEXT, "Eve")[1:]) is not None
    assert judge.asked == [("Ada: Eve", "Eve is the mother of Ada.")]


def test_so_many_bridges_are_judged_and_each_question_once(tell, make_evidence):
    names = [f"Name{n:02}x" for n in range(MOST_BRIDGES + 4)]
    judge = Judge()
    evidence = tell(" ".join(names), *names)
    twice = [item for item in evidence for _ in range(2)]
    assert bridged(judge, QUESTION, twice) is None
    assert len(judge.asked) == MOST_BRIDGES
    assert len(set(judge.asked)) == MOST_BRIDGES


def test_a_real_reader_judges(tiny_reader: Reader, tell):
    """It has learnt nothing: what it takes is one of those that there are, or none."""
    evidence = tell(TEXT, "Bob", "Eve")
    found = bridged(tiny_reader, QUESTION, evidence)
    if found is not None:
        assert found.question in ("When did Eve die?", "When did Bob die?")
        assert len(found.evidence) == 1
