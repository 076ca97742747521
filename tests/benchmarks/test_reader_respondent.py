"""Test how a reader responds to claims that are true or false, and to yes/no questions."""

from dataclasses import replace

import pytest

from wherefrom.benchmarks.example import Example, marked_evidence
from wherefrom.benchmarks.reader_respondent import ReaderRespondent
from wherefrom.benchmarks.tasks import TASKS
from wherefrom.pipeline.answerability import answerable, features
from wherefrom.pipeline.checking import check_claim
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.truth import truths

SHOWN = (marked_evidence("p", "Paris is the capital of France.", title="Paris"),)


@pytest.fixture
def respondent(tiny_reader_folder) -> ReaderRespondent:
    reader = Reader.open(tiny_reader_folder, device="cpu")
    known = replace(reader.manifest.calibration, claim_bias=-1.0)
    return ReaderRespondent(reader.calibrated(known))


def test_a_claim_is_true_by_what_is_fitted(respondent):
    claim = Example("1", "Paris is old.", ("true",))
    bare = respondent.respond(TASKS["creak"], claim, ((),))
    assert bare.prediction == "false"
    assert bare.probability == pytest.approx(0.7311, abs=1e-4)
    shown = respondent.respond(TASKS["creak"], claim, (SHOWN,))
    check = check_claim(respondent.reader, respondent.encoder, claim.text, SHOWN)
    true = truths(respondent.reader, [check])[0]
    assert shown.probability == pytest.approx(max(true, 1 - true), abs=1e-6)
    assert shown.probability != pytest.approx(bare.probability, abs=1e-6)


def test_a_premise_that_asks_is_answered_or_not(respondent):
    asked = marked_evidence("1", "Which is the capital of France?")
    example = Example("1", "Paris is the capital of France.", ("entailment",), evidence=(asked,))
    said = respondent.respond(TASKS["qnli"], example, ((asked,),))
    reader, passages = respondent.reader, [("", example.text)]
    readings = reader.read([asked.text], passages, count=1)
    (chance,) = answerable(reader, features(reader, [asked.text], passages, readings))
    assert said.prediction == ("entailment" if chance >= 0.5 else "not_entailment")
    assert said.probability == pytest.approx(max(chance, 1 - chance), abs=1e-6)
    assert 0 < respondent.respond(TASKS["qnli"], example, ((),)).probability < 1  # asks nothing


@pytest.mark.parametrize("bias", [-50.0, 50.0])
def test_a_passage_that_does_not_answer_is_told_where_there_may_be_such(tiny_reader_folder, bias):
    reader = Reader.open(tiny_reader_folder, device="cpu")
    known = replace(reader.manifest.calibration, answerable_bias=bias, answer_threshold=0.9)
    respondent = ReaderRespondent(reader.calibrated(known))
    question = Example("1", "What is the capital of France?", ("Paris",), evidence=SHOWN)
    said = respondent.respond(TASKS["squad2"], question, (SHOWN,))
    readings = reader.read([question.text], [("Paris", SHOWN[0].text)], count=1)
    passages = [("Paris", SHOWN[0].text)]
    (chance,) = answerable(
        respondent.reader, features(respondent.reader, [question.text], passages, readings)
    )
    assert said.probability == pytest.approx(max(chance, 1 - chance), abs=1e-6)
    assert (said.prediction in SHOWN[0].text and said.prediction != "") == (bias > 0)
    assert bool(said.citations) == (bias > 0)
    assert respondent.respond(TASKS["squad2"], question, ((),)).prediction == ""
    alike = [
        respondent.respond(TASKS[name], question, (SHOWN * 2,)) for name in ("squad", "squad2")
    ]
    assert alike[0] == alike[1]  # of several passages it is told by what tells them apart


def test_a_paragraph_that_answers_is_answered_by_what_is_marked_most_surely(tiny_reader_folder):
    reader = Reader.open(tiny_reader_folder, device="cpu")
    weights = {name: -weight for name, weight in reader.manifest.calibration.answer_weights.items()}
    known = replace(reader.manifest.calibration, answer_weights=weights, answer_threshold=1.0)
    respondent = ReaderRespondent(reader.calibrated(known))
    text = "Paris is the capital of France. Its mayor lives in the north of the old town."
    shown = (marked_evidence("p", text, title="Paris"),)
    question = Example("1", "Is Paris the capital?", ("Paris",), evidence=shown)
    said = respondent.respond(TASKS["squad"], question, (shown,))
    (reading,) = reader.read([question.text], [("Paris", text)], count=3)
    best = reading.spans[0]
    assert said.prediction == text[best.start : best.end].rstrip(".")
    assert said.probability < 1.0  # below the threshold, which does not count here
    assert said.citations[0].quote == said.prediction
    several = respondent.respond(TASKS["squad"], question, (shown * 2,))
    assert several.prediction != said.prediction


def test_a_question_is_answered_by_the_likelier_verdict(respondent):
    question = Example("1", "is Paris old", ("yes",))
    bare = respondent.respond(TASKS["boolq"], question, ((),))
    assert (bare.prediction, bare.probability) == ("yes", 0.5)
    check = check_claim(respondent.reader, respondent.encoder, question.text, SHOWN)
    both = [check.probabilities["supported"], check.probabilities["refuted"]]
    shown = respondent.respond(TASKS["boolq"], question, (SHOWN,))
    assert shown.probability == pytest.approx(max(both) / sum(both), abs=1e-6)
