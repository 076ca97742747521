"""Test how a reader responds to claims that are true or false, and to yes/no questions."""

from dataclasses import replace

import pytest

from wherefrom.benchmarks.example import Example, marked_evidence
from wherefrom.benchmarks.reader_respondent import ReaderRespondent
from wherefrom.benchmarks.tasks import TASKS
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


def test_a_question_is_answered_by_the_likelier_verdict(respondent):
    question = Example("1", "is Paris old", ("yes",))
    bare = respondent.respond(TASKS["boolq"], question, ((),))
    assert (bare.prediction, bare.probability) == ("yes", 0.5)
    check = check_claim(respondent.reader, respondent.encoder, question.text, SHOWN)
    both = [check.probabilities["supported"], check.probabilities["refuted"]]
    shown = respondent.respond(TASKS["boolq"], question, (SHOWN,))
    assert shown.probability == pytest.approx(max(both) / sum(both), abs=1e-6)
