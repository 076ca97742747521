"""Words know their exact place, and two ways to write one word fold to the same."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.words import fold_word, joined, words


def cut(text: str) -> list[str]:
    found = words(text)
    return [text[slice(*found.span(place, place))] for place in range(len(found))]


@pytest.mark.parametrize(
    ("text", "written", "folded"),
    [
        ("", [], []),
        (" \n…!", [], []),
        ("Lothair's wife", ["Lothair", "s", "wife"], ["lothair", "s", "wife"]),
        ("Jean-Paul_II", ["Jean", "Paul", "II"], ["jean", "paul", "ii"]),
        ("Lothaïr’s", ["Lothaïr", "s"], ["lothair", "s"]),
        ("Beyonce\u0301 x", ["Beyonce\u0301", "x"], ["beyonce", "x"]),  # a combining accent
        ("Straße STRASSE", ["Straße", "STRASSE"], ["strasse", "strasse"]),
        ("İİ İstanbul", ["İİ", "İstanbul"], ["ii", "istanbul"]),  # lower() makes İ longer
        ("ＡＢＣ１ ﬁn", ["ＡＢＣ１", "ﬁn"], ["abc1", "fin"]),
        ("Łódź Søren Ægir", ["Łódź", "Søren", "Ægir"], ["lodz", "soren", "aegir"]),
        ("ΟΔΟΣ οδός", ["ΟΔΟΣ", "οδός"], ["οδοσ", "οδοσ"]),  # two ways to write a sigma
        ("Ёлка", ["Ёлка"], ["елка"]),
        ("हिन्दी में", ["हिन्दी", "में"], ["हिन्दी", "में"]),  # vowel signs stay
        ("東京タワー", list("東京タワー"), list("東京タワー")),
        ("iPhone手机", ["iPhone", "手", "机"], ["iphone", "手", "机"]),
        ("か\u3099 ｶﾞ", ["か\u3099", "ｶﾞ"], ["が", "ガ"]),
        ("세종", ["세", "종"], ["세", "종"]),
        (unicodedata.normalize("NFD", "세종"), None, ["세", "종"]),
        ("葛\U000e0100城", ["葛\U000e0100", "城"], ["葛", "城"]),  # a variant's selector
        ("กับบ้าน", ["กั", "บ", "บ้", "า", "น"], ["กั", "บ", "บ้", "า", "น"]),
        ("co\u00adoperate", ["co\u00adoperate"], ["cooperate"]),  # a soft hyphen
        ("a🗽b 👩‍🚀c", ["a", "b", "c"], ["a", "b", "c"]),
        ("8½ x² ⑴", ["8½", "x²", "⑴"], ["8½", "x2", "⑴"]),
        ("a\ud800b", ["a", "b"], ["a", "b"]),
    ],
)
def test_words_and_how_they_fold(text, written, folded):
    assert words(text).folded == folded
    if written is not None:
        assert cut(text) == written


TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(
        st.sampled_from("aÉe\u0301ßİıﬁ½ \n-'’.日ｶﾞか\u3099각ᄀ\u1161\u11a8กั्हΣ\u00ad🗽"), max_size=30
    ),
)


@given(TEXTS)
def test_words_are_exact_ordered_and_hold_every_letter(text):
    found = words(text)
    done = 0
    for place, folded in enumerate(found.folded):
        start, end = found.span(place, place)
        assert done <= start < end <= len(text)
        assert not any(letter.isalnum() for letter in text[done:start])
        assert folded == fold_word(text[start:end])
        assert text[start].isalnum()
        done = end
    assert not any(letter.isalnum() for letter in text[done:])
    assert found.bounds[-1] == len(text)


@given(TEXTS)
def test_folded_words_are_words_that_stay_as_they_are(text):
    found = words(text)
    assert words(joined(found.folded)).folded == found.folded
    assert words(" ".join(found.folded)).folded == found.folded


@given(st.text(st.characters(max_codepoint=127), max_size=80))
def test_ascii_text_is_cut_as_any_other(text):
    other = words(text + " é")
    assert words(text).folded == other.folded[:-1]
    assert words(text).bounds[:-1] == other.bounds[: len(words(text).bounds) - 1]


def test_every_letter_of_unicode_folds_to_one_word_for_good():
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if letter.isalnum():
            (folded,) = words(letter).folded
            assert words(folded).folded == [folded], hex(code)
            assert fold_word(letter.lower()) == folded, hex(code)


@given(st.lists(st.sampled_from(["日", "本", "ก", "กั", "the", "각", "が"]), max_size=8))
def test_no_space_is_put_between_characters_that_stand_alone(parts):
    text = joined(parts)
    assert words(text).folded == parts
    assert text.count(" ") <= 2 * parts.count("the")


@pytest.mark.parametrize("unit", ["word ", "\u0301", "a\u0301", "é’", "東", "ᄀ\u1161", "'"])
def test_time_is_linear_on_hostile_text(unit):
    assert words(unit * 50_000).bounds[-1] == 50_000 * len(unit)
