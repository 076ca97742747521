"""Test which words of a WordNet dictionary count as synonyms."""

from pathlib import Path

import pytest

from wherefrom.kb.errors import RecordError, SourceError
from wherefrom.kb.wordnet_synonyms import synonyms

REAL = Path("/usr/share/wordnet")  # Debian's package wordnet-base
SYNSETS = {
    "noun": [
        "sofa couch lounge",
        "couch bed",  # "couch" has two senses, so it is no key, but may stand for "sofa"
        "dog domestic_dog Canis_familiaris hound",
        "spouse mate",
        "mates spouses",
        "while spell",
        "owner eigner proprietor",
    ],
    "verb": ["dog chase", "buy purchase", "bought purchased"],
    "adj": ["huge(a) vast(p)", "dull boring"],
    "adv": ["hugely vastly"],
}


def write(folder: Path, synsets: dict[str, list[str]] = SYNSETS) -> Path:
    """Write the files of a dictionary as far as synonyms need them."""
    folder.mkdir(exist_ok=True)
    for part, lines in synsets.items():
        (folder / f"index.{part}").write_text("  1 A licence.\n")
        rows = ["  1 A licence.\n"]
        for line in lines:
            words = line.split()
            named = " ".join(f"{word} 0" for word in words)
            rows.append(f"00000000 03 {part[0]} {len(words):02x} {named} 000 | a gloss\n")
        (folder / f"data.{part}").write_text("".join(rows))
    return folder


def test_words_of_one_sense_have_synonyms(tmp_path: Path) -> None:
    found = synonyms(write(tmp_path / "wn"))
    assert found == {
        "sofa": ("couch", "lounge"),
        "lounge": ("sofa", "couch"),
        "spouse": ("mate",),
        "mate": ("spouse",),
        "owner": ("eigner",),  # the article before "proprietor" would be another
        "eigner": ("owner",),
        "huge": ("vast",),
        "vast": ("huge",),
    }  # no adverbs, words of another sense, short words, inflected ones, or ones of grammar


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="absent"):
        synonyms(tmp_path / "absent")
    (write(tmp_path / "wn") / "data.verb").unlink()
    with pytest.raises(SourceError, match=r"is no WordNet dictionary: it lacks data\.verb"):
        synonyms(tmp_path / "wn")


@pytest.mark.parametrize("line", ["00000000 03 n zz dog 0 000 |", "0 03 n 04 dog 0", "0 03 n"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    folder = write(tmp_path / "wn")
    (folder / "data.adj").write_text(f"  1 A licence.\n{line}\n")
    with pytest.raises(RecordError, match=r"data.adj, line 2: the words of its synset cannot be"):
        synonyms(folder)


@pytest.mark.skipif(not REAL.is_dir(), reason="WordNet is not installed")
def test_the_real_one() -> None:
    found = synonyms(REAL)
    assert "couch" in found["sofa"]
    assert not {"not", "but", "dog", "while"} & found.keys()
