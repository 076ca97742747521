"""Sentences are exact, in order, and cut where a reader would cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherefrom.kb.sentences import split_sentences, trimmed

# Each case is a text with its sentences parted by ¦.
ENGLISH = [
    "J. R. R. Tolkien (b. 1892) wrote it c. 1937 in St. Petersburg. ¦He left.",
    "He moved to the U.S. in 1950. ¦The U.S. Navy came to Washington, D.C. ¦He died there.",
    "See e.g. No. 5 vs. No. 6. ¦Dr. Smith paid $3.5 million, i.e. a lot.",
    'He said "It is done." ¦Then he left.',
    'She asked, "Why?" and left. ¦Nobody knew.',
    "“Who goes there?” he cried. ¦“Nobody!” ¦It was true.",
    "He was born on 5 Jan. 1900. ¦(He was old.) ¦What?! ¦Yes… no. ¦End",
    "The band Yahoo! was founded in 1994. ¦It grew.",
    "Apple Inc. is big. ¦Apple Inc. ¦It is big.",
    "Martin Luther King Jr. was born in 1929. ¦Martin Luther King Jr. Day is a holiday.",
    "It ended World War I. ¦The peace held. ¦George W. Bush signed it.",
    "It weighs 5.25 kg, i.e. 11.6 lb. ¦Version 2.0 came later.",
    "Smith et al. showed it (Fig. 3). ¦See pp. 10–12 and vol. 2 of Jones et al. ¦This is so.",
    "Foods rich in vitamin C. ¦They help.",
    "Roe v. Wade was decided in 1973. ¦Plants (Rosa spp. and others) grew.",
    "At 5 p.m. the train left. ¦It arrived at 7 a.m. ¦The end.",
    "She holds a Ph.D. in physics. ¦She earned her Ph.D. ¦She then left.",
    "1. Pawn to e4 is common. ¦2. Knight follows.",
    "It costs approx. 500 dollars. ¦Really?",
    "It fell in 476 AD. ¦Rome was sacked in 410. ¦Goths came.",
    "Mount St. Helens erupted. ¦Mt. Everest did not. ¦Col. Mustard and Rev. Green ran.",
    "The Sun. ¦A star.",
    "He lived under Philip II. ¦Philip died.",
    "the text is lower. it is not parted by case alone",
]
CHINESE_AND_JAPANESE = [
    "私は学生です。¦「そうですか。」と彼は言った。¦本当？¦はい！",
    "「行こう。早く。」と言った。¦終わり。",
    "他说：“你好。”¦然后走了。¦真的吗？¦是的！",
    "北京是中华人民共和国的首都。¦它有两千多万人口。",
    "圆周率约为３．１４。¦它是无理数。",
    "東京（とうきょう。旧称は江戸。）は首都。¦大きい。",
    "Python是一种语言。¦It is fun. ¦真的。",
]
LINES = [
    "First paragraph without a stop\n\n¦Second one",
    "History\n¦The city was founded in 1200.",
    "Shopping list\n¦- milk\n¦- bread",
    "This line was wrapped by an editor at about seventy\ncharacters and goes on here. ¦Then more.",
    "novels such as Sons and Lovers\n(1913) and others. ¦More.",
    "One more.\r\n\r\n¦Two.",
]


@pytest.mark.parametrize("marked", ENGLISH + CHINESE_AND_JAPANESE + LINES)
def test_cuts_where_a_reader_would(marked):
    expected = [part.strip() for part in marked.split("¦")]
    text = marked.replace("¦", "")
    assert [text[start:end] for start, end in split_sentences(text)] == expected


PIECES = [
    "Dr",
    "St",
    "U.S",
    "e.g",
    "c",
    "1900",
    "Word",
    "word",
    "A",
    ".",
    "!",
    "?",
    "…",
    "(",
    ")",
    '"',
    "”",
    "。",
    "」",
    "「",
    "你好",
    "、",
    "-",
    "¦",
]
WHITE = [" ", "\n", "\n\n", "\t", "\u00a0", "\r\n"]
PROSE = st.lists(
    st.sampled_from(PIECES + WHITE),
    max_size=60,
).map("".join)


@given(st.one_of(PROSE, st.text(max_size=200)))
def test_sentences_are_trimmed_ordered_and_cover_the_text(text):
    spans = split_sentences(text)
    done = 0
    for start, end in spans:
        assert done <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert not text[done:start].strip()
        done = end
    assert not text[done:].strip()


@given(st.text(max_size=50))
def test_trimmed_is_strip(text):
    span = trimmed(text, 0, len(text))
    assert (text[slice(*span)] if span else "") == text.strip()


def test_of_nothing_there_is_no_sentence():
    assert split_sentences("") == []
    assert split_sentences(" \n\t ") == []


@pytest.mark.parametrize("unit", ["word ", "「", "(", ".", "a.", "。」", "\n", "- x\n", "U.S. "])
def test_time_is_near_linear_on_hostile_text(unit):
    assert split_sentences(unit * 40_000) is not None
