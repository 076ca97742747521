"""Text for people: markup in the content is shown, not obeyed."""

from dataclasses import replace

from wherefrom.indexes.records import MENTION, PathStep
from wherefrom.text import (
    answer_text,
    check_text,
    choice_text,
    path_line,
    ranking_text,
    receipts,
    split_sentence,
)

PATH = (
    PathStep("Film", MENTION, "[b]Ada[/b]", "film#0", 22, 25),
    PathStep("[b]Ada[/b]", "born\nin", "Ulm", source="triples:f.tsv", place="line 7"),
)
LINE = "Film → mention → [b]Ada[/b]; [b]Ada[/b] → born in → Ulm"


def test_an_answer_names_sentence_verdict_and_place(answer, citation):
    text = answer_text(answer)
    lines = text.plain.splitlines()
    assert lines[0] == "Henri [b]Bergson  (probability 0.87)"
    assert lines[2] == "[1] Élan <vital> · supported 0.93 · https://example.org/?a=1&b='2'"
    assert lines[3] == "    It was named by Henri Bergson in 1907."
    assert lines[4] == f'    "Henri Bergson": d&1, characters {citation.start} to {citation.end}'
    underlined = [text.plain[s.start : s.end] for s in text.spans if "underline" in str(s.style)]
    assert underlined == ["Henri Bergson"]


def test_an_abstention_names_the_closest_passages(answer):
    plain = answer_text(replace(answer, answer="", abstained=True, citations=())).plain
    assert plain.startswith("No answer: ")
    assert "Élan <vital> · d&1#0" in plain


def test_a_draft_is_put_sentence_by_sentence(drafted):
    lines = answer_text(drafted).plain.splitlines()
    assert lines[0] == "Henri <b>Bergson</b> named it. [1]"
    assert lines[1] == "He was [bold]old[/].  (undecided: not supported by the passages)"
    assert lines[3].startswith("[1] Élan <vital> · supported 0.93")


def test_a_draft_that_is_no_answer_says_why(drafted):
    first, second = drafted.draft.sentences
    for abstention, sentences, wanted in [
        ("said", (), "No answer: the generator says that the passages do not hold it.\n\nClosest"),
        ("unsupported", (second,), "No answer: the passages support no sentence that"),
        ("irrelevant", (first,), "No answer: what is supported of the generator's text does not"),
    ]:
        draft = replace(drafted.draft, sentences=sentences, abstention=abstention)
        none = replace(drafted, answer="", abstained=True, citations=(), draft=draft)
        plain = answer_text(none).plain
        assert plain.startswith(wanted)
        assert all(sentence.text in plain for sentence in sentences)
        assert ("(supported)" in plain) == (abstention == "irrelevant")


def test_a_check_and_a_choice_begin_with_what_was_decided(check, choice):
    assert check_text(check).plain.startswith("supported  (supported 0.90 · undecided 0.06")
    assert choice_text(choice).plain.startswith("<A>  (<A> 0.80 · B 0.20)")


def test_a_ranking_shows_each_passage_on_its_lines(evidence):
    two_lines = replace(evidence, text="One.\nTwo.", rank=2)
    plain = ranking_text([evidence, two_lines]).plain
    assert "1. Élan <vital>  0.5000 · d&1#0\n   Élan [bold]vital[/] is" in plain
    assert "2. Élan <vital>  0.5000 · d&1#0\n   One. Two.\n" in plain
    assert ranking_text([]).plain == "No passage found.\n"


def test_a_quote_outside_its_sentence_leaves_it_whole(citation):
    elsewhere = replace(citation, quote="elsewhere")
    assert split_sentence(elsewhere) == (citation.sentence, "", "")


def test_paths_follow_the_citations_with_a_receipt_for_each_step(answer, choice):
    for text in (
        answer_text(replace(answer, paths=(PATH, PATH[1:]))),
        choice_text(replace(choice, paths=(PATH, PATH[1:]))),
    ):
        assert text.plain.endswith(
            f"\npath: {LINE}\n"
            "    Film → [b]Ada[/b]: film#0, characters 22 to 25\n"
            "    [b]Ada[/b] → Ulm: triples:f.tsv, line 7\n"
            "path: [b]Ada[/b] → born in → Ulm\n"
            "    [b]Ada[/b] → Ulm: triples:f.tsv, line 7\n"
        )
    assert "path:" not in answer_text(answer).plain


def test_a_hit_shows_its_path(evidence):
    plain = ranking_text([replace(evidence, path=PATH), evidence]).plain
    assert plain.count(f"   path: {LINE}\n") == plain.count("path:") == 1


def test_a_path_and_its_receipts_keep_to_their_lines():
    broken = (PathStep("a\nb", "c\r", "d", source="e\nf", place="line 1"),)
    for line in (path_line(broken), *receipts(broken)):
        assert not set(line) & set("\r\n")
    assert receipts(()) == []
