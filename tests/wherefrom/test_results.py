"""Results print as text and show as cards, and stay the records that they are."""

from dataclasses import fields

from wherefrom.results import Answer, Check, Choice, Ranking


def test_dressing_keeps_every_field(answer, drafted, check, choice):
    for kind, record in ((Answer, answer), (Answer, drafted), (Check, check), (Choice, choice)):
        dressed = kind.of(record)
        for field in fields(record):
            assert getattr(dressed, field.name) is getattr(record, field.name)
        assert isinstance(dressed, type(record))
        assert not hasattr(dressed, "__dict__")


def test_results_print_and_show(answer, check, choice, evidence):
    ranking = Ranking([evidence])
    dressed = [Answer.of(answer), Check.of(check), Choice.of(choice), ranking]
    for result in dressed:
        assert "Élan <vital>" in str(result)
        assert "Élan &lt;vital&gt;" in result._repr_html_()
    assert ranking[0] is evidence
    assert repr(dressed[0]).startswith("Answer(question='Who named <it>?'")
