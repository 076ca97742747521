"""Test how text is cut into terms."""

from hypothesis import given
from hypothesis import strategies as st

from wherefrom.indexes.terms import cut_query, cut_terms, cut_words


def test_words_are_folded_and_stemmed() -> None:
    assert cut_terms("Running RUNS, ran!") == ["run", "run", "ran"]


def test_accents_and_compatibility_forms_do_not_matter() -> None:
    assert cut_terms("Beyoncé ﬁnds Ｗide") == cut_terms("beyonce finds wide")
    assert cut_terms("Straße") == cut_terms("STRASSE")


def test_a_decomposed_letter_equals_the_composed_one() -> None:
    assert cut_terms("caf\u0065\u0301") == cut_terms("caf\u00e9")


def test_possessives_and_contractions_lose_their_ending() -> None:
    assert cut_words("Einstein's wife’s we'll") == ["einstein", "wife", "we"]


def test_names_with_apostrophes_stay_findable() -> None:
    assert cut_words("O'Connor in Xi'an") == ["o", "connor", "in", "xi", "an"]


def test_chinese_is_cut_into_pairs() -> None:
    assert cut_terms("中国历史") == ["中国", "国历", "历史"]
    assert cut_terms("龙") == ["龙"]


def test_scripts_are_kept_apart() -> None:
    assert cut_terms("東京Tower2020年") == ["東京", "tower2020", "年"]


def test_japanese_voicing_marks_are_kept() -> None:
    assert cut_terms("ガガ") != cut_terms("カカ")


def test_korean_is_cut_into_pairs() -> None:
    assert cut_terms("서울특별시") == ["서울", "울특", "특별", "별시"]


def test_stop_words_leave_a_query() -> None:
    assert cut_query("What is the capital of France?") == ["capit", "franc"]


def test_a_query_of_stop_words_keeps_them() -> None:
    assert cut_query("Who are The Who?") == ["who", "are", "the", "who"]


def test_a_letter_that_means_something_is_no_stop_word() -> None:
    assert cut_query("vitamin D and the T cell") == ["vitamin", "d", "t", "cell"]


def test_nothing_to_cut() -> None:
    assert cut_terms("") == cut_terms(" ,;— ") == cut_query("?!") == []


@given(st.text())
def test_any_text_gives_terms_that_can_be_stored(text: str) -> None:
    for term in cut_terms(text):
        assert term
        term.encode()


@given(st.text(alphabet="aeé ǅ中文がﾀ1'’_-", max_size=30))
def test_cutting_ignores_case(text: str) -> None:
    assert cut_terms(text.upper().lower()) == cut_terms(text.upper())
