"""Test what a knowledge base puts into training examples, useless passages among it."""

import random

from wherefrom.indexes.encoder import Encoder
from wherefrom.indexes.knowledge import Knowledge
from wherefrom.pipeline.examples import ChoiceExample, ClaimExample, SpanExample
from wherefrom.pipeline.injected import (
    BARE_SHARE,
    choices_with_evidence,
    claims_with_evidence,
    distractors,
)
from wherefrom.pipeline.plausibility import SENTENCES, premises, retrieved_premises, together
from wherefrom.pipeline.quoted import sentences
from wherefrom.pipeline.retrieval import retrieve
from wherefrom.pipeline.squad import SquadQuestion
from wherefrom.pipeline.support import SentenceVectors

CAPITAL = SquadQuestion(
    "1", "What is the capital of Germany?", "", "Berlin is it.", (("Berlin", 0),)
)


class Counted:
    """Hear of progress and count it."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def start(self, name: str, total: int | None = None) -> None:
        self.said.append(f"start {total}")

    def advance(self, name: str, steps: int = 1) -> None:
        self.said.append(f"advance {steps}")

    def finish(self, name: str) -> None:
        self.said.append("finish")


def test_distractors_are_found_for_the_question_and_lack_its_answer(knowledge: Knowledge) -> None:
    heard = Counted()
    found = distractors(knowledge, [CAPITAL], 2, progress=heard)
    ranked = retrieve(knowledge, [CAPITAL.question], k=10, retriever=knowledge.best_retriever)[0]
    useless = [item for item in ranked if "berlin" not in item.text.lower()]
    assert len(useless) < len(ranked)  # there are passages to be passed over
    assert found == [
        SpanExample(CAPITAL.question, item.title, item.text, -1, -1) for item in useless[:2]
    ]
    assert heard.said == ["start 1", "advance 1", "finish"]


def test_a_questions_own_paragraph_is_no_distractor(knowledge: Knowledge) -> None:
    own = SquadQuestion("1", "Who hunts mice?", "", "Owls hunt mice. " * 12, (("no such", 0),))
    shown = [example.text for example in distractors(knowledge, [own], 5)]
    assert shown
    assert not any("Owls hunt mice" in text for text in shown)


def test_a_premise_is_the_nearest_sentences_after_their_titles(
    knowledge: Knowledge, word_encoder: Encoder
) -> None:
    statements = ["Paris is the capital of France.", "Owls hunt mice."]
    found, none = retrieved_premises(knowledge, [("What is it?", statements), (" ", [""])])
    assert none == [""]
    assert found[0].startswith("Paris: Paris is the capital of France.")
    assert found[1].startswith("Owls (birds): Owls hunt mice.")
    ranked = retrieve(knowledge, ["What is it?", *statements], retriever=knowledge.best_retriever)
    shown = together(ranked)
    assert len({item.passage_id for item in shown}) == len(shown)
    known = SentenceVectors.of(word_encoder, sentences(shown))
    assert premises(word_encoder, statements, known) == found
    by_hand = known.vectors @ word_encoder.encode_queries(statements[:1])[0]
    best = sorted(range(len(by_hand)), key=lambda at: -by_hand[at])[:SENTENCES]
    assert found[0] == " ".join(known.quoted[at].premise for at in best)


def test_nothing_known_gives_empty_premises(word_encoder: Encoder) -> None:
    known = SentenceVectors.of(word_encoder, [])
    assert premises(word_encoder, ["a", "b"], known) == ["", ""]


def test_most_examples_come_with_evidence_and_some_without(knowledge: Knowledge) -> None:
    choices = [ChoiceExample(("", ""), ("Paris is old.", "Owls hunt mice."), 0)] * 40
    made = choices_with_evidence(knowledge, ["What?"] * 40, choices, random.Random(1))
    bare = [each for each in made if each == choices[0]]
    assert 0 < len(bare) < 2 * BARE_SHARE * 40
    full = next(each for each in made if each != choices[0])
    assert "Paris is old." in full.premises[0]
    assert "Owls hunt mice." in full.premises[1]
    assert (full.statements, full.right) == (choices[0].statements, 0)
    claims = [ClaimExample("", "Einstein was born in 1879.", True)] * 40
    told = claims_with_evidence(knowledge, claims, random.Random(1))
    assert 0 < told.count(claims[0]) < 2 * BARE_SHARE * 40
    assert all("1879" in each.premise for each in told if each.premise)
    assert choices_with_evidence(knowledge, [], [], random.Random(1)) == []
