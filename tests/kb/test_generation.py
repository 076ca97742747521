"""One generation over several segments: rows, ids, masks, and what is no longer there."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wherefrom.indexes.build import build
from wherefrom.indexes.delete import delete
from wherefrom.indexes.options import BuildOptions
from wherefrom.kb.errors import DamagedError, MissingError
from wherefrom.kb.generation import Generation, Place, documents_by_id, manifest_version, read_mask
from wherefrom.kb.manifest import SegmentRecord
from wherefrom.kb.passages import PassageRules

RULES = PassageRules(max_words=3, overlap_sentences=0)
SOURCES = {"ants": 5, "bees": 1, "cats": 7}  # documents of each
DELETED = {"ants1", "cats6"}


def documents(name: str, count: int) -> list[dict[str, str]]:
    return [
        {"id": f"{name}{n}", "title": name, "text": "One two. Three four. Five six. " * (n % 3 + 1)}
        for n in range(count)
    ]


@pytest.fixture
def folder(tmp_path: Path, write_jsonl: Callable[..., str], word_encoder) -> Path:
    """Give a knowledge base of three segments, from which two documents were deleted."""
    options = BuildOptions(encoder=word_encoder, rules=RULES)
    for name, count in SOURCES.items():
        source = write_jsonl(documents(name, count), f"{name}.jsonl")
        build(tmp_path / "my.kb", [source], options=options)
    delete(tmp_path / "my.kb", sorted(DELETED))
    return tmp_path / "my.kb"


@pytest.fixture
def generation(folder: Path) -> Generation:
    return Generation.open(folder)


def all_ids(generation: Generation) -> list[str]:
    return [p.id for segment in generation.segments for p in segment.iterate_passages()]


def test_rows_count_through_all_segments(generation: Generation) -> None:
    ids = all_ids(generation)
    assert len(generation.segments) == 3
    assert generation.offsets.tolist()[-1] == len(ids)
    everything = np.arange(len(ids))
    assert generation.passage_ids(everything) == ids
    shuffled = np.random.default_rng(1).permutation(np.repeat(everything, 2))
    assert generation.passage_ids(shuffled) == [ids[row] for row in shuffled]
    assert generation.passage_ids(everything[:0]) == []


def test_every_live_document_is_found_where_it_lies(generation: Generation) -> None:
    seen = []
    for number, segment in enumerate(generation.segments):
        for row in generation.live_document_rows(number).tolist():
            name = segment.document_id(row)
            assert generation.find(name) == Place(number, row)
            assert generation.document(name).id == name
            seen.append(name)
    everything = {f"{name}{n}" for name, count in SOURCES.items() for n in range(count)}
    assert sorted(seen) == sorted(everything - DELETED)


def test_a_deleted_document_and_its_passages_are_gone(generation: Generation) -> None:
    assert generation.find("ants1") is None
    with pytest.raises(MissingError, match=r"no document 'ants1' .*\(did you mean 'ants\d'"):
        generation.document("ants1")
    with pytest.raises(MissingError, match="no passage 'cats6#0'"):
        generation.passage("cats6#0")


def test_passages_are_found_by_id(generation: Generation) -> None:
    live = [
        name for name in all_ids(generation) if name.partition("#")[0] not in ("ants1", "cats6")
    ]
    assert [generation.passage(name).id for name in live] == live
    with pytest.raises(MissingError, match="has passages #0 to #2"):
        generation.passage("ants0#3")


def test_a_row_leads_to_its_passage_and_back(generation: Generation) -> None:
    for row, name in enumerate(all_ids(generation)):
        assert generation.passage_at(row).id == name
        if name.partition("#")[0] in DELETED:
            with pytest.raises(MissingError, match="there is no passage"):
                generation.row(name)
        else:
            assert generation.row(name) == row
    for wrong in ("ants0#99", "ants0#00", "ants0#-1", "ants0", "ants0#x"):
        with pytest.raises(MissingError, match="there is no passage"):
            generation.row(wrong)


def test_live_documents_in_order_of_id(generation: Generation) -> None:
    places = list(documents_by_id(generation))
    ids = [generation.segments[place.segment].document_id(place.row) for place in places]
    everything = {f"{name}{n}" for name, count in SOURCES.items() for n in range(count)}
    assert ids == sorted(everything - DELETED)
    assert places == [generation.find(name) for name in ids]


def test_a_mask_to_write_is_a_copy(generation: Generation) -> None:
    assert generation.masks[1] is None
    assert not generation.writable_mask(1).any()
    mask = generation.writable_mask(0)
    assert mask.tolist() == generation.masks[0].tolist()
    mask[:] = True
    assert not generation.masks[0].all()


def test_a_generation_stays_readable_after_its_successor(folder: Path) -> None:
    old = Generation.open(folder)
    assert old.is_current()
    delete(folder, ["bees0"])
    assert not old.is_current()
    assert old.document("bees0").id == "bees0"
    assert Generation.open(folder).find("bees0") is None


def test_the_version_tells_one_manifest_from_another(folder: Path) -> None:
    before = manifest_version(folder)
    assert before == manifest_version(folder)
    content = (folder / "manifest.json").read_bytes()
    (folder / "other").write_bytes(content)
    (folder / "other").replace(folder / "manifest.json")
    assert manifest_version(folder) != before  # equal content, but another file
    (folder / "manifest.json").unlink()
    assert manifest_version(folder) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read as a NumPy array"),
        (b"", "cannot be read as a NumPy array"),
        (b"rubbish", "cannot be read as a NumPy array"),
        (np.zeros(3, dtype=np.bool_), r"must be bool \(4,\), found bool \(3,\)"),
        (np.zeros(4, dtype=np.int8), r"must be bool \(4,\), found int8 \(4,\)"),
        (np.array([None] * 4), "cannot be read as a NumPy array"),  # would be a pickle
    ],
)
def test_what_is_no_mask_is_damage(tmp_path: Path, content: object, message: str) -> None:
    (tmp_path / "deleted").mkdir()
    record = SegmentRecord("0" * 16, 2, 4, "deleted/mask.npy")
    if isinstance(content, np.ndarray):
        np.save(tmp_path / record.mask, content)
    elif isinstance(content, bytes):
        (tmp_path / record.mask).write_bytes(content)
    with pytest.raises(DamagedError, match=rf"mask\.npy.*{message}"):
        read_mask(tmp_path, record)


def test_the_name_of_a_mask_is_made_of_its_content(generation: Generation) -> None:
    for record, mask in zip(generation.manifest.segments, generation.masks, strict=True):
        if mask is None:
            assert record.mask == ""
        else:
            content = io.BytesIO()
            np.save(content, mask)
            digest = hashlib.sha256(content.getvalue()).hexdigest()
            assert record.mask == f"deleted/{record.name}-{digest[:12]}.npy"
