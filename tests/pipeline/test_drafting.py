"""What a generator writes is judged sentence by sentence, whatever it says of itself."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wherefrom.indexes.encoder import load_encoder
from wherefrom.kb.errors import ModelError
from wherefrom.kb.sentences import split_sentences
from wherefrom.pipeline.bundled import bundled_reader
from wherefrom.pipeline.drafting import (
    LEAST_SUPPORT,
    MOST_SENTENCES,
    as_claim,
    draft,
    plain,
    says_no_answer,
)
from wherefrom.pipeline.reader import Reader
from wherefrom.pipeline.records import VERDICTS, Draft, Evidence

Judge = Callable[[str, str], Draft]
LEAD = 40  # where the passage on Paris begins in its document
PARIS = "Élan 🦉! Paris is the capital of France. It lies on the Seine."
BERLIN = "Berlin is the capital of Germany. The wall fell in 1989."


@pytest.fixture(scope="module")
def evidence(make_evidence: Callable[..., Evidence]) -> list[Evidence]:
    paris = make_evidence(PARIS, document="paris", title="Paris", start=LEAD)
    return [paris, make_evidence(BERLIN, document="berlin", title="Berlin", rank=2)]


@pytest.fixture(scope="module")
def judge(evidence: list[Evidence]) -> Judge:
    """Give the judgement of the bundled reader, with the default encoder."""
    try:
        reader = Reader.open(bundled_reader(), device="cpu")
    except ModelError as error:
        pytest.skip(str(error))
    encoder = load_encoder(device="cpu")
    return lambda question, text: draft(reader, encoder, question, text, evidence)


@pytest.fixture(scope="module")
def tiny_judge(tiny_reader: Reader, tiny_encoder_folder: object, evidence: list[Evidence]) -> Judge:
    """Give the judgement of a reader that has learnt nothing."""
    encoder = load_encoder(str(tiny_encoder_folder), device="cpu")
    return lambda question, text: draft(tiny_reader, encoder, question, text, evidence)


QUESTION = "What is the capital of France?"


def test_a_supported_sentence_is_cited_with_its_place(judge: Judge) -> None:
    found = judge(QUESTION, "The capital of France is Paris.")
    (sentence,) = found.sentences
    assert (found.abstention, sentence.verdict) == ("", "supported")
    assert sentence.entailment > 0.5
    cited = sentence.citations[0]
    start = PARIS.index("Paris is")
    assert cited.quote == cited.sentence == "Paris is the capital of France."
    assert (cited.document_id, cited.start) == ("paris", LEAD + start)
    assert cited.end == LEAD + start + len(cited.quote)
    assert cited.verdict == "supported"


@pytest.mark.parametrize("mark", ["[2]", " [2][7]", " [1, 2]", "【2】", " [ 2 ]", ""])
def test_the_marks_of_a_model_change_nothing(judge: Judge, mark: str) -> None:
    said = "The capital of France is Paris"
    assert judge(QUESTION, f"{said}{mark}.") == judge(QUESTION, f"{said}.")
    assert judge(QUESTION, f"{said}.{mark}\n") == judge(QUESTION, f"{said}.")


@pytest.mark.parametrize(
    "text",
    [
        "The capital of France is Berlin. [1]",
        "Owls hunt at night [1].",
        "Berlin [2]",
        "The answer is: **Berlin** [1].",
    ],
)
def test_what_the_evidence_does_not_say_is_not_supported(judge: Judge, text: str) -> None:
    found = judge(QUESTION, text)
    assert found.abstention == "unsupported"
    assert [sentence.verdict for sentence in found.sentences] != ["supported"]
    assert found.text  # what was written stays to be seen


def test_one_supported_sentence_makes_an_answer_and_the_others_are_marked(judge: Judge) -> None:
    text = "Paris is the capital of France. It was founded by owls in 1200 BC. Paris is the capital"
    found = judge(QUESTION, f"{text} of France.")
    first, second, third = found.sentences
    assert found.abstention == ""
    assert first.verdict == "supported"
    assert second.verdict != "supported"
    assert third == first
    assert all(one.verdict == "refuted" for one in second.citations)


def test_what_is_true_but_answers_another_question_is_no_answer(judge: Judge) -> None:
    said = "Paris is the capital of France."
    assert judge("What is the capital of France?", said).abstention == ""
    found = judge("What do owls eat at night?", said)
    assert found.abstention == "irrelevant"
    assert [sentence.verdict for sentence in found.sentences] == ["supported"]


def test_a_pronoun_stands_for_what_was_asked_not_for_what_would_fit(judge: Judge) -> None:
    (right,) = judge("Which river does Paris lie on?", "It lies on the Seine.").sentences
    (wrong,) = judge("Which river does Berlin lie on?", "It lies on the Seine.").sentences
    (the_city,) = judge("Which river does Berlin lie on?", "The city lies on the Seine.").sentences
    assert right.verdict == "supported"
    assert wrong.verdict != "supported"
    assert the_city.verdict != "supported"


def test_a_phrase_is_judged_as_an_answer_to_the_question(judge: Judge) -> None:
    (right,) = judge(QUESTION, "Paris").sentences
    (wrong,) = judge(QUESTION, "Berlin").sentences
    assert (right.text, right.verdict) == ("Paris", "supported")
    assert wrong.verdict != "supported"


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n", "No answer.", "no answer", "**No answer** [1]", '"No answer."', "NO ANSWER!"),
        *("No answer: unsaid.", "The answer is: no answer.", "[1]", "No answer. It is not said."),
        *("<think>Is it Paris?</think>\n\nNo answer.", "<think>Paris is"),
    ],
)
def test_a_model_that_does_not_know_abstains(tiny_judge: Judge, text: str) -> None:
    found = tiny_judge(QUESTION, text)
    assert (found.abstention, found.sentences) == ("said", ())


@pytest.mark.parametrize("text", ["No answer came from Paris.", "Paris. No answer.", "Nothing"])
def test_other_words_are_judged(tiny_judge: Judge, text: str) -> None:
    assert tiny_judge(QUESTION, text).sentences


def test_without_evidence_nothing_is_supported(
    tiny_reader: Reader, tiny_encoder_folder: object
) -> None:
    encoder = load_encoder(str(tiny_encoder_folder), device="cpu")
    found = draft(tiny_reader, encoder, QUESTION, "Paris. It is old.", [])
    assert found.abstention == "unsupported"
    assert {(one.verdict, one.entailment) for one in found.sentences} == {("undecided", 0.0)}


def test_a_sentence_that_cannot_be_judged_whole_is_undecided(tiny_judge: Judge) -> None:
    long = "Paris " * 500 + "is old."
    for text in (long, "x" * 20_000, "…", "🦉"):
        (sentence,) = tiny_judge(QUESTION, text).sentences
        assert (sentence.verdict, sentence.entailment) == ("undecided", 0.0)
        assert sentence.citations == ()


def test_a_text_that_does_not_end_is_cut(tiny_judge: Judge) -> None:
    said = "Paris is old."
    found = tiny_judge(QUESTION, " ".join([said] * (MOST_SENTENCES + 9)))
    assert [one.text for one in found.sentences] == [said] * MOST_SENTENCES
    assert found.text == " ".join([said] * MOST_SENTENCES)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "Paris is old.",
                    "It lies [1] on",
                    "\n\n",
                    "- a list",
                    "東京。",
                    "[12]",
                    "No answer",
                ),
                *(
                    "<think>",
                    "</think>",
                    "1889",
                    "\ud800",
                    "\x1b[31m",
                    "**",
                    "Dr. No!",
                    "\u2028",
                    " ",
                ),
            ]
        )
        | st.text(max_size=20),
        max_size=8,
    ).map(" ".join)
)
def test_what_is_promised_of_every_draft(
    tiny_judge: Judge, evidence: Sequence[Evidence], text: str
) -> None:
    found = tiny_judge(QUESTION, text)
    assert found == tiny_judge(QUESTION, text)
    assert len(found.sentences) < MOST_SENTENCES
    assert found.text == plain(text)
    place = 0
    for sentence in found.sentences:  # in order, and nothing between them but white space
        at = found.text.index(sentence.text, place)
        assert not found.text[place:at].strip()
        place = at + len(sentence.text)
        assert sentence.verdict in VERDICTS
        assert 0 <= sentence.entailment <= 1
        assert bool(sentence.citations) == (sentence.verdict != "undecided")
        assert sentence.verdict != "supported" or sentence.entailment >= LEAST_SUPPORT
        for cited in sentence.citations:
            shown = next(one for one in evidence if one.passage_id == cited.passage_id)
            assert shown.text[cited.start - shown.start : cited.end - shown.start] == cited.quote
            assert cited.verdict == sentence.verdict
    assert not found.text[place:].strip() or found.abstention == "said"
    supported = any(sentence.verdict == "supported" for sentence in found.sentences)
    allowed = ("", "irrelevant") if supported else ("said", "unsupported")
    assert found.abstention in allowed
    assert "\x1b" not in found.text
    found.text.encode()


@pytest.mark.parametrize("text", ["He [sic] left.", "[1889] was cold.", "[a]", "x (1)", "[]"])
def test_what_is_no_mark_stays(text: str) -> None:
    assert plain(text) == text


def test_each_sentence_is_one_of_the_text(tiny_judge: Judge) -> None:
    text = "J. R. R. Tolkien was born c. 1892 [1]. He lived in St. Albans [2, 3]."
    found = tiny_judge(QUESTION, text)
    spans = split_sentences(found.text)
    assert [one.text for one in found.sentences] == [found.text[a:b] for a, b in spans]
    assert found.text == "J. R. R. Tolkien was born c. 1892. He lived in St. Albans."


@pytest.mark.parametrize(
    ("question", "sentence", "claim"),
    [
        ("Who wrote Hamlet?", "William Shakespeare.", "William Shakespeare wrote Hamlet."),
        ("Who wrote Hamlet?", "Shakespeare wrote Hamlet.", "Shakespeare wrote Hamlet."),
        ("Who wrote Hamlet?", "He wrote it.", "He wrote it."),
        ("When did the wall fall?", "in 1989", "the wall fall in 1989."),
        ("When did the wall fall?", "It fell in 1989.", "It fell in 1989."),
        (
            "What is the tallest tower in Paris?",
            "The Eiffel Tower.",
            "the tallest tower in Paris is The Eiffel Tower.",
        ),
        ("Who?", "- **Ada**", "Ada."),
        ("?", "Ada", "Ada."),
        ("東京?", "1. 東京", "東京"),
    ],
)
def test_a_sentence_becomes_a_claim(question: str, sentence: str, claim: str) -> None:
    assert as_claim(question, sentence) == claim


def test_only_a_sentence_that_stands_alone_is_taken_for_a_phrase() -> None:
    assert as_claim("Who wrote Hamlet?", "Ada.", alone=False) == "Ada."


def test_only_the_words_that_were_asked_for_are_an_abstention() -> None:
    assert says_no_answer("'No answer'")
    assert not says_no_answer("no  answer")
    assert not says_no_answer("I do not know.")
