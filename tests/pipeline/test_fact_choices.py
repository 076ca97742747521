"""Test questions made of facts: what is right and wrong in them, and how a recipe takes them."""

import random
from collections import Counter
from pathlib import Path

import pytest

from wherefrom.kb.errors import RecordError, UsageError
from wherefrom.kb.fact_words import fact_sentence
from wherefrom.kb.records import Triple
from wherefrom.pipeline.curriculum import choice_examples
from wherefrom.pipeline.fact_choices import CHOICES, fact_choices
from wherefrom.pipeline.recipe import Recipe
from wherefrom.pipeline.sources import JudgedSource, judged_source

ANIMALS = ("bird", "fish", "cat", "dog", "cow", "horse", "owl", "bee")
DEEDS = ("fly", "swim", "purr", "bark", "moo", "neigh", "hoot", "buzz")
FACTS = [
    *(Triple(one, "CapableOf", deed) for one, deed in zip(ANIMALS, DEEDS, strict=True)),
    Triple("owl", "CapableOf", "fly"),
    Triple("bee", "CapableOf", "fly"),
    Triple("bird", "NotCapableOf", "purr", negated=True),
    Triple("bird", "AtLocation", "tree"),
]
SEED = 3


def asked_often(fact: Triple, times: int = 200) -> list[tuple[tuple[str, ...], int]]:
    made = fact_choices(FACTS, [fact] * times, random.Random(SEED))
    assert len(made) == times
    return [(example.statements, example.right) for example in made]


def test_one_choice_is_the_fact_and_no_other_is_one() -> None:
    said = {fact_sentence(fact) for fact in FACTS}
    for statements, right in asked_often(FACTS[0]):
        assert statements[right] == "bird can fly."
        assert len(set(statements)) == CHOICES
        assert set(statements) & said == {"bird can fly."}


def test_both_ends_are_asked_for() -> None:
    ends = Counter(
        "tail" if all(one.startswith("bird can ") for one in statements) else "head"
        for statements, _ in asked_often(FACTS[0])
    )
    assert min(ends.values()) > 70
    for statements, _ in asked_often(FACTS[0]):
        same_head = all(one.startswith("bird can ") for one in statements)
        assert same_head != all(one.endswith(" can fly.") for one in statements)


def test_the_right_one_stands_anywhere() -> None:
    places = Counter(right for _, right in asked_often(FACTS[0]))
    assert sorted(places) == list(range(CHOICES))
    assert max(places.values()) < 70


def test_a_relation_of_few_facts_is_passed_over() -> None:
    assert fact_choices(FACTS, FACTS[-2:], random.Random(SEED)) == []


def test_one_seed_draws_the_same() -> None:
    first, again = (fact_choices(FACTS, FACTS, random.Random(SEED)) for _ in range(2))
    assert first == again
    assert first != fact_choices(FACTS, FACTS, random.Random(SEED + 1))


def table(folder: Path, facts: list[Triple]) -> Path:
    lines = (f"{fact.head}\t{fact.relation}\t{fact.tail}\n" for fact in facts)
    (folder / "facts.tsv").write_text("".join(lines), encoding="utf-8")
    return folder


def recipe(share: float) -> Recipe:
    source = JudgedSource("facts.tsv", share)
    return Recipe(encoder="e", spans=(), pairs=(), choices=(source,))


def test_a_recipe_takes_a_table_of_facts(tmp_path: Path) -> None:
    data = table(tmp_path, FACTS[:8])
    drawn = choice_examples(recipe(1.5), data, random.Random(SEED))
    assert len(drawn) == 12
    assert {example.statements[example.right] for example in drawn} == {
        fact_sentence(fact) for fact in FACTS[:8]
    }
    assert all(example.premises == ("",) * CHOICES for example in drawn)


def test_a_table_of_too_few_facts_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no question can be made of facts.tsv: it takes 5 facts"):
        choice_examples(recipe(1.0), table(tmp_path, FACTS[:4]), random.Random(SEED))


def test_a_line_that_is_no_fact_is_named(tmp_path: Path) -> None:
    (tmp_path / "facts.tsv").write_text("bird\tCapableOf\tfly\nbird\n", encoding="utf-8")
    with pytest.raises(RecordError, match=r"facts.tsv, line 2"):
        choice_examples(recipe(1.0), tmp_path, random.Random(SEED))


def test_questions_made_of_facts_take_no_evidence(tmp_path: Path) -> None:
    entry = {"file": "kg/facts.tsv.gz", "retrieved": str(tmp_path)}
    with pytest.raises(UsageError, match=r"made of facts take no retrieved evidence"):
        judged_source(entry, "[[choices]]")
    assert judged_source({**entry, "retrieved": ""}, "[[choices]]").file == "kg/facts.tsv.gz"
